import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JournalError } from "../error.ts";
import { openJournal } from "../journal.ts";
import { entriesTo } from "../testing/entries.ts";
import { fill, inPortions, recoverEntries, temporaryPlace } from "../testing/place.ts";
import { sqliteStore } from "./store.ts";

const KEY = Buffer.alloc(32, 7);
const ENTRIES = 60;

/** A sealed journal with two snapshots, as a crash leaves it (part of it in the write-ahead log) or a stop. */
const leftBy = async (end: "crash" | "stop"): Promise<string> => {
  const place = await temporaryPlace();
  const { journal } = await place.journal(KEY);
  await fill(journal, 20, 5);
  await journal.snapshot(12, entriesTo(12));
  await fill(journal, 40, 5);
  await journal.snapshot(33, entriesTo(33));
  await fill(journal, ENTRIES, 5);
  const folder = join((await temporaryPlace()).folder, "left");
  if (end === "stop") await journal.close();
  await cp(place.folder, folder, { recursive: true });
  await rm(join(folder, "journal.db-shm"), { force: true });
  await journal.close();
  return folder;
};

/** What a start brings back; and then all of the journal, as `coinholder verify` reads it. */
const readAllOf = async (folder: string): Promise<string[]> => {
  const journal = await openJournal(sqliteStore(folder), { key: KEY });
  try {
    const entries = await recoverEntries(journal);
    expect(entries).toEqual(entriesTo(ENTRIES));
    const all: string[] = [];
    await journal.verify((text) => void all.push(text));
    return all;
  } finally {
    await journal.close();
  }
};

/** Flips one bit at so many places of the file, in turn each of the eight. What is recovered is all, or nothing and an error. */
const flipAllOver = async (
  left: string,
  file: string,
  places: number,
): Promise<{ refused: number; unharmed: number }> => {
  const good = await readFile(join(left, file));
  const step = Math.max(1, Math.floor(good.length / places));
  const flips = Array.from({ length: Math.ceil(good.length / step) }, (_, i) => ({
    at: i * step,
    bit: i % 8,
  }));
  const work = (await temporaryPlace()).folder;
  const count = { refused: 0, unharmed: 0 };
  await inPortions(flips, async ({ at, bit }) => {
    const folder = join(work, String(at));
    await cp(left, folder, { recursive: true });
    const bad = Buffer.from(good);
    bad[at]! ^= 1 << bit;
    await writeFile(join(folder, file), bad);
    const outcome = await readAllOf(folder).catch((error: unknown) => error);
    const what = `bit ${bit} of byte ${at} of ${file}`;
    if (outcome instanceof Error) {
      count.refused++;
      expect(outcome, what).toBeInstanceOf(JournalError);
      // Where the very words that tell a version or SQLite's own header are hit, it is told as that.
      expect(
        ["journal_damaged", "journal_too_new", "journal_unavailable", "journal_key_wrong"],
        `${what}: ${outcome}`,
      ).toContain((outcome as JournalError).code);
    } else {
      count.unharmed++;
      expect(outcome, what).toEqual(entriesTo(ENTRIES));
    }
    await rm(folder, { recursive: true });
  });
  return count;
};

test("a flipped bit anywhere in what a stopped hub leaves: refused, or all entries are there; never a part of them", {
  timeout: 180_000,
}, async () => {
  const left = await leftBy("stop");
  expect((await readdir(left)).sort()).toEqual(["journal.db", "journal.head", "journal.lock", "snapshots"]);
  const inDatabase = await flipAllOver(left, "journal.db", 100);
  expect(inDatabase.refused).toBeGreaterThan(10);
  await flipAllOver(left, "journal.head", 32);
  for (const name of await readdir(join(left, "snapshots")))
    await flipAllOver(left, join("snapshots", name), 24);
});

test("a flipped bit anywhere in the write-ahead log that a crash leaves: refused, never cut off there as a tail", {
  timeout: 180_000,
}, async () => {
  const left = await leftBy("crash");
  const { refused } = await flipAllOver(left, "journal.db-wal", 100);
  expect(refused).toBeGreaterThan(50);
});
