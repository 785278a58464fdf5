import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { EMPTY, type Group } from "./group.ts";
import { ENOUGH, GROUP_CHARACTERS, GROUP_ENTRIES, openJournal } from "./journal.ts";
import type { Store } from "./store.ts";
import { entriesTo, entryAt } from "./testing/entries.ts";
import { fill, recoverEntries, temporaryPlace } from "./testing/place.ts";

const turn = (): Promise<void> => new Promise(setImmediate);

/** A store whose commits wait until the test lets each one through, or fails it. */
function heldStore(): { store: Store; groups: Group[]; finish(error?: Error): Promise<void> } {
  const groups: Group[] = [];
  const held: ((error?: Error) => void)[] = [];
  const store: Store = {
    open: async () => EMPTY,
    append: (group) => {
      groups.push(group);
      return new Promise((resolve, reject) => held.push((error) => (error ? reject(error) : resolve())));
    },
    async *read() {
      yield* groups;
    },
    writeSnapshot: async () => {},
    snapshots: async () => [],
    readSnapshot: async function* () {},
    close: async () => {},
  };
  const finish = async (error?: Error): Promise<void> => {
    held.shift()!(error);
    await turn();
  };
  return { store, groups, finish };
}

describe("order", () => {
  test("10,000 appends in bursts keep their order and their numbers", async () => {
    const place = await temporaryPlace();
    const { journal } = await place.journal();
    const announced: number[] = [];
    journal.onDurable((seq) => announced.push(seq));
    const called: number[] = [];
    for (let seq = 1; seq <= 10_000; seq++) {
      expect(journal.append(entryAt(seq))).toBe(seq);
      journal.whenDurable(seq, () => called.push(seq));
      if (seq % 137 === 0) await turn();
    }
    await journal.durable(10_000);
    expect(called).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
    expect(announced).toEqual([...announced].sort((a, b) => a - b));
    expect(announced.at(-1)).toBe(10_000);
    await journal.close();
    const again = await place.journal();
    expect(again.entries).toEqual(entriesTo(10_000));
    expect(again.journal.durableSeq).toBe(10_000);
  });

  test("any texts in any groupings come back identical, over restarts", async () => {
    const line = fc.string({ unit: "binary", maxLength: 60 }).filter((text) => !/[\n\0]/.test(text));
    const bursts = fc.array(fc.array(line, { maxLength: 40 }), { maxLength: 15 });
    const place = await temporaryPlace();
    const written: string[] = [];
    await fc.assert(
      fc.asyncProperty(bursts, fc.boolean(), async (lists, wait) => {
        const { journal, entries } = await place.journal();
        expect(entries).toEqual(written);
        for (const burst of lists) {
          for (const text of burst) written[journal.append(text) - 1] = text;
          if (wait) await turn();
        }
        await journal.close();
      }),
      { numRuns: 15 },
    );
    const { entries, journal } = await place.journal();
    expect(entries).toEqual(written);
    expect((await journal.verify()).seq).toBe(written.length);
  });
});

describe("group commit", () => {
  test("what arrives during a commit goes into the next group, and nothing is durable before its group is", async () => {
    const { store, groups, finish } = heldStore();
    const journal = await openJournal(store);
    await recoverEntries(journal);
    const durable: number[] = [];
    journal.append("1");
    journal.append("2");
    journal.whenDurable(2, () => durable.push(2));
    journal.whenDurable(1, () => durable.push(1));
    await turn();
    for (let seq = 3; seq <= 50; seq++) journal.append(`${seq}`);
    journal.whenDurable(50, () => durable.push(50));
    await turn();
    expect(groups.map((group) => group.count)).toEqual([2]);
    expect([durable, journal.durableSeq, journal.lastSeq]).toEqual([[], 0, 50]);
    await finish();
    expect(groups.map((group) => group.count)).toEqual([2, 48]);
    expect([durable, journal.durableSeq]).toEqual([[1, 2], 2]);
    await finish();
    expect([durable, journal.durableSeq]).toEqual([[1, 2, 50], 50]);
  });

  test("a burst costs far fewer commits than it has entries", async () => {
    const { journal } = await (await temporaryPlace()).journal();
    for (let seq = 1; seq <= 5000; seq++) {
      journal.append(entryAt(seq));
      if (seq % 50 === 0) await turn();
    }
    await journal.durable(5000);
    expect((await journal.verify()).groups).toBeLessThanOrEqual(101);
  });

  test("a group has at most 10,000 entries", async () => {
    const { store, groups, finish } = heldStore();
    const journal = await openJournal(store);
    await recoverEntries(journal);
    journal.append("in a group of its own, which is under way meanwhile");
    await turn();
    for (let i = 0; i < 2 * GROUP_ENTRIES + 5; i++) journal.append("");
    for (let i = 0; i < 4; i++) await finish();
    expect(groups.map((group) => group.count)).toEqual([1, GROUP_ENTRIES, GROUP_ENTRIES, 5]);
  });

  test("a good many entries are written at once, beside those that are still being appended", async () => {
    const { store, groups, finish } = heldStore();
    const journal = await openJournal(store);
    await recoverEntries(journal);
    for (let i = 0; i < ENOUGH; i++) expect([groups.length, journal.append("")]).toEqual([0, i + 1]);
    expect(groups.map((group) => group.count)).toEqual([ENOUGH]);
    const early = journal.durable(ENOUGH);
    const late = journal.durable(journal.append("meanwhile"));
    await finish();
    await early;
    expect(journal.durableSeq).toBe(ENOUGH);
    await finish();
    await late;
    expect(groups.map((group) => group.count)).toEqual([ENOUGH, 1]);
  });

  test("a group has at most 4 Mi characters, and a longer entry is a group of its own", async () => {
    const { store, groups, finish } = heldStore();
    const journal = await openJournal(store);
    await recoverEntries(journal);
    const third = "x".repeat(GROUP_CHARACTERS / 3);
    for (const text of [third, third, third, "y".repeat(GROUP_CHARACTERS + 1), "z"]) journal.append(text);
    await turn();
    for (let i = 0; i < 4; i++) await finish();
    expect(groups.map((group) => group.count)).toEqual([2, 1, 1, 1]);
  });
});

describe("a failed append", () => {
  test("answers nothing: all who wait are told that the outcome is unknown, and nothing is retried", async () => {
    const { store, groups, finish } = heldStore();
    const journal = await openJournal(store);
    await recoverEntries(journal);
    const failures: unknown[] = [];
    journal.onFailure((error) => failures.push(error));
    const announced = vi.fn();
    journal.onDurable(announced);
    journal.append("in the group that fails");
    await turn();
    journal.append("waits for the next");
    const callback = vi.fn();
    journal.whenDurable(2, callback);
    const waiting = [journal.durable(1), journal.durable(2)].map((promise) =>
      expect(promise).rejects.toMatchObject({ code: "outcome_unknown" }),
    );
    await finish(new Error("EIO: i/o error"));
    await Promise.all(waiting);
    expect(callback).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "outcome_unknown" }));
    expect(failures).toEqual([expect.objectContaining({ code: "outcome_unknown" })]);
    expect(announced).not.toHaveBeenCalled();
    expect(() => journal.append("later")).toThrow(expect.objectContaining({ code: "journal_failed" }));
    await expect(journal.durable(1)).rejects.toMatchObject({ code: "outcome_unknown" });
    await journal.close();
    expect(groups.length).toBe(1);
    expect(journal.durableSeq).toBe(0);
  });

  test("takes nothing back: what was durable before stays", async () => {
    const place = await temporaryPlace();
    const sqlite = place.store();
    let room = 3;
    const store: Store = {
      ...sqlite,
      append: (group) =>
        room-- > 0 ? sqlite.append(group) : Promise.reject(new Error("database or disk is full")),
    };
    const journal = await openJournal(store);
    await recoverEntries(journal);
    await fill(journal, 30, 10);
    const lost = journal.append(entryAt(31));
    await expect(journal.durable(lost)).rejects.toMatchObject({ code: "outcome_unknown" });
    await expect(journal.durable(30)).resolves.toBeUndefined();
    await journal.close();
    expect((await place.journal()).entries).toEqual(entriesTo(30));
  });
});

describe("use that would lose entries is refused", () => {
  test("appending before recovery", async () => {
    const journal = await openJournal((await temporaryPlace()).store());
    expect(() => journal.append("early")).toThrow("before recover");
    await journal.close();
  });

  test("texts that would not come back as they were", async () => {
    const { journal } = await (await temporaryPlace()).journal();
    for (const text of ["two\nlines", "cut\0here", "half \ud800 a character"]) {
      expect(() => journal.append(text)).toThrow("one line");
    }
    expect(journal.lastSeq).toBe(0);
  });

  test("waiting for an entry that nobody appended", async () => {
    const { journal } = await (await temporaryPlace()).journal();
    await expect(journal.durable(1)).rejects.toThrow("no entry 1");
    await expect(journal.durable(0)).resolves.toBeUndefined();
  });

  test("closing drains what was appended, then takes no more", async () => {
    const place = await temporaryPlace();
    const { journal } = await place.journal();
    for (let seq = 1; seq <= 3000; seq++) journal.append(entryAt(seq));
    const closed = journal.close();
    expect(() => journal.append("late")).toThrow("after close");
    await closed;
    expect((await place.journal()).entries).toEqual(entriesTo(3000));
  });
});
