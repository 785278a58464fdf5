import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { open, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type SnapshotAhead, verifyAhead } from "./ahead.ts";
import { openJournal } from "./journal.ts";
import type { Recovered } from "./recover.ts";
import { sqliteAhead } from "./sqlite/store.ts";
import type { SnapshotMeta } from "./store.ts";
import { entriesTo } from "./testing/entries.ts";
import { fill, type Place, temporaryPlace } from "./testing/place.ts";
import { snapshotPaths, withSnapshots } from "./testing/recovering.ts";

const KEY = new Uint8Array(32).fill(7);

const aheadOf = ({ folder }: Place): SnapshotAhead => {
  const ahead = sqliteAhead(folder);
  onTestFinished(() => ahead.stop());
  return ahead;
};

const recoverWith = async (
  place: Place,
  ahead: SnapshotAhead | undefined,
  key?: Uint8Array,
): Promise<Recovered & { entries: string[] }> => {
  const journal = await openJournal(place.store(), { ahead, ...(key && { key }) });
  try {
    let entries: string[] = [];
    const recovered = await journal.recover({
      async loadSnapshot(lines) {
        entries = [];
        for await (const some of lines) entries.push(...some.split("\n"));
      },
      apply: (text) => void entries.push(text),
    });
    return { ...recovered, entries };
  } finally {
    await journal.close();
  }
};

const flipByte = async (path: string, at: number): Promise<void> => {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0]! ^= 1;
  await file.write(byte, 0, 1, at);
  await file.close();
};

/** Text without an end, and whether its reader has let go of it. */
const endless = () => {
  const meta: SnapshotMeta = { seq: 1, group: 1, groupHash: "", hash: "" };
  let chunks = 0;
  let ended = false;
  return {
    meta,
    chunks: () => chunks,
    ended: () => ended,
    store: {
      snapshots: async () => [meta],
      async *readSnapshot() {
        try {
          for (;;) {
            yield "more\n";
            chunks++;
            await new Promise(setImmediate);
          }
        } finally {
          ended = true;
        }
      },
    },
  };
};

/** Files below the folder that this process has open. */
const openBelow = (folder: string): string[] =>
  readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });

describe("a snapshot that is verified before its journal is open", () => {
  test("the newest, if it is whole, and no other", async () => {
    const place = await withSnapshots();
    const [newest, older] = await place.store().snapshots();
    const ahead = aheadOf(place);
    expect(await ahead.isWhole(newest!)).toBe(true);
    expect(await ahead.isWhole(older!)).toBe(false);
    for (const change of [{ seal: "00" }, { seq: 71 }, { group: 7 }, { groupHash: "" }, { hash: "" }])
      expect(await ahead.isWhole({ ...newest!, ...change })).toBe(false);
    expect(await recoverWith(place, ahead)).toEqual(await recoverWith(place, undefined));
  });

  test("what is damaged is passed over with the reason that a recovery finds by itself", async () => {
    const place = await withSnapshots();
    const paths = await snapshotPaths(place);
    for (const [nth, damage] of [
      [1, () => flipByte(paths[1]!, 600)],
      [1, () => flipByte(paths[1]!, 20)],
      [1, () => truncate(paths[1]!, 700)],
      [1, () => truncate(paths[1]!, 0)],
      [0, () => flipByte(paths[0]!, 600)],
    ] as const) {
      await damage();
      const ahead = aheadOf(place);
      const recovered = await recoverWith(place, ahead);
      expect(recovered.entries).toEqual(entriesTo(100));
      expect(recovered.snapshotSeq).toBe(nth === 1 ? 35 : 0);
      expect(recovered).toEqual(await recoverWith(place, undefined));
      const [newest] = await place.store().snapshots();
      expect(await ahead.isWhole(newest!)).toBe(false);
    }
  });

  test("one that is written, taken away or put in its place meanwhile is not taken for it", async () => {
    const place = await withSnapshots();
    const before = aheadOf(place);
    const [newest] = await place.store().snapshots();
    expect(await before.isWhole(newest!)).toBe(true);
    const { journal } = await place.journal();
    await journal.snapshot(90, entriesTo(90));
    await journal.close();
    expect(await recoverWith(place, before)).toMatchObject({ snapshotSeq: 90, entries: entriesTo(100) });
    const paths = await snapshotPaths(place);
    const ahead = aheadOf(place);
    const [another] = await place.store().snapshots();
    expect(await ahead.isWhole(another!)).toBe(true);
    await rm(paths[1]!);
    expect(await recoverWith(place, ahead)).toMatchObject({ snapshotSeq: 72, entries: entriesTo(100) });
  });

  test("damage after that is found while it is loaded, and the next start does without it", async () => {
    const place = await withSnapshots();
    const [, newest] = await snapshotPaths(place);
    const ahead = aheadOf(place);
    const [meta] = await place.store().snapshots();
    expect(await ahead.isWhole(meta!)).toBe(true);
    await flipByte(newest!, 600);
    await expect(recoverWith(place, ahead)).rejects.toThrow("changed while it was read");
    expect(await recoverWith(place, aheadOf(place))).toMatchObject({
      snapshotSeq: 35,
      entries: entriesTo(100),
    });
  });

  test("it vouches for no seal: a key that is another's is refused, one that was forged too, and the place is free", async () => {
    const place = await temporaryPlace();
    const { journal } = await place.journal(KEY);
    await fill(journal, 100, 10);
    await journal.snapshot(72, entriesTo(72));
    await journal.close();
    const other = new Uint8Array(32).fill(8);
    await expect(recoverWith(place, aheadOf(place), other)).rejects.toMatchObject({
      code: "journal_key_wrong",
    });
    const [path] = await snapshotPaths(place);
    const [meta] = await place.store().snapshots();
    const at = (JSON.stringify(meta).indexOf(meta!.seal!) + 5) as number;
    await flipByte(path!, at);
    const ahead = aheadOf(place);
    await expect(recoverWith(place, ahead, KEY)).rejects.toMatchObject({ code: "journal_damaged" });
    const [forged] = await place.store().snapshots();
    expect(await ahead.isWhole(forged!)).toBe(true);
    await flipByte(path!, at);
    expect(await recoverWith(place, aheadOf(place), KEY)).toMatchObject({ snapshotSeq: 72 });
  });

  test("where there is none, or not even a folder, nothing is told and nothing is made", async () => {
    const place = await temporaryPlace();
    const folder = join(place.folder, "nowhere");
    const ahead = sqliteAhead(folder);
    expect(await ahead.isWhole({ seq: 1, group: 1, groupHash: "", hash: "" })).toBe(false);
    await ahead.stop();
    expect(existsSync(folder)).toBe(false);
    const broken = verifyAhead({
      snapshots: () => Promise.reject(new Error("the disk is gone")),
      readSnapshot: () => expect.fail("it was not listed"),
    });
    expect(await broken.isWhole({ seq: 1, group: 1, groupHash: "", hash: "" })).toBe(false);
  });

  test("a stop ends what is being read, however much there is", async () => {
    const { meta, store, chunks, ended } = endless();
    const ahead = verifyAhead(store);
    await expect.poll(chunks).toBeGreaterThan(3);
    await ahead.stop();
    expect(ended()).toBe(true);
    expect(await ahead.isWhole(meta)).toBe(false);
  });

  test.runIf(process.platform === "linux")("a stop leaves no file open", async () => {
    const place = await withSnapshots();
    await Promise.all(Array.from({ length: 20 }, () => sqliteAhead(place.folder).stop()));
    await expect.poll(() => openBelow(place.folder)).toEqual([]);
  });
});
