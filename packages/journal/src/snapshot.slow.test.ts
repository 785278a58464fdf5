import { cp, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openJournal } from "./journal.ts";
import { snapshotLines } from "./snapshot.ts";
import { sqliteStore } from "./sqlite/store.ts";
import { entriesTo, entryAt } from "./testing/entries.ts";
import { fill, temporaryPlace } from "./testing/place.ts";
import { recoverAll, snapshotPaths, tenGroups, verifyAll, withSnapshots } from "./testing/recovering.ts";

async function flipByte(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0]! ^= 1;
  await file.write(byte, 0, 1, at);
  await file.close();
}

describe("snapshots", () => {
  test("snapshot and tail give what a full replay gives, also from the middle of a group", async () => {
    const place = await withSnapshots();
    const recovered = await recoverAll(place);
    expect(recovered.entries).toEqual(entriesTo(100));
    expect(recovered).toMatchObject({ seq: 100, snapshotSeq: 72, replayed: 28, passedOver: [], loaded: 1 });
    expect(await verifyAll(place)).toEqual({ seq: 100, groups: 10 });
  });

  test("a snapshot at any position, with any grouping, gives the same state", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (last, groupSize, where) => {
          const place = await temporaryPlace();
          const { journal } = await place.journal();
          await fill(journal, last, groupSize);
          const seq = Math.max(1, Math.round(where * last));
          await journal.snapshot(seq, entriesTo(seq));
          await journal.close();
          const recovered = await recoverAll(place);
          expect(recovered.entries).toEqual(entriesTo(last));
          expect(recovered.snapshotSeq).toBe(seq);
        },
      ),
      { numRuns: 12 },
    );
  });

  test("a flipped bit anywhere in the newest: the one before is used, and it is said", async () => {
    const place = await withSnapshots();
    const [, newest] = await snapshotPaths(place);
    const good = await readFile(newest!);
    const header = good.indexOf("}");
    for (const at of [1, 10, Math.floor(header / 2), header, 512, 513, 1000, good.length - 1]) {
      await flipByte(newest!, at);
      const recovered = await recoverAll(place);
      expect(recovered.entries).toEqual(entriesTo(100));
      expect(recovered).toMatchObject({ snapshotSeq: 35, loaded: 1 });
      expect(recovered.passedOver).toEqual([{ seq: 72, reason: expect.stringContaining("hash") }]);
      await writeFile(newest!, good);
    }
    expect((await recoverAll(place)).snapshotSeq).toBe(72);
  });

  test("a loader that stops half-way at what a damaged one says: the one before is used; its own faults are told", async () => {
    const place = await withSnapshots();
    const [, newest] = await snapshotPaths(place);
    const fault = new Error("what is this?");
    const recoverFrom = async (isLoaded: (line: string) => boolean) => {
      const journal = await openJournal(place.store());
      const loaded: number[] = [];
      try {
        const recovered = await journal.recover({
          async loadSnapshot(lines, meta) {
            for await (const some of lines)
              for (const line of some.split("\n")) if (!isLoaded(line)) throw fault;
            loaded.push(meta.seq);
          },
          apply: () => {},
        });
        return { recovered, loaded };
      } finally {
        await journal.close();
      }
    };
    await expect(
      recoverFrom(() => false),
      "it is undamaged",
    ).rejects.toBe(fault);
    await flipByte(newest!, 1000);
    const written = new Set(entriesTo(100));
    const { recovered, loaded } = await recoverFrom((line) => written.has(line));
    expect(loaded).toEqual([35]);
    expect(recovered).toMatchObject({
      snapshotSeq: 35,
      replayed: 65,
      passedOver: [{ seq: 72, reason: expect.stringContaining("hash") }],
    });
  });

  test("all damaged or cut short: everything is replayed from the first entry", async () => {
    const place = await withSnapshots();
    const [older, newest] = await snapshotPaths(place);
    await truncate(older!, 100);
    await truncate(newest!, 600);
    const recovered = await recoverAll(place);
    expect(recovered.entries).toEqual(entriesTo(100));
    expect(recovered).toMatchObject({ snapshotSeq: 0, replayed: 100, loaded: 0 });
    expect(recovered.passedOver.map((one) => one.seq)).toEqual([72, 35]);
  });

  test("of another form: the one before is used, and where all are, everything is replayed; each is told at once", async () => {
    const place = await withSnapshots();
    const { journal } = await place.journal();
    for (const [seq, form] of [
      [72, "form 8"],
      [90, "form 9"],
    ] as const)
      await journal.snapshot(seq, [form, ...entriesTo(seq)]);
    await journal.close();
    for (const [known, snapshotSeq] of [
      [["form 8", "form 9"], 90],
      [["form 8"], 72],
      [[], 0],
    ] as const) {
      const reopened = await openJournal(place.store());
      const told: [number, string][] = [];
      const loaded: number[] = [];
      let applied = 0;
      const recovered = await reopened.recover({
        formFault: (line) => (known.some((form) => form === line) ? undefined : `is of ${line}`),
        onPassedOver: (seq, reason) => {
          expect(applied, "before the long replay").toBe(0);
          told.push([seq, reason]);
        },
        loadSnapshot: async (lines, meta) => {
          for await (const _some of lines);
          loaded.push(meta.seq);
        },
        apply: () => void applied++,
      });
      await reopened.close();
      const passedOver = [
        { seq: 90, reason: "is of form 9" },
        { seq: 72, reason: "is of form 8" },
      ].filter(({ seq }) => seq > snapshotSeq);
      expect(recovered).toEqual({ seq: 100, snapshotSeq, replayed: 100 - snapshotSeq, passedOver });
      expect(told).toEqual(passedOver.map(({ seq, reason }) => [seq, reason]));
      expect([loaded, applied]).toEqual([snapshotSeq === 0 ? [] : [snapshotSeq], 100 - snapshotSeq]);
    }
  });

  test("a crash at any moment while one is written: the one before is used", async () => {
    const place = await withSnapshots();
    const crashed = (await temporaryPlace()).folder;
    const { journal } = await place.journal();
    let moments = 0;
    async function* observed(): AsyncGenerator<string> {
      for (let line = 0; line < 12; line++) {
        yield `${line} ${"x".repeat(300_000)}`;
        await cp(place.folder, join(crashed, String(++moments)), { recursive: true });
      }
    }
    await journal.snapshot(95, observed());
    await journal.close();
    expect((await snapshotPaths(place)).map((path) => Number(/(\d+)\.txt$/.exec(path)![1]))).toEqual([
      72, 95,
    ]);
    let begun = 0;
    for (let moment = 1; moment <= moments; moment++) {
      const folder = join(crashed, String(moment));
      await rm(join(folder, "journal.db-shm"), { force: true });
      if ((await readdir(join(folder, "snapshots"))).includes("snapshot.part")) begun++;
      const recovered = await recoverAll({ ...place, folder, store: () => sqliteStore(folder) });
      expect(recovered).toMatchObject({ seq: 100, snapshotSeq: 72, passedOver: [] });
      expect(recovered.entries).toEqual(entriesTo(100));
    }
    expect(begun, "some of it was on the disk").toBeGreaterThan(1);
  });

  test("one that fails while it is written leaves those before, and the journal goes on", async () => {
    const place = await withSnapshots();
    const { journal } = await place.journal();
    function* failing(): Generator<string> {
      yield* entriesTo(90);
      throw new Error("the state cannot be read");
    }
    await expect(journal.snapshot(95, failing())).rejects.toThrow("the state cannot be read");
    // What there is of it would keep the room that it took.
    expect(await readdir(join(place.folder, "snapshots"))).not.toContain("snapshot.part");
    await fill(journal, 120, 10);
    await journal.close();
    const recovered = await recoverAll(place);
    expect(recovered).toMatchObject({ snapshotSeq: 72, seq: 120, passedOver: [] });
    expect(recovered.entries).toEqual(entriesTo(120));
  });

  test("is refused for an entry that is not durable, and for lines that would not come back", async () => {
    const place = await withSnapshots();
    const { journal } = await place.journal();
    const seq = journal.append(entryAt(101));
    await expect(journal.snapshot(seq, ["too early"])).rejects.toThrow("not durable");
    await expect(journal.snapshot(50, ["two\nlines"])).rejects.toThrow("newline");
    await journal.close();
    expect((await recoverAll(place)).snapshotSeq).toBe(72);
  });

  test("empty states and empty lines come back as they were", async () => {
    const place = await tenGroups();
    const { journal } = await place.journal();
    for (const lines of [[], [""], ["", "x", ""]]) {
      await journal.snapshot(100, lines);
      const store = place.store();
      const read: string[] = [];
      const [meta] = await store.snapshots();
      for await (const some of snapshotLines(store, meta!)) read.push(...some.split("\n"));
      expect(read).toEqual(lines);
    }
  });

  test("any lines, cut into chunks anywhere, also inside of a character, come back as they were", async () => {
    const place = await tenGroups();
    const { journal } = await place.journal();
    const line = fc.oneof(
      fc.constantFrom("", "x", "ä", "₿🪙", '["é"]'),
      fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", "")),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        async (lines, sizes) => {
          const meta = await journal.snapshot(100, lines);
          const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(""));
          async function* inChunks(): AsyncGenerator<Uint8Array> {
            for (let at = 0; at < bytes.length; ) {
              const size = sizes.next().value;
              yield bytes.subarray(at, at + size);
              at += size;
            }
          }
          const found: string[] = [];
          for await (const some of snapshotLines({ ...place.store(), readSnapshot: inChunks }, meta))
            found.push(...some.split("\n"));
          expect(found).toEqual(lines);
        },
      ),
    );
    await journal.close();
  });

  test("a large one streams: commits go on while it is written", async () => {
    const place = await tenGroups();
    const { journal } = await place.journal();
    let committed = 0;
    async function* manyLines(): AsyncGenerator<string> {
      for (let line = 0; line < 200; line++) {
        yield `${line} ${"x".repeat(100_000)}`;
        if (line % 20 === 0) {
          await journal.durable(journal.append(entryAt(journal.lastSeq + 1)));
          committed++;
        }
      }
    }
    const meta = await journal.snapshot(100, manyLines());
    expect([committed, journal.durableSeq, meta.seq]).toEqual([10, 110, 100]);
    await journal.close();
    const reopened = await openJournal(place.store());
    let lines = 0;
    const recovered = await reopened.recover({
      async loadSnapshot(text) {
        for await (const some of text)
          for (const line of some.split("\n")) expect(line).toBe(`${lines++} ${"x".repeat(100_000)}`);
      },
      apply() {},
    });
    expect([lines, recovered.replayed]).toEqual([200, 10]);
    await reopened.close();
  });
});
