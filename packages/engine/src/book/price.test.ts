import fc from "fast-check";
import { expect, test } from "vitest";
import { sat } from "../testing.ts";
import { costOf, limitPrice, scaled } from "./price.ts";

const safe = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const scale = fc.constantFrom(1, 100, 1e8, 1e12);

test("products past 2^53 are divided exactly", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e13 }), fc.integer({ min: 0, max: 1e10 }), scale, (a, b, by) => {
      const { whole, rest } = scaled(a, b, 0, by);
      const product = BigInt(a) * BigInt(b);
      if (product / BigInt(by) > BigInt(Number.MAX_SAFE_INTEGER)) return;
      expect([BigInt(whole), BigInt(rest)]).toEqual([product / BigInt(by), product % BigInt(by)]);
    }),
  );
});

test("a buyer's limit never costs more than was given, a seller's never brings less than was wanted", () => {
  fc.assert(
    fc.property(safe, safe, scale, fc.integer({ min: 1, max: 1e6 }), (give, want, by, tick) => {
      const buys = limitPrice(true, sat(give), sat(want), by, tick);
      if (buys !== undefined) {
        expect(buys % tick).toBe(0);
        expect(costOf(want, buys, 0, by)).toBeLessThanOrEqual(give);
        expect((BigInt(buys) + BigInt(tick)) * BigInt(want) > BigInt(give) * BigInt(by)).toBe(true);
      }
      const sells = limitPrice(false, sat(give), sat(want), by, tick);
      if (sells !== undefined) {
        expect(sells % tick).toBe(0);
        expect(scaled(give, sells, 0, by).whole).toBeGreaterThanOrEqual(want);
      }
    }),
  );
});

test("a limit below one tick, or past what can be counted, is none", () => {
  expect(limitPrice(true, sat(1), sat(21e14), 1e8, 100)).toBeUndefined();
  expect(limitPrice(false, sat(1), sat(Number.MAX_SAFE_INTEGER), 1e8, 1)).toBeUndefined();
});
