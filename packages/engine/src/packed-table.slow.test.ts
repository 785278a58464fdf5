import fc from "fast-check";
import { expect, test } from "vitest";
import { BrokenInvariant } from "./assert.ts";
import { asTexts, listOf, type Texts } from "./columns.ts";
import { emptyPackedTable, type PackedTable } from "./packed-table.ts";
import { hashOf, hashOfBytes } from "./text-index.ts";

interface Thing {
  readonly text: string;
  readonly n: number;
}

/** One in five is kept as it is. */
const emptyTable = (onMoved?: (to: Int32Array) => void): PackedTable<Thing> =>
  emptyPackedTable<Thing>({
    textOf: ({ text }) => text,
    ownerOf: ({ n }) => n % 7,
    bytes: 4,
    write: ({ n }, row, at) => {
      row.setInt32(at, n, true);
      return n % 5 !== 0;
    },
    read: (text, _owner, row, at) => ({ text, n: row.getInt32(at, true) }),
    ...(onMoved && { onMoved }),
  });

type Step = readonly ["add" | "delete" | "look" | "ahead", number];

/** What the table is held to: the same steps upon a Map, and places that are followed. */
const run = (steps: readonly Step[]): void => {
  let places = new Map<string, number>();
  const table = emptyTable((to) => {
    places = new Map([...places].map(([text, place]) => [text, to[place]!]));
  });
  const twin = new Map<string, Thing>();
  const ownerOf = (text: string): number => (twin.has(text) ? twin.get(text)!.n % 7 : -1);
  /** Asked for one by one, between changes. */
  let expected: string[] = [];
  for (const [n, [is, which]] of steps.entries()) {
    const text = `t${which}`;
    if (is === "add") {
      const thing = { text, n };
      table.add(thing);
      twin.set(text, thing);
      places.set(text, table.placeOf(text));
    } else if (is === "delete") {
      places.delete(text);
      expect(table.delete(text)).toBe(twin.delete(text));
    } else if (is === "ahead") {
      expected = Array.from({ length: 12 }, (_, i) => `t${which + (i % 9)}`);
      expect([...table.lookAhead(expected)]).toEqual(expected.map(ownerOf));
    }
    const [next] = expected.splice(0, 1);
    if (next !== undefined) expect(table.get(next)).toEqual(twin.get(next));
    expect(table.get(text)).toEqual(twin.get(text));
    expect(table.has(text)).toBe(twin.has(text));
    expect(table.size).toBe(twin.size);
  }
  expect([...table.values()]).toEqual([...twin.values()]);
  const numbers = [...table.allKept()].map((kept) =>
    "bytes" in kept ? kept.bytes.readInt32LE(kept.at) : kept.n,
  );
  expect(numbers).toEqual([...twin.values()].map(({ n }) => n));
  for (const [text, thing] of twin) {
    expect(table.placeOf(text)).toBe(places.get(text));
    expect(table.at(places.get(text)!)).toEqual(thing);
  }
  const texts = Array.from({ length: 250 }, (_, i) => `t${i}`);
  expect([...table.lookAhead(texts)]).toEqual(texts.map(ownerOf));
};

test("holds, forgets and orders what a Map does, through growth and gaps", () => {
  const kind = fc.constantFrom<Step[0]>("add", "add", "add", "delete", "delete", "look", "ahead");
  const steps = fc.array(fc.tuple(kind, fc.nat(220)), { size: "max", maxLength: 1500 });
  fc.assert(fc.property(steps, run), { numRuns: 100, seed: 417 });
});

test("many that come and go leave no gaps behind, and those that stay are found in their order", () => {
  const table = emptyTable();
  const kept: string[] = [];
  for (let n = 0; n < 20_000; n++) {
    table.add({ text: `t${n}`, n });
    if (n % 100 === 0) kept.push(`t${n}`);
    else expect(table.delete(`t${n}`)).toBe(true);
  }
  expect([...table.values()].map(({ text }) => text)).toEqual(kept);
  expect(kept.every((text) => table.has(text))).toBe(true);
  expect([...table.lookAhead(["t1", "t200"])]).toEqual([-1, 200 % 7]);
});

test("what was looked for ahead is told as it is when it is asked for, whatever has come, changed, gone or moved meanwhile", () => {
  const table = emptyTable();
  const texts = Array.from({ length: 300 }, (_, n) => `t${n}`);
  for (const [n, text] of texts.entries()) if (n % 50 !== 7) table.add({ text, n });
  table.lookAhead(texts);
  const asked = (text: string) => table.get(text)?.n;
  expect(asked("t0")).toBe(0);
  table.add({ text: "t1", n: 1001 }); // changed
  expect(asked("t1")).toBe(1001);
  table.delete("t2"); // gone
  expect(asked("t2")).toBeUndefined();
  table.lookAhead(texts.slice(3));
  expect(asked("t3")).toBe(3);
  table.delete("t4"); // gone and come again, at another place
  table.add({ text: "t4", n: 1004 });
  expect(asked("t4")).toBe(1004);
  table.lookAhead(texts.slice(5));
  expect(asked("t6")).toBe(6); // out of turn
  expect(asked("t5")).toBe(5);
  expect(asked("t7")).toBeUndefined();
  table.add({ text: "t7", n: 1007 }); // come
  expect(asked("t7")).toBe(1007);
  expect([asked("t8"), asked("t8")]).toEqual([8, 8]);
  table.lookAhead(texts.slice(9));
  for (const text of texts.slice(20)) table.delete(text);
  for (let n = 0; n < 5; n++) table.delete(`t${n}`); // what stays has moved up
  for (let n = 9; n < 20; n++) expect(asked(`t${n}`)).toBe(n);
  const list = ["t9", "t10"];
  table.lookAhead(list);
  list.reverse();
  expect([asked("t10"), asked("t9")]).toEqual([10, 9]);
});

test("what is added while its things are gone through comes, too", () => {
  const table = emptyTable();
  // Gaps of before do not move what is gone through.
  for (let n = 0; n < 60; n++) table.add({ text: `gone${n}`, n });
  for (let n = 0; n < 60; n++) table.delete(`gone${n}`);
  table.add({ text: "a", n: 0 });
  const values = table.values();
  expect(values.next().value?.text).toBe("a");
  for (let n = 0; n < 1000; n++) table.add({ text: `b${n}`, n });
  expect([...values].map(({ n }) => n)).toEqual(Array.from({ length: 1000 }, (_, n) => n));
});

test("texts whose hashes are equal, an empty one and any letters are told apart, one by one and together", () => {
  const table = emptyTable();
  const twin = new Map<string, Thing>();
  const sameHash = ["k01ktyi", "k0lk64a", "k09gng9", "k03zjvm", "k0e2qgh", "k0q6ykl"];
  for (let i = 0; i < sameHash.length; i += 2) expect(hashOf(sameHash[i]!)).toBe(hashOf(sameHash[i + 1]!));
  const texts = [...sameHash, "", "é", "e\u0301", "\u{1f600}", "\ud83d"];
  const asked = [...texts, ...texts, "k0lk64", "x".repeat(100_000)];
  const same = (): void => {
    for (const text of asked) expect([text, table.get(text)]).toEqual([text, twin.get(text)]);
  };
  same();
  for (const some of [texts.slice(1), texts])
    for (const [n, text] of some.entries()) {
      table.add({ text, n });
      twin.set(text, { text, n });
      same();
    }
  for (const text of texts) {
    expect([table.delete(text), table.delete(text)]).toEqual([twin.delete(text), false]);
    same();
  }
  expect([...table.lookAhead([])]).toEqual([]);
});

test("rows of many pieces of memory keep texts of every length apart, those that fit and those that do not", () => {
  const table = emptyTable();
  const twin = new Map<string, Thing>();
  const textOf = (n: number): string => `${n}`.padEnd(n % 130, "\xe9");
  for (let n = 0; n < 40_000; n++) {
    const thing = { text: textOf(n), n };
    table.add(thing);
    twin.set(thing.text, thing);
  }
  // Another one at each third place, which may be kept in the other way.
  for (let n = 0; n < 40_000; n += 3) {
    const thing = { text: textOf(n), n: n + 1 };
    table.add(thing);
    twin.set(thing.text, thing);
  }
  const wrong = [...twin].filter(([text, { n }]) => table.get(text)?.n !== n);
  expect(wrong).toEqual([]);
  for (let n = 0; n < 40_000; n++)
    if (n % 9 !== 4) expect(table.delete(textOf(n))).toBe(twin.delete(textOf(n)));
  expect([...table.values()]).toEqual([...twin.values()]);
  // Memory given back is taken again.
  for (let n = 0; n < 30_000; n++) table.add({ text: `again${n}`, n });
  expect(table.get("again29999")).toEqual({ text: "again29999", n: 29_999 });
  expect(table.size).toBe(twin.size + 30_000);
});

/** Things as a dump has them. */
const addAll = (table: PackedTable<Thing>, texts: Texts, numbers: readonly number[]): number =>
  table.addAll(texts, {
    owners: numbers.map((n) => n % 7),
    write: (i, row, at) => row.setInt32(at, numbers[i]!, true),
    thing: (i, text) => ({ text, n: numbers[i]! }),
  });

test("what is added together is there as if each were added, whatever its length and its letters", () => {
  const letter = fc.oneof(fc.constantFrom("a", "b", "z", "~"), fc.constantFrom("\xe9", "\u2028", "\ud83d"));
  const portion = fc.record({
    width: fc.constantFrom(0, 1, 2, 3, 4, 5, 18, 19, 44, 51, 52, 60),
    pad: fc.oneof({ weight: 5, arbitrary: fc.constantFrom("a", "z") }, letter),
    odd: fc.constantFrom(false, false, false, true),
    count: fc.integer({ min: 1, max: 40 }),
    expect: fc.constantFrom(false, true),
  });
  fc.assert(
    fc.property(fc.array(portion, { maxLength: 12 }), (portions) => {
      const [together, single] = [emptyTable(), emptyTable()];
      let n = 1;
      for (const { count, expect: isExpected, odd, pad, width } of portions) {
        const numbers: number[] = [];
        const texts: string[] = [];
        for (let i = 0; i < count; i++, n += n % 5 === 4 ? 2 : 1) {
          const text = `${n}`.padStart(Math.max(width, 6), pad);
          texts.push(odd && i === 0 ? `${text}x` : text);
          numbers.push(n);
          single.add({ text: texts[i]!, n });
        }
        if (isExpected) together.expect(together.size + count);
        const from = addAll(together, asTexts(texts), numbers);
        expect(texts.map((text) => together.placeOf(text))).toEqual(texts.map((_, i) => from + i));
      }
      expect([...together.values()]).toEqual([...single.values()]);
      const all = [...single.values()].map(({ text }) => text);
      expect(all.map((text) => together.get(text))).toEqual(all.map((text) => single.get(text)));
      for (const { text, n } of single.values()) expect([...together.lookAhead([text])]).toEqual([n % 7]);
      for (const text of all) expect(together.delete(text)).toBe(true);
      expect(together.size).toBe(0);
    }),
    { numRuns: 200, seed: 417 },
  );
});

test("over several pieces of memory all that are added together are found, and none twice", () => {
  const table = emptyTable();
  const textOf = (n: number): string => `t${n}`.padEnd(19, "x");
  for (let n = 0; n < 40_000; n += 1000) {
    const numbers = Array.from({ length: 1000 }, (_, i) => n + i);
    addAll(table, asTexts(numbers.map(textOf)), numbers);
  }
  expect(table.size).toBe(40_000);
  for (let n = 0; n < 40_000; n++) expect(table.get(textOf(n))?.n).toBe(n);
  expect(() => addAll(table, asTexts(["new", "t1"].map((t) => t.padEnd(19, "x"))), [1, 2])).toThrow(
    BrokenInvariant,
  );
  expect(() => addAll(emptyTable(), asTexts(["ab", "ab"]), [1, 2])).toThrow(BrokenInvariant);
  expect(() => addAll(emptyTable(), ["\xe9", "\xe9"], [1, 2])).toThrow(BrokenInvariant);
});

test("texts of a dump come out as they went in; of a wrong length they are refused", () => {
  const texts = fc
    .nat(6)
    .chain((length) =>
      fc.array(fc.string({ unit: "binary", minLength: length, maxLength: length }), { minLength: 1 }),
    );
  fc.assert(
    fc.property(texts, (list) => {
      const read: Texts = JSON.parse(JSON.stringify(asTexts(list)));
      expect(listOf(read, list.length)).toEqual(list);
    }),
    { seed: 417 },
  );
  expect(asTexts(["ab", "cd"])).toBe("abcd");
  expect(asTexts(["ab", "c"])).toEqual(["ab", "c"]);
  for (const [wrong, count] of [
    ["abc", 2],
    ["", 2],
    ["ab", 0],
    [["a"], 2],
  ] as const)
    expect(() => listOf(wrong, count)).toThrow(BrokenInvariant);
});

test("a text's hash is the same read from its letters or from its bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(3), (bytes, from) => {
      const padded = new Uint8Array([...new Uint8Array(from), ...bytes, 9]);
      const text = Buffer.from(bytes).toString("latin1");
      expect(hashOfBytes(new DataView(padded.buffer), from, bytes.length)).toBe(hashOf(text));
    }),
    { seed: 417 },
  );
});
