import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyPackedTable, type PackedTable } from "./packed-table.ts";

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
    write: ({ n }, bytes, at) => {
      bytes.writeInt32LE(n, at);
      return n % 5 !== 0;
    },
    read: (text, _owner, bytes, at) => ({ text, n: bytes.readInt32LE(at) }),
    ...(onMoved && { onMoved }),
  });

type Step = readonly ["add" | "delete" | "look", number];

/** What the table is held to: the same steps upon a Map, and places that are followed. */
const run = (steps: readonly Step[]): void => {
  let places = new Map<string, number>();
  const table = emptyTable((to) => {
    places = new Map([...places].map(([text, place]) => [text, to[place]!]));
  });
  const twin = new Map<string, Thing>();
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
    }
    expect(table.get(text)).toEqual(twin.get(text));
    expect(table.has(text)).toBe(twin.has(text));
    expect(table.size).toBe(twin.size);
  }
  expect([...table.values()]).toEqual([...twin.values()]);
  for (const [text, thing] of twin) {
    expect(table.placeOf(text)).toBe(places.get(text));
    expect(table.at(places.get(text)!)).toEqual(thing);
  }
  // Only hashes that are another's keep one from being told.
  const texts = Array.from({ length: 250 }, (_, i) => `t${i}`);
  const owners = texts.flatMap((text) => (twin.has(text) ? [twin.get(text)!.n % 7] : []));
  const told = table.probableOwners(texts);
  expect(told.length).toBeLessThanOrEqual(owners.length);
  expect(told.length).toBeGreaterThanOrEqual(owners.length / 4);
};

test("holds, forgets and orders what a Map does, through growth and gaps", () => {
  const kind = fc.constantFrom<Step[0]>("add", "add", "delete", "look");
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
  expect(table.probableOwners(["t1"])).toEqual([]);
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
  // Beside one another: equal hashes.
  const texts = [
    "k1v0e",
    "k61e0",
    "k1v0d",
    "k61e1",
    "k1v0a",
    "k61e4",
    "",
    "é",
    "e\u0301",
    "\u{1f600}",
    "\ud83d",
  ];
  const asked = [...texts, ...texts, "k61e", "x".repeat(100_000)];
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
  expect(table.probableOwners([])).toEqual([]);
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
