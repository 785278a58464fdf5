import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAmount, parseAmount } from "./amounts.ts";

const BTC_MAX = 21_000_000 * 1e8;

describe("amounts", () => {
  test.each([
    ["17.50", 1_750_000_000],
    ["0.00000001", 1],
    ["21000000", BTC_MAX],
    ["007.5", 750_000_000],
    ["1", 100_000_000],
  ])("%s BTC is read exactly", (text, units) => {
    expect(parseAmount(text, 8, BTC_MAX)).toEqual({ amount: units });
  });

  test.each([
    ["-1", "malformed"],
    ["0", "not_positive"],
    ["0.00", "not_positive"],
    ["1e3", "malformed"],
    ["NaN", "malformed"],
    ["Infinity", "malformed"],
    ["0x1", "malformed"],
    ["1,5", "malformed"],
    [".5", "malformed"],
    ["1.", "malformed"],
    ["", "malformed"],
    [" 1", "malformed"],
    ["1\n", "malformed"],
    ["+1", "malformed"],
    ["1.2.3", "malformed"],
    ["١", "malformed"],
    ["0.000000001", "too_precise"],
    ["1.000000000", "too_precise"],
    ["21000001", "too_large"],
    ["21000000.00000001", "too_large"],
    ["99999999999999999999", "too_large"],
    ["1".repeat(65), "malformed"],
  ])("%j is refused, not rounded", (text, problem) => {
    expect(parseAmount(text, 8, BTC_MAX)).toEqual({ problem });
  });

  test("a currency without places takes none and shows none", () => {
    expect(parseAmount("5", 0)).toEqual({ amount: 5 });
    expect(parseAmount("5.0", 0)).toEqual({ problem: "too_precise" });
    expect(formatAmount(5, 0)).toBe("5");
  });

  test("what is written is read back, for every amount and number of places", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 0, max: 12 }),
        (n, d) => {
          expect(parseAmount(formatAmount(n, d), d)).toEqual({ amount: n });
        },
      ),
    );
  });

  test("shown with two places at least, and no more than needed", () => {
    expect(formatAmount(1_750_000_000, 8)).toBe("17.50");
    expect(formatAmount(12_345, 8)).toBe("0.00012345");
    expect(formatAmount(0, 8)).toBe("0.00");
    expect(formatAmount(-300, 2)).toBe("-3.00");
    expect(() => formatAmount(0.5, 2)).toThrow(RangeError);
  });
});
