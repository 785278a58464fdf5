import { writeSync } from "node:fs";
import { openJournal } from "../journal.ts";
import { sqliteStore } from "../sqlite/store.ts";
import { entryAt } from "./entries.ts";
import { QUICK } from "./timing.ts";

/**
 * A program for the tests to kill: appends to the journal in the folder, or the database, named by its argument for ever, prints
 * each seq that became durable, and writes snapshots one after the other.
 */
const place = process.argv[2]!;
const isServer = place.startsWith("postgres:");
const store = isServer
  ? (await import("../postgres/store.ts")).postgresStore(place, { timing: QUICK })
  : sqliteStore(place);
const journal = await openJournal(store);
journal.onFailure(({ code, message }) => {
  writeSync(2, `${code}: ${message}\n`);
});
let state = 0;
const recovered = await journal.recover({
  async loadSnapshot(lines) {
    for await (const some of lines)
      for (const line of some.split("\n")) if (line.startsWith("state ")) state = Number(line.slice(6));
  },
  apply: (_text, seq) => {
    state = seq;
  },
});
if (state !== recovered.seq) throw new Error(`recovered state ${state}, journal ${recovered.seq}`);
writeSync(1, `${recovered.seq}\n`);

journal.onDurable((seq) => {
  writeSync(1, `${seq}\n`);
});

async function appendForEver(): Promise<void> {
  for (;;) {
    const burst = 1 + (journal.lastSeq % 40);
    for (let i = 0; i < burst; i++) journal.append(entryAt(journal.lastSeq + 1));
    await new Promise(setImmediate);
    if (journal.lastSeq - journal.durableSeq > 2000) await journal.durable(journal.lastSeq);
  }
}

async function snapshotForEver(): Promise<void> {
  for (;;) {
    await journal.durable(journal.append(entryAt(journal.lastSeq + 1)));
    const seq = journal.durableSeq;
    const filling = Array.from({ length: 40 }, (_, line) => `${line} ${"x".repeat(50_000)}`);
    await journal.snapshot(seq, [...filling, `state ${seq}`]);
  }
}

await Promise.all([appendForEver(), snapshotForEver()]);
