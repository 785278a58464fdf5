import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  amountsAt,
  amountsNow,
  costAt,
  type Level,
  mostBought,
  mostBoughtNow,
  type OrderAmounts,
  preview,
  type SideOfOrder,
  type Steps,
} from "./order-amounts.ts";

const BTC = 100_000_000n;
const STEPS: Steps = { baseDecimals: 8, tick: 1n, lot: 1n };
const anySteps: fc.Arbitrary<Steps> = fc.record({
  baseDecimals: fc.constantFrom(0, 2, 8),
  tick: fc.constantFrom(1n, 5n, 50n, 100n),
  lot: fc.constantFrom(1n, 1_000n),
});
const sides = fc.constantFrom<SideOfOrder>("buy", "sell");
const amounts = fc.oneof(
  fc.bigInt({ min: 1n, max: 2_000_000n }),
  fc.bigInt({ min: BTC, max: 2_099_999_999_999_999n }),
);
const prices = fc.oneof(fc.bigInt({ min: 1n, max: 20_000_000n }), fc.constantFrom(6_500_000n, 6_500_001n));

/** The amount of quote as docs/reference/place-order.md says it, anew: the smallest that pays for a buy, the largest that a sale brings. */
const isWhatItComesTo = (
  side: SideOfOrder,
  { base, quote, limit }: OrderAmounts,
  { baseDecimals }: Steps,
): boolean => {
  const [exact, scale] = [base * limit, 10n ** BigInt(baseDecimals)];
  return side === "buy"
    ? quote * scale >= exact && (quote - 1n) * scale < exact
    : quote * scale <= exact && (quote + 1n) * scale > exact;
};

describe("the amounts of a limit order", () => {
  test("name the price that was typed, beside the amount of quote that the hub takes with it", () => {
    fc.assert(
      fc.property(sides, amounts, prices, anySteps, (side, amount, ticks, steps) => {
        const base = amount * steps.lot;
        const price = ticks * steps.tick;
        const made = amountsAt(side, base, price, steps);
        if (made) {
          expect(made).toMatchObject({ base, limit: price });
          expect(made.quote).toBeGreaterThan(0n);
          expect(isWhatItComesTo(side, made, steps)).toBe(true);
          return;
        }
        // Only a sale that would not bring the smallest unit has none.
        expect(side).toBe("sell");
        expect(base * price).toBeLessThan(10n ** BigInt(steps.baseDecimals));
      }),
      { numRuns: 3_000, seed: 65_000 },
    );
  });

  test("are those of the reference's example, which cents alone say too coarsely", () => {
    const [base, limit] = [100_000n, 6_500_001n];
    expect(amountsAt("buy", base, limit, STEPS)).toEqual({ base, quote: 6_501n, limit });
    expect(amountsAt("sell", base, limit, STEPS)).toEqual({ base, quote: 6_500n, limit });
  });
});

const levelsOf = (...of: [number, bigint][]): Level[] =>
  of.map(([price, base]) => ({ price: BigInt(price), base }));
const ASKS = levelsOf([10_000, BTC], [10_100, BTC], [15_000, 5n * BTC]);

describe("what is bought or sold now", () => {
  test("is bound by the worst level that it needs and one percent, in the generous direction", () => {
    expect(amountsNow("buy", BTC, ASKS, STEPS)?.limit).toBe(10_100n);
    expect(amountsNow("buy", BTC + 1n, ASKS, STEPS)?.limit).toBe(10_201n);
    expect(amountsNow("buy", 50n * BTC, ASKS, STEPS)?.limit).toBe(15_150n);
    expect(amountsNow("sell", BTC, levelsOf([10_000, BTC]), STEPS)?.limit).toBe(9_900n);
    expect(amountsNow("sell", BTC, levelsOf([1, BTC]), STEPS)?.limit).toBe(1n);
    expect(amountsNow("sell", BTC - 1n, levelsOf([1, BTC]), STEPS)).toBeUndefined();
    expect(amountsNow("buy", BTC, [], STEPS)).toBeUndefined();
  });

  test("reaches every level that it needs, however small the amount", () => {
    fc.assert(
      fc.property(sides, amounts, prices, (side, base, price) => {
        const made = amountsNow(side, base, [{ price, base }], STEPS);
        if (side === "buy") expect(made?.limit).toBeGreaterThanOrEqual(price);
        else if (made) expect(made.limit).toBeLessThanOrEqual(price);
        if (made) expect(isWhatItComesTo(side, made, STEPS)).toBe(true);
      }),
      { numRuns: 1_000, seed: 8 },
    );
  });
});

test("«all» never costs more than there is, and one lot more would", () => {
  fc.assert(
    fc.property(amounts, prices, (quote, price) => {
      const base = mostBought(quote, price, STEPS);
      expect(costAt(base, price, STEPS, true)).toBeLessThanOrEqual(quote);
      expect(costAt(base + 1n, price, STEPS, true)).toBeGreaterThan(quote);
    }),
    { numRuns: 1_000, seed: 5 },
  );
  expect(mostBoughtNow(15_050n, ASKS, STEPS)).toBe(BTC + 50_000_000n);
  expect(mostBoughtNow(1n << 60n, ASKS, STEPS)).toBe(7n * BTC);
});

describe("the preview", () => {
  const fees = { taker: 20, maker: 10 };

  test("tells what trades at once and what rests, with the fee of each out of what is received", () => {
    const order = amountsAt("buy", 3n * BTC, 10_100n, STEPS)!;
    expect(preview("buy", order, ASKS, fees, STEPS)).toEqual({
      now: 2n * BTC,
      later: BTC,
      quoteNow: 20_100n,
      quoteLater: 10_100n,
      feeNow: 400_000n,
      feeLater: 100_000n,
    });
  });

  test("of a sale counts the fee in quote, rounded down", () => {
    const order = amountsAt("sell", BTC / 2n, 10_000n, STEPS)!;
    expect(preview("sell", order, levelsOf([10_001, BTC]), fees, STEPS)).toMatchObject({
      quoteNow: 5_000n,
      feeNow: 10n,
      later: 0n,
      feeLater: 0n,
    });
  });

  test("never says that an order costs more than was given with it", () => {
    fc.assert(
      fc.property(amounts, prices, (base, price) => {
        const order = amountsAt("buy", base, price, STEPS)!;
        const { quoteNow } = preview("buy", order, [{ price, base }], fees, STEPS);
        expect(quoteNow).toBeLessThanOrEqual(order.quote);
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});
