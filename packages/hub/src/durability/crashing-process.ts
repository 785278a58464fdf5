import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { paths } from "../data-folder.ts";
import { slowJournal, watchWrites } from "./crash-points.ts";

/**
 * A hub that kills itself as `kill -9` does: `node crashing-process.js OPTIONS [WRITES]` prints where it is as a line of JSON.
 * A number on its standard input says after how many writes from then on, WRITES after how many from the very beginning;
 * each is printed. A second number: for how many milliseconds the journal is held up each time. At the end of its input it stops.
 */
const [given, writes] = process.argv.slice(2) as [string, string | undefined];
const options = JSON.parse(given);
let left: number | undefined = writes === undefined ? undefined : Number(writes);

watchWrites(paths(options.data).signer, (write) => {
  if (left === undefined) return;
  writeSync(1, `wrote ${write}\n`);
  if (--left === 0) process.kill(process.pid, "SIGKILL");
});

const end = (error: unknown): never => {
  console.error(error);
  process.exit(3);
};
// Loaded now, so that all of it has the functions that are watched.
const { startHub } = await import("../start.ts");
const { url, operatorAuthkeyFile, close } = await startHub(options, end);
writeSync(1, `${JSON.stringify({ url, operatorAuthkeyFile })}\n`);
for await (const line of createInterface(process.stdin)) {
  const [count, journalMs] = line.split(" ").map(Number);
  left = count!;
  if (journalMs !== undefined) slowJournal(journalMs);
  writeSync(1, "counting\n");
}
await close().then(() => process.exit(0), end);
