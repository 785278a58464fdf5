import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyTextTable } from "./text-table.ts";

interface Thing {
  readonly text: string;
  readonly n: number;
}

type Step = readonly ["add" | "delete" | "look", number];

/** What the table is held to: the same steps upon a Map. */
const run = (steps: readonly Step[]): void => {
  const table = emptyTextTable<Thing>(({ text }) => text);
  const twin = new Map<string, Thing>();
  for (const [n, [is, which]] of steps.entries()) {
    const text = `t${which}`;
    if (is === "add") {
      const thing = { text, n };
      table.add(thing);
      twin.set(text, thing);
    } else if (is === "delete") expect(table.delete(text)).toBe(twin.delete(text));
    expect(table.get(text)).toBe(twin.get(text));
    expect(table.has(text)).toBe(twin.has(text));
    expect(table.size).toBe(twin.size);
  }
  expect([...table.values()]).toEqual([...twin.values()]);
  const texts = Array.from({ length: 250 }, (_, i) => `t${i % 230}`);
  expect(table.getAll(texts)).toEqual(texts.map((text) => twin.get(text)));
};

test("holds, forgets and orders what a Map does, through growth and gaps", () => {
  const kind = fc.constantFrom<Step[0]>("add", "add", "delete", "look");
  const steps = fc.array(fc.tuple(kind, fc.nat(220)), { size: "max", maxLength: 1500 });
  fc.assert(fc.property(steps, run), { numRuns: 100, seed: 417 });
});

test("many that come and go leave no gaps behind, and those that stay are found in their order", () => {
  const table = emptyTextTable<Thing>(({ text }) => text);
  const kept: string[] = [];
  for (let n = 0; n < 20_000; n++) {
    table.add({ text: `t${n}`, n });
    if (n % 100 === 0) kept.push(`t${n}`);
    else expect(table.delete(`t${n}`)).toBe(true);
  }
  expect([...table.values()].map(({ text }) => text)).toEqual(kept);
  expect(kept.every((text) => table.has(text))).toBe(true);
  expect(table.getAll(["t1", ...kept]).map((thing) => thing?.text)).toEqual([undefined, ...kept]);
});

test("what is added while its things are gone through comes, too", () => {
  const table = emptyTextTable<Thing>(({ text }) => text);
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
  const table = emptyTextTable<Thing>(({ text }) => text);
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
    expect(table.getAll(asked)).toEqual(asked.map((text) => twin.get(text)));
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
  expect(table.getAll([])).toEqual([]);
});
