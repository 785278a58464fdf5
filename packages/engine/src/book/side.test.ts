import fc from "fast-check";
import { expect, test } from "vitest";
import { emptySide, findLevel, levelAt, levels, MOST_IN_CHUNK, removeLevel, type Side } from "./side.ts";

const checkChunks = (side: Side): void => {
  for (const { length } of side.chunks)
    expect(length > 0 ? length <= MOST_IN_CHUNK : side.chunks.length === 1).toBe(true);
};

test("levels stand in order of price however they come and go, the best one at hand", () => {
  const price = fc.integer({ min: 1, max: 400 });
  fc.assert(
    fc.property(fc.boolean(), fc.array(price, { minLength: 100, maxLength: 1500 }), (buys, prices) => {
      const side = emptySide(buys);
      const known = new Set<number>();
      for (const one of prices) {
        if (known.delete(one)) removeLevel(side, findLevel(side, one)!);
        else {
          known.add(one);
          expect(levelAt(side, one)).toBe(levelAt(side, one));
        }
        expect(side.best?.price).toBe(known.size === 0 ? undefined : (buys ? Math.max : Math.min)(...known));
      }
      const sorted = [...known].sort((a, b) => (buys ? b - a : a - b));
      expect([...levels(side)].map((level) => level.price)).toEqual(sorted);
      checkChunks(side);
    }),
    { numRuns: 20 },
  );
});

test("a hundred thousand levels are chunks of a few", () => {
  const side = emptySide(false);
  // Every price below 100,003 (a prime), in jumps.
  for (let i = 1; i < 100_003; i++) levelAt(side, (i * 7919) % 100_003);
  checkChunks(side);
  let before = 0;
  for (const { price } of levels(side)) expect(price === ++before || price).toBe(true);
  expect(before).toBe(100_002);
  for (let i = 1; i < 100_003; i++) removeLevel(side, findLevel(side, (i * 104_729) % 100_003)!);
  expect([side.chunks, side.byPrice.count]).toEqual([[[]], 0]);
});
