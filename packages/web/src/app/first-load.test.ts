import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { siteFolder } from "../index.ts";

const MOST_BYTES = 200_000;

const file = (name: string): string => readFileSync(join(siteFolder, name), "utf8");
const page = file("index.html");

/** Files that a browser loads before it shows the start page, with what those import without being asked. */
const firstFiles = (): string[] => {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    if (!name.endsWith(".js")) return;
    for (const [, imported] of file(name).matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g))
      add(`assets/${imported}`);
  };
  for (const [, name] of page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)) add(name!);
  return [...found];
};

test("the first load is under 200 kB, compressed with the lesser of the two ways", () => {
  const sizes = ["index.html", ...firstFiles()].map((name) => [name, gzipSync(file(name)).length] as const);
  expect(sizes.length).toBeGreaterThan(2);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  expect(total, sizes.map((one) => one.join(": ")).join("\n")).toBeLessThan(MOST_BYTES);
});

test("charts, curves and the QR decoder are not in the first load", () => {
  const texts = firstFiles().map(file).join("\n");
  // Names that stay when code is made small.
  for (const mark of ["tv-lightweight-charts", "secp256k1_schnorr", "alignment pattern"])
    expect(texts).not.toContain(mark);
});

test("the page has nothing inline and asks for nothing elsewhere", () => {
  expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
  for (const [script] of page.matchAll(/<script[^>]*>/g)) expect(script).toContain("src=");
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});
