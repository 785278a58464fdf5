import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Group, type Head, hashGroup, headAt, makeGroup } from "./group.ts";
import { openJournal } from "./journal.ts";
import { makeSeal } from "./seal.ts";
import { entriesTo, entryAt } from "./testing/entries.ts";
import { fill, type Place, recoverEntries, tamper, temporaryPlace } from "./testing/place.ts";
import { snapshotPaths, tenGroups } from "./testing/recovering.ts";

const KEY = new Uint8Array(32).fill(7);
const OTHER_KEY = new Uint8Array(32).fill(8);

/** Entries to 100 in ten groups, a snapshot after 72, sealed. */
async function sealedPlace(key = KEY): Promise<Place> {
  const place = await temporaryPlace();
  const { journal } = await place.journal(key);
  await fill(journal, 80, 10);
  await journal.snapshot(72, entriesTo(72));
  await fill(journal, 100, 10);
  await journal.close();
  return place;
}

async function recovers(place: Place, key?: Uint8Array): Promise<string[]> {
  const journal = await openJournal(place.store(), key && { key });
  try {
    return await recoverEntries(journal);
  } finally {
    await journal.close();
  }
}

async function verifies(place: Place, key?: Uint8Array): Promise<unknown> {
  const journal = await openJournal(place.store(), key && { key });
  try {
    return await journal.verify();
  } finally {
    await journal.close();
  }
}

async function groupsOf(place: Place): Promise<Group[]> {
  const store = place.store();
  await store.open();
  const groups: Group[] = [];
  for await (const group of store.read(0)) groups.push(group);
  await store.close();
  return groups;
}

/** Writes the groups as somebody does who can change every file but has no key: with hashes of their making. */
function putGroups(place: Place, groups: Group[], hash: (group: Omit<Group, "hash">) => string): void {
  rmSync(join(place.folder, "journal.head"), { force: true });
  let prev = groups[0]!.prev;
  for (const group of groups) {
    const made = { ...group, prev, hash: hash({ ...group, prev }) };
    prev = made.hash;
    tamper(
      place.folder,
      "INSERT OR REPLACE INTO journal_group (number, first_seq, count, prev, hash, data) VALUES (?, ?, ?, ?, ?, ?)",
      made.number,
      made.firstSeq,
      made.count,
      made.prev,
      made.hash,
      made.data,
    );
  }
}

describe("only who has the key makes groups", () => {
  const forgers = {
    "plain hashes": hashGroup,
    "another key": makeSeal(OTHER_KEY).hashGroup,
    "an empty key's guess": makeSeal(new Uint8Array(32)).hashGroup,
  };
  const changes: Record<string, (groups: Group[]) => Group[]> = {
    "the last entry": (groups) => [
      { ...groups[9]!, data: groups[9]!.data.replace('"seq":100', '"seq":666') },
    ],
    "an entry after the snapshot, all after it made anew": (groups) =>
      groups.slice(8).map((group) => ({ ...group, data: group.data.replace('"seq":85', '"seq":666') })),
    "a group added": (groups) => [makeGroup(headAt(groups[9]!), [entryAt(666)])],
  };
  for (const [how, hash] of Object.entries(forgers))
    for (const [what, change] of Object.entries(changes))
      test(`${what}, with ${how}`, async () => {
        const place = await sealedPlace();
        putGroups(place, change(await groupsOf(place)), hash);
        await expect(recovers(place, KEY)).rejects.toMatchObject({ code: "journal_damaged" });
        await expect(verifies(place, KEY)).rejects.toMatchObject({ code: "journal_damaged" });
      });

  test("an entry before the snapshot is not used, and verification finds it", async () => {
    const place = await sealedPlace();
    const [, second] = await groupsOf(place);
    putGroups(place, [{ ...second!, data: second!.data.replace('"seq":15', '"seq":666') }], hashGroup);
    expect(await recovers(place, KEY)).toEqual(entriesTo(100));
    await expect(verifies(place, KEY)).rejects.toMatchObject({ code: "journal_damaged", group: 2 });
  });

  test("everything made anew without a key: not taken where a key is given", async () => {
    const place = await sealedPlace();
    const [first, ...rest] = await groupsOf(place);
    putGroups(place, [{ ...first!, prev: "0".repeat(64) }, ...rest], hashGroup);
    await expect(openJournal(place.store(), { key: KEY })).rejects.toMatchObject({
      code: "journal_not_sealed",
    });
  });

  test("groups of another journal with the same key do not fit in", async () => {
    const place = await sealedPlace();
    const other = await temporaryPlace();
    const { journal } = await other.journal(KEY);
    for (let seq = 1; seq <= 100; seq++) journal.append(`other ${entryAt(seq)}`);
    await journal.close();
    const [theirs] = await groupsOf(other);
    const mine = await groupsOf(place);
    tamper(
      place.folder,
      "UPDATE journal_group SET data = ?, hash = ? WHERE number = 1",
      theirs!.data,
      theirs!.hash,
    );
    await expect(verifies(place, KEY)).rejects.toMatchObject({ code: "journal_damaged" });
    expect(mine[0]!.prev).toBe(theirs!.prev);
  });
});

describe("only who has the key makes snapshots", () => {
  /** Rewrites the newest snapshot with other lines and a hash that fits them. */
  async function forge(place: Place, change: (meta: Record<string, unknown>) => void): Promise<void> {
    const path = (await snapshotPaths(place)).at(-1)!;
    const meta = JSON.parse(readFileSync(path).toString("latin1", 0, 512)) as Record<string, unknown>;
    const text = `${entriesTo(71).join("\n")}\nforged\n`;
    change(meta);
    const position = `coinholder/snapshot/1\n${meta.seq} ${meta.group} ${meta.groupHash}\n`;
    meta.hash = createHash("sha256").update(position).update(text).digest("hex");
    writeFileSync(path, `${JSON.stringify(meta).padEnd(511)}\n${text}`);
  }

  test.each([
    ["its seal left as it was", () => {}],
    ["without a seal", (meta: Record<string, unknown>) => void delete meta.seal],
    [
      "sealed with another key",
      (meta: Record<string, unknown>) => {
        const { seq, group, groupHash, hash } = meta as {
          seq: number;
          group: number;
          groupHash: string;
          hash: string;
        };
        meta.seal = makeSeal(OTHER_KEY).snapshot({ seq, group, groupHash }, hash);
      },
    ],
  ])("a forged one whose hash fits, %s, stops the recovery", async (_how, change) => {
    const place = await sealedPlace();
    await forge(place, change);
    await expect(recovers(place, KEY)).rejects.toMatchObject({
      code: "journal_damaged",
      message: expect.stringContaining("snapshot at entry 72"),
    });
  });

  test("a forged one of another form stops the recovery, too, instead of being passed over", async () => {
    const place = await sealedPlace();
    await forge(place, () => {});
    const journal = await openJournal(place.store(), { key: KEY });
    const recovering = journal.recover({
      formFault: () => "is of another form",
      loadSnapshot: async () => {},
      apply: () => {},
    });
    await expect(recovering).rejects.toMatchObject({ code: "journal_damaged" });
    await journal.close();
  });

  test("one that is only damaged is passed over as ever", async () => {
    const place = await sealedPlace();
    const path = (await snapshotPaths(place)).at(-1)!;
    const bytes = readFileSync(path);
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path, bytes);
    expect(await recovers(place, KEY)).toEqual(entriesTo(100));
  });

  test("an older end of the journal does not go with a newer snapshot", async () => {
    const place = await sealedPlace();
    tamper(place.folder, "DELETE FROM journal_group WHERE number > 7");
    rmSync(join(place.folder, "journal.head"));
    await expect(recovers(place, KEY)).rejects.toMatchObject({ code: "journal_damaged", group: 8 });
  });
});

describe("the wrong key is told from damage", () => {
  test.each([
    ["a sealed one without a key", KEY, undefined, "journal_sealed"],
    ["a plain one with a key", undefined, KEY, "journal_not_sealed"],
    ["one sealed with another key", OTHER_KEY, KEY, "journal_key_wrong"],
  ])("%s is refused, left alone, and opens as it should afterwards", async (_what, made, given, code) => {
    const place = made ? await sealedPlace(made) : await tenGroups();
    await expect(openJournal(place.store(), given && { key: given })).rejects.toMatchObject({ code });
    expect(await recovers(place, made)).toEqual(entriesTo(100));
  });

  test("an empty one takes the key it is first written with", async () => {
    const place = await temporaryPlace();
    expect(await recovers(place)).toEqual([]);
    expect(await recovers(place, OTHER_KEY)).toEqual([]);
    const { journal } = await place.journal(KEY);
    await fill(journal, 3, 1);
    await journal.close();
    expect(await recovers(place, KEY)).toEqual(entriesTo(3));
    await expect(recovers(place, OTHER_KEY)).rejects.toMatchObject({ code: "journal_key_wrong" });
  });

  test.each(["prev", "hash", "data"])(
    "a damaged %s in the first group is damage with the right key",
    async (column) => {
      for (const key of [undefined, KEY]) {
        const place = key ? await sealedPlace() : await tenGroups();
        const change = column === "data" ? "'x' || data" : `replace(${column}, substr(${column}, 9, 1), 'g')`;
        tamper(place.folder, `UPDATE journal_group SET ${column} = ${change} WHERE number = 1`);
        await expect(verifies(place, key)).rejects.toMatchObject({ code: "journal_damaged", group: 1 });
      }
    },
  );

  test("a first group that is gone is damage too", async () => {
    const place = await sealedPlace();
    tamper(place.folder, "DELETE FROM journal_group WHERE number = 1");
    await expect(verifies(place, KEY)).rejects.toMatchObject({ code: "journal_damaged", group: 1 });
  });

  test("a key that is too short is a mistake of ours", async () => {
    const store = (await temporaryPlace()).store();
    await expect(openJournal(store, { key: new Uint8Array(16) })).rejects.toThrow("32 bytes");
  });
});

test("plain and sealed hashes of one group, and those of two keys, never agree", () => {
  const head: Head = { number: 0, seq: 0, hash: "0".repeat(64) };
  const group = makeGroup(head, ["entry"]);
  const seals = [makeSeal(undefined), makeSeal(KEY), makeSeal(OTHER_KEY)];
  expect(new Set(seals.map((seal) => seal.hashGroup(group))).size).toBe(3);
  expect(new Set(seals.map((seal) => seal.genesis)).size).toBe(3);
  expect(seals[0]!.hashGroup(group)).toBe(group.hash);
});

test("the key is in no file of the journal", async () => {
  const key = new Uint8Array(Buffer.from(createHash("sha256").update("a key").digest()));
  const place = await sealedPlace(key);
  const files = [
    ...(await snapshotPaths(place)),
    join(place.folder, "journal.db"),
    join(place.folder, "journal.head"),
  ];
  for (const file of files) {
    const bytes = readFileSync(file);
    for (const form of ["latin1", "hex", "base64"] as const)
      expect(bytes.includes(Buffer.from(key).toString(form), 0, "latin1")).toBe(false);
  }
});
