import { copyFile, mkdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openJournal } from "../journal.ts";
import { snapshotFault } from "../snapshot.ts";
import { entriesTo } from "../testing/entries.ts";
import { entriesIn, fill, inPortions, recoverEntries, temporaryPlace } from "../testing/place.ts";
import { recoverAll, snapshotPaths } from "../testing/recovering.ts";
import { sqliteStore } from "./store.ts";

/** Where two writes meet in SQLite's write-ahead log: its header, the header of each frame, the page (sqlite.org/fileformat2.html). */
const LOG_HEADER = 32;
const FRAME_HEADER = 24;
const PAGE = 4096;
const SECTOR = 512;

/** An open log with its last group, and what was there before that. */
const lastGroup = async () => {
  const place = await temporaryPlace();
  const { journal } = await place.journal();
  await fill(journal, 30, 10);
  const log = join(place.folder, "journal.db-wal");
  const before = (await stat(log)).size;
  const head = await readFile(join(place.folder, "journal.head"));
  await fill(journal, 40, 10);
  const bytes = await readFile(log);
  const folder = (await temporaryPlace()).folder;
  const db = join(folder, "journal.db");
  await copyFile(join(place.folder, "journal.db"), db);
  await journal.close();
  expect((before - LOG_HEADER) % (FRAME_HEADER + PAGE)).toBe(0);
  expect(bytes.length).toBeGreaterThan(before);
  /** A folder where the log is this; its mark is written after the commit and knows nothing of the last group yet. */
  const folderWith = async (name: string, torn: Uint8Array, database = db): Promise<string> => {
    const at = join(folder, name);
    await mkdir(at);
    await copyFile(database, join(at, "journal.db"));
    await writeFile(join(at, "journal.db-wal"), torn);
    await writeFile(join(at, "journal.head"), head);
    return at;
  };
  const recovered = async (name: string, torn: Uint8Array, database = db): Promise<string[]> => {
    const at = await folderWith(name, torn, database);
    const entries = await entriesIn(at);
    await rm(at, { recursive: true });
    return entries;
  };
  return { before, bytes, folderWith, recovered };
};

/** A log whose last group lacks a sector; undefined where that held nothing but zeros, which are not missed. */
const without = (bytes: Uint8Array, before: number, at: number): Buffer | undefined => {
  const torn = Buffer.from(bytes).fill(0, Math.max(at, before), Math.min(at + SECTOR, bytes.length));
  return torn.equals(bytes) ? undefined : torn;
};

describe("a torn last write", () => {
  test("the log cut in its last group, at every byte of frame headers and edges and all over the pages: never half a group", {
    timeout: 240_000,
  }, async () => {
    const { before, bytes, recovered } = await lastGroup();
    const sizes: number[] = [];
    for (let size = before; size < bytes.length; size++) {
      const inFrame = (size - LOG_HEADER) % (FRAME_HEADER + PAGE);
      if (inFrame <= FRAME_HEADER || inFrame >= FRAME_HEADER + PAGE - 3 || size % 211 === 0) sizes.push(size);
    }
    expect(sizes.length).toBeGreaterThan(60);
    await inPortions(sizes, async (size) => {
      expect(await recovered(`cut-${size}`, bytes.subarray(0, size)), `cut at ${size}`).toEqual(
        entriesTo(30),
      );
    });
    expect(await recovered("whole", bytes)).toEqual(entriesTo(40));
  });

  test("any sector of the last group that did not reach the disk while those after it did: never half a group", {
    timeout: 240_000,
  }, async () => {
    const { before, bytes, recovered } = await lastGroup();
    const sectors: number[] = [];
    for (let at = before - (before % SECTOR); at < bytes.length; at += SECTOR) sectors.push(at);
    await inPortions(sectors, async (at) => {
      const torn = without(bytes, before, at);
      expect(await recovered(`sector-${at}`, torn ?? bytes), `without ${at}`).toEqual(
        entriesTo(torn ? 30 : 40),
      );
    });
  });

  test("a group that lacked one sector, and that a life did not see, is not made whole by that sector of the next torn write", {
    timeout: 240_000,
  }, async () => {
    const { before, bytes, folderWith, recovered } = await lastGroup();
    for (let at = before - (before % SECTOR); at < bytes.length; at += SECTOR) {
      const torn = without(bytes, before, at);
      if (!torn) continue;
      const folder = await folderWith(`between-${at}`, torn);
      const journal = await openJournal(sqliteStore(folder));
      expect(await recoverEntries(journal)).toEqual(entriesTo(30));
      await fill(journal, 35, 5);
      const log = await readFile(join(folder, "journal.db-wal"));
      const database = `${folder}.db`;
      await copyFile(join(folder, "journal.db"), database);
      await journal.close();
      // SQLite syncs the header of a new log before it writes the first frame.
      log.copy(torn, 0, 0, LOG_HEADER);
      if (at < log.length) log.copy(torn, at, at, at + SECTOR);
      expect(await recovered(`after-${at}`, torn, database), `with ${at} of the next`).toEqual(entriesTo(30));
    }
  });

  test("a snapshot file cut at every byte is told from a whole one, and the one before is used", {
    timeout: 120_000,
  }, async () => {
    const place = await temporaryPlace();
    const { journal } = await place.journal();
    await fill(journal, 20, 5);
    for (const seq of [3, 12]) await journal.snapshot(seq, entriesTo(seq));
    await journal.close();
    const [, newest] = await snapshotPaths(place);
    const good = await readFile(newest!);
    const store = sqliteStore(place.folder);
    const faultOfNewest = async (): Promise<string | undefined> => {
      const [meta] = await store.snapshots();
      return snapshotFault(store, meta!);
    };
    expect(await faultOfNewest()).toBeUndefined();
    for (let size = good.length - 1; size >= 0; size--) {
      await truncate(newest!, size);
      if ((await faultOfNewest()) === undefined) expect.fail(`cut at ${size} it passes for whole`);
      if (size % 200 !== 0) continue;
      const recovered = await recoverAll(place);
      expect(recovered).toMatchObject({ seq: 20, snapshotSeq: 3, passedOver: [{ seq: 12 }] });
      expect(recovered.entries).toEqual(entriesTo(20));
    }
  });
});
