// Writes docs/reference from the function table: node scripts/write-reference.mjs [--check]
// With --check nothing is written; stale files are named and the exit code is 1.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { referencePages } from "../packages/protocol/dist/reference/index.js";

const folder = new URL("../docs/reference/", import.meta.url);
mkdirSync(folder, { recursive: true });

const pages = referencePages();
const present = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")]),
);
const stale = [...new Set([...pages.keys(), ...present.keys()])].filter(
  (name) => pages.get(name) !== present.get(name),
);

if (process.argv.includes("--check")) {
  for (const name of stale) console.error(`docs/reference/${name} is stale`);
  if (stale.length > 0) console.error("run: npx tsc -b && node scripts/write-reference.mjs");
  process.exit(stale.length > 0 ? 1 : 0);
}

for (const name of stale) {
  const page = pages.get(name);
  if (page === undefined) rmSync(new URL(name, folder));
  else writeFileSync(new URL(name, folder), page);
}
console.log(`docs/reference: ${pages.size} pages, ${stale.length} changed`);
