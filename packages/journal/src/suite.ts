import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EMPTY, type Group, type Head, headAt, makeGroup } from "./group.ts";
import { openJournal } from "./journal.ts";
import type { SnapshotMeta, Store } from "./store.ts";
import { entriesTo } from "./testing/entries.ts";
import { fill, recoverEntries } from "./testing/place.ts";

/** Gives stores, not yet open, that share one empty place; to be cleaned up at the end of the test. */
export type MakePlace = () => Promise<{ store(): Store }>;

/** What every store must do, whatever it is built on. */
export function storeCases(name: string, makePlace: MakePlace): void {
  describe(`${name} as a store`, () => {
    test("begins empty", async () => {
      const store = (await makePlace()).store();
      expect(await store.open()).toEqual(EMPTY);
      expect(await readAll(store, 0)).toEqual([]);
      expect(await store.snapshots()).toEqual([]);
    });

    test("loses nothing when closed and opened again", async () => {
      const place = await makePlace();
      const store = place.store();
      const groups = chain(await store.open(), [["a"], ["b", "c"], ["", "ä ₿ 🪙 \\n \t '\" ; --", "\u0001"]]);
      for (const group of groups) await store.append(group);
      await store.close();
      const again = place.store();
      expect(await again.open()).toEqual(headAt(groups[2]!));
      expect(await readAll(again, 0)).toEqual(groups);
    });

    test("reads back any groups exactly, from any position", async () => {
      const line = fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !/[\n\0]/.test(text));
      const lines = fc.array(fc.array(line, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 30 });
      const store = (await makePlace()).store();
      const all: Group[] = [];
      let head = await store.open();
      await fc.assert(
        fc.asyncProperty(lines, fc.double({ min: 0, max: 1, noNaN: true }), async (more, where) => {
          const groups = chain(head, more);
          for (const group of groups) await store.append(group);
          all.push(...groups);
          head = headAt(groups.at(-1)!);
          const afterSeq = Math.floor(where * head.seq);
          expect(await readAll(store, afterSeq)).toEqual(all.filter((group) => headAt(group).seq > afterSeq));
        }),
        { numRuns: 20 },
      );
    });

    test("reads thousands of groups and large ones in order", async () => {
      const store = (await makePlace()).store();
      const texts = Array.from({ length: 2500 }, (_, i) => [i % 500 === 0 ? "x".repeat(2_000_000) : `${i}`]);
      const groups = chain(await store.open(), texts);
      await Promise.all(groups.map((group) => store.append(group)));
      const read: number[] = [];
      for await (const group of store.read(0)) {
        read.push(group.number);
        expect(group.data.length).toBe(texts[group.number - 1]![0]!.length);
      }
      expect(read).toEqual(groups.map((group) => group.number));
    });

    test("refuses a second group with the same number: of two writers, one stops", async () => {
      const store = (await makePlace()).store();
      const head = await store.open();
      await store.append(makeGroup(head, ["first"]));
      await expect(store.append(makeGroup(head, ["second"]))).rejects.toThrow();
      expect((await readAll(store, 0)).map((group) => group.data)).toEqual(["first"]);
    });

    test("is refused to a second writer until the first has closed", async () => {
      const place = await makePlace();
      const first = place.store();
      await first.open();
      const second = place.store();
      await expect(second.open()).rejects.toMatchObject({ code: "journal_in_use" });
      await first.append(makeGroup(EMPTY, ["still writes"]));
      await first.close();
      expect(await second.open()).toMatchObject({ number: 1, seq: 1 });
    });

    test("keeps a snapshot of many chunks exactly", async () => {
      const store = (await makePlace()).store();
      await store.open();
      const chunks = ["", "first\n", "ä₿🪙".repeat(100_000), "\n", "x".repeat(3_000_000), "\n", "last"];
      await writeSnapshot(store, metaAt(7), chunks);
      expect(await store.snapshots()).toEqual([metaAt(7)]);
      expect(await readText(store, metaAt(7))).toBe(chunks.join(""));
    });

    test("keeps the two newest snapshots, newest first, also when closed and opened again", async () => {
      const place = await makePlace();
      const store = place.store();
      await store.open();
      for (const seq of [3, 20, 100]) await writeSnapshot(store, metaAt(seq), [`state ${seq}`]);
      await store.close();
      const again = place.store();
      await again.open();
      expect(await again.snapshots()).toEqual([metaAt(100), metaAt(20)]);
      expect(await readText(again, metaAt(20))).toBe("state 20");
    });

    test("never lists a snapshot that failed half-way, and keeps those before", async () => {
      const store = (await makePlace()).store();
      await store.open();
      for (const seq of [3, 20]) await writeSnapshot(store, metaAt(seq), [`state ${seq}`]);
      async function* failing(): AsyncGenerator<string> {
        yield "half a state";
        throw new Error("no more");
      }
      await expect(store.writeSnapshot(100, failing(), () => metaAt(100))).rejects.toThrow("no more");
      expect(await store.snapshots()).toEqual([metaAt(20), metaAt(3)]);
      await writeSnapshot(store, metaAt(101), ["whole"]);
      expect(await readText(store, metaAt(101))).toBe("whole");
    });

    test("replaces a snapshot of the same position whole", async () => {
      const store = (await makePlace()).store();
      await store.open();
      await writeSnapshot(store, metaAt(5), ["a long first text"]);
      await writeSnapshot(store, metaAt(5), ["short"]);
      expect(await store.snapshots()).toEqual([metaAt(5)]);
      expect(await readText(store, metaAt(5))).toBe("short");
    });

    test("keeps what seals a snapshot", async () => {
      const store = (await makePlace()).store();
      await store.open();
      const sealed = { ...metaAt(Number.MAX_SAFE_INTEGER), seal: "f".repeat(64) };
      await writeSnapshot(store, sealed, ["state"]);
      expect(await store.snapshots()).toEqual([sealed]);
    });

    test("a sealed journal on it comes back with its key, and without it not at all", async () => {
      const place = await makePlace();
      const key = new Uint8Array(32).fill(7);
      const journal = await openJournal(place.store(), { key });
      await recoverEntries(journal);
      await fill(journal, 25, 10);
      await journal.snapshot(20, entriesTo(20));
      await journal.close();
      const refused = { code: "journal_sealed" };
      await expect(openJournal(place.store())).rejects.toMatchObject(refused);
      const again = await openJournal(place.store(), { key });
      expect(await recoverEntries(again)).toEqual(entriesTo(25));
      expect(await again.verify()).toEqual({ seq: 25, groups: 3 });
      await again.close();
    });

    test("asks for a snapshot's description only after its last chunk", async () => {
      const store = (await makePlace()).store();
      await store.open();
      let taken = 0;
      async function* counted(): AsyncGenerator<string> {
        for (; taken < 3; taken++) yield "chunk";
      }
      let takenAtSeal: number | undefined;
      await store.writeSnapshot(1, counted(), () => {
        takenAtSeal = taken;
        return metaAt(1);
      });
      expect(takenAtSeal).toBe(3);
    });
  });
}

function chain(head: Head, groups: string[][]): Group[] {
  let end = head;
  return groups.map((entries) => {
    const group = makeGroup(end, entries);
    end = headAt(group);
    return group;
  });
}

async function readAll(store: Store, afterSeq: number): Promise<Group[]> {
  const groups: Group[] = [];
  for await (const group of store.read(afterSeq)) groups.push(group);
  return groups;
}

/** A description; the store has no opinion on its hashes. */
function metaAt(seq: number): SnapshotMeta {
  return { seq, group: seq, groupHash: "1".repeat(64), hash: String(seq).padStart(64, "0") };
}

async function writeSnapshot(store: Store, meta: SnapshotMeta, chunks: string[]): Promise<void> {
  async function* given(): AsyncGenerator<string> {
    yield* chunks;
  }
  await store.writeSnapshot(meta.seq, given(), () => meta);
}

async function readText(store: Store, meta: SnapshotMeta): Promise<string> {
  let text = "";
  for await (const chunk of store.readSnapshot(meta)) text += chunk;
  return text;
}
