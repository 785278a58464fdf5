import { rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashGroup } from "./group.ts";
import { openJournal } from "./journal.ts";
import { entriesTo, entryAt } from "./testing/entries.ts";
import { type Place, readData, tamper, temporaryPlace } from "./testing/place.ts";
import { recoverAll, snapshotPaths, tenGroups, verifyAll, withSnapshots } from "./testing/recovering.ts";

/** Removes what SQLite's store remembers of its last commit, so that only the chain can tell. */
function forgetMark(place: Place): void {
  rmSync(join(place.folder, "journal.head"));
}

describe("damage in the journal is found and startup refuses", () => {
  test("a flipped bit anywhere in the data of any group", async () => {
    const place = await tenGroups();
    forgetMark(place);
    const anywhere = fc.tuple(
      fc.integer({ min: 1, max: 10 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 0, max: 7 }),
    );
    await fc.assert(
      fc.asyncProperty(anywhere, async ([group, where, bit]) => {
        const good = readData(place.folder, group);
        const bad = Buffer.from(good);
        bad[Math.floor(where * bad.length)]! ^= 1 << bit;
        const update = "UPDATE journal_group SET data = CAST(? AS TEXT) WHERE number = ?";
        tamper(place.folder, update, bad, group);
        await expect(recoverAll(place)).rejects.toMatchObject({ code: "journal_damaged", group });
        await expect(verifyAll(place)).rejects.toMatchObject({ code: "journal_damaged", group });
        tamper(place.folder, update, good, group);
        rmSync(join(place.folder, "journal.head"), { force: true });
      }),
      { numRuns: 12 },
    );
    expect((await recoverAll(place)).entries).toEqual(entriesTo(100));
  });

  test.each([
    ["first_seq", "first_seq + 1000", 5],
    ["first_seq, to what no hash can be made of", "-first_seq", 5],
    ["count", "count + 1", 5],
    ["count, to what no hash can be made of", "-count", 5],
    ["prev", "replace(prev, substr(prev, 1, 1), 'g')", 5],
    ["hash", "upper(hash) || ' '", 5],
    ["data, by an entry of the same length", `replace(data, '"seq":41', '"seq":14')`, 5],
    ["data, shortened by an entry", "substr(data, 1, length(data) - 40)", 5],
    ["the last group's data", `replace(data, '"seq":91', '"seq":19')`, 10],
  ])("a changed %s", async (what, change, group) => {
    const place = await tenGroups();
    const column = what.split(",")[0]!.startsWith("the last") ? "data" : what.split(",")[0]!;
    tamper(place.folder, `UPDATE journal_group SET ${column} = ${change} WHERE number = ${group}`);
    await expect(recoverAll(place)).rejects.toMatchObject({ code: "journal_damaged", group });
  });

  test("a group whose hash was recomputed after changing it", async () => {
    const place = await tenGroups();
    forgetMark(place);
    const store = place.store();
    await store.open();
    for await (const group of store.read(40)) {
      const data = group.data.replace('"seq":41', '"seq":14');
      await store.close();
      const hash = hashGroup({ ...group, data });
      tamper(place.folder, "UPDATE journal_group SET data = ?, hash = ? WHERE number = 5", data, hash);
      break;
    }
    rmSync(join(place.folder, "journal.head"), { force: true });
    await expect(recoverAll(place)).rejects.toMatchObject({ code: "journal_damaged", group: 6 });
  });

  test.each([1, 2, 6, 9])("group %i removed: the rest is not taken for the whole", async (group) => {
    const place = await tenGroups();
    tamper(place.folder, `DELETE FROM journal_group WHERE number = ${group}`);
    await expect(recoverAll(place)).rejects.toMatchObject({ code: "journal_damaged", group });
    await expect(verifyAll(place)).rejects.toMatchObject({ code: "journal_damaged", group });
  });

  test("group 6 removed and those after it moved up", async () => {
    const place = await tenGroups();
    forgetMark(place);
    tamper(place.folder, "DELETE FROM journal_group WHERE number = 6");
    for (let from = 7; from <= 10; from++) {
      tamper(place.folder, "UPDATE journal_group SET number = number - 1 WHERE number = ?", from);
    }
    await expect(recoverAll(place)).rejects.toMatchObject({ code: "journal_damaged", group: 6 });
  });

  test("two groups swapped", async () => {
    const place = await tenGroups();
    for (const [from, to] of [
      [4, 99],
      [7, 4],
      [99, 7],
    ] as const) {
      tamper(place.folder, "UPDATE journal_group SET number = ? WHERE number = ?", to, from);
    }
    await expect(recoverAll(place)).rejects.toMatchObject({ code: "journal_damaged", group: 4 });
  });

  test("the last groups removed", async () => {
    const place = await tenGroups();
    tamper(place.folder, "DELETE FROM journal_group WHERE number > 8");
    await expect(openJournal(place.store())).rejects.toMatchObject({ code: "journal_damaged", group: 9 });
  });

  test("an end that a snapshot contradicts, even where nothing else remembers it", async () => {
    const place = await withSnapshots();
    tamper(place.folder, "DELETE FROM journal_group WHERE number > 7");
    forgetMark(place);
    await expect(recoverAll(place)).rejects.toMatchObject({ code: "journal_damaged", group: 8 });
  });

  test("a snapshot of another journal", async () => {
    const place = await withSnapshots();
    const other = await temporaryPlace();
    const { journal } = await other.journal();
    while (journal.lastSeq < 100) journal.append(`other ${entryAt(journal.lastSeq)}`);
    await journal.durable(100);
    await journal.snapshot(72, ["another state"]);
    await journal.close();
    const [, newest] = await snapshotPaths(place);
    await writeFile(newest!, await readFile((await snapshotPaths(other))[0]!));
    await expect(recoverAll(place)).rejects.toMatchObject({ code: "journal_damaged" });
  });
});
