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
