import fc from "fast-check";
import { expect, test } from "vitest";
import { sat } from "../testing.ts";
import { costOf, isMultiple, limitPrice, restOf, wholeOf } from "./price.ts";

const safe = fc.oneof(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.integer({ min: 1, max: 1e6 }));
const scale = fc.constantFrom(1, 100, 1e8, 1e12);

test("products past 2^53 are divided exactly", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e13 }), fc.integer({ min: 0, max: 1e10 }), scale, (a, b, by) => {
      const whole = wholeOf(a, b, 0, by);
      const rest = restOf(a, b, 0, by, whole);
      const product = BigInt(a) * BigInt(b);
      if (product / BigInt(by) > BigInt(Number.MAX_SAFE_INTEGER)) return;
      expect([BigInt(whole), BigInt(rest)]).toEqual([product / BigInt(by), product % BigInt(by)]);
    }),
  );
});

test("quotients next to a whole number are not rounded up to it, up to the largest product", () => {
  for (const by of [3, 7, 100, 1e8, 1e12])
    for (let n = 1; n < 2000; n++) {
      const product = Math.floor((Number.MAX_SAFE_INTEGER - n) / by) * by - 1;
      const whole = wholeOf(product, 1, 0, by);
      expect([whole, restOf(product, 1, 0, by, whole)]).toEqual([Math.floor(product / by - 0.5), by - 1]);
      expect(isMultiple(product, by)).toBe(false);
      expect(isMultiple(product + 1, by)).toBe(true);
    }
  expect(wholeOf(Number.MAX_SAFE_INTEGER, 1, 0, 1)).toBe(Number.MAX_SAFE_INTEGER);
});

test("a limit is the same by plain numbers and by BigInt", () => {
  fc.assert(
    fc.property(
      safe,
      safe,
      scale,
      fc.integer({ min: 1, max: 1e6 }),
      fc.boolean(),
      (give, want, by, tick, buys) => {
        const [quote, base] = buys ? [give, want] : [want, give];
        const [value, step] = [BigInt(quote) * BigInt(by), BigInt(base) * BigInt(tick)];
        const exact = (buys ? value / step : (value + step - 1n) / step) * BigInt(tick);
        const wanted = exact > 0n && exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : undefined;
        expect(limitPrice(buys, sat(give), sat(want), by, tick)).toBe(wanted);
      },
    ),
    { numRuns: 500 },
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
        expect(wholeOf(give, sells, 0, by)).toBeGreaterThanOrEqual(want);
      }
    }),
  );
});

test("a limit below one tick, or past what can be counted, is none", () => {
  expect(limitPrice(true, sat(1), sat(21e14), 1e8, 100)).toBeUndefined();
  expect(limitPrice(false, sat(1), sat(Number.MAX_SAFE_INTEGER), 1e8, 1)).toBeUndefined();
});
