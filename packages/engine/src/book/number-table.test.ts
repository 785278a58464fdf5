import fc from "fast-check";
import { expect, test } from "vitest";
import { add, all, emptyNumberTable, find, remove } from "./number-table.ts";

test("things are found by number as in a Map, however their numbers collide, up to the largest", () => {
  // Far apart and close together: multiples of the table's sizes, and numbers that differ above 32 bits only.
  const number = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }).map((n) => n * 64),
    fc.integer({ min: 1, max: 12 }).map((n) => n * 1024 - 1),
    fc.integer({ min: 0, max: 9 }).map((n) => n * 2 ** 32 + 7),
    fc.integer({ min: 0, max: 9 }).map((n) => Number.MAX_SAFE_INTEGER - n),
  );
  fc.assert(
    fc.property(fc.array(number, { maxLength: 400 }), (numbers) => {
      const table = emptyNumberTable<{ number: number }>();
      const map = new Map<number, { number: number }>();
      for (const one of numbers) {
        if (map.delete(one)) remove(table, one);
        else {
          const thing = { number: one };
          map.set(one, thing);
          add(table, one, thing);
        }
        expect(find(table, one)).toBe(map.get(one));
      }
      for (const [one, thing] of map) expect(find(table, one)).toBe(thing);
      expect(table.count).toBe(map.size);
      expect(new Set(all(table))).toEqual(new Set(map.values()));
      for (const one of map.keys()) remove(table, one);
      expect([...all(table)]).toEqual([]);
    }),
  );
});

test("prices chosen so that all of them meet do not make an operation as long as there are orders", () => {
  // The inverse of the multiplier, modulo 2^32: multiples of it come to lie beside each other.
  let inverse = 1;
  for (let i = 0; i < 5; i++) inverse = Math.imul(inverse, 2 - Math.imul(0x9e3779b1, inverse));
  for (const chosen of [
    (i: number) => 1000 + i * 2 ** 32,
    (i: number) => (Math.imul(i, inverse) >>> 0) + 1,
  ]) {
    const table = emptyNumberTable<number>();
    const many = 20_000;
    for (let i = 0; i < many; i++) add(table, chosen(i), i);
    // The longest way from any slot to a free one bounds them all.
    const { numbers } = table;
    let longest = 0;
    let run = 0;
    for (const number of [...numbers, ...numbers]) {
      run = number === 0 ? 0 : run + 1;
      longest = Math.max(longest, run);
    }
    expect(longest).toBeLessThan(256);
    for (let i = 0; i < many; i++) expect(find(table, chosen(i))).toBe(i);
    for (let i = 0; i < many; i += 2) remove(table, chosen(i));
    for (let i = 0; i < many; i++) expect(find(table, chosen(i))).toBe(i % 2 === 0 ? undefined : i);
    expect(table.count).toBe(many / 2);
  }
});
