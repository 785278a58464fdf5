import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  amountsAt,
  amountsNow,
  costAt,
  type Level,
  mostBought,
  mostBoughtNow,
  preview,
  pricesNear,
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

/** The limit as docs/reference/place-order.md says it, anew: the largest whole tick a buyer can mean, the smallest a seller can. */
const isHubsLimit = (
  side: SideOfOrder,
  limit: bigint,
  base: bigint,
  quote: bigint,
  { baseDecimals, tick }: Steps,
): boolean => {
  const value = quote * 10n ** BigInt(baseDecimals);
  return limit % tick === 0n && side === "buy"
    ? limit * base <= value && (limit + tick) * base > value
    : limit * base >= value && (limit - tick) * base < value;
};

describe("the amounts of a limit order", () => {
  test("say just the price that was typed, or there are none: the hub never holds another one", () => {
    fc.assert(
      fc.property(sides, amounts, prices, anySteps, (side, amount, ticks, steps) => {
        const base = amount * steps.lot;
        const price = ticks * steps.tick;
        const made = amountsAt(side, base, price, steps);
        if (made) {
          expect(made.base).toBe(base);
          expect(isHubsLimit(side, price, made.base, made.quote, steps)).toBe(true);
          return;
        }
        // Then no two amounts say it: neither of the two whole amounts of quote next to it does.
        const low = costAt(base, price, steps, false);
        for (const quote of [low - 1n, low, low + 1n, low + 2n])
          if (quote > 0n) expect(isHubsLimit(side, price, base, quote, steps)).toBe(false);
      }),
      { numRuns: 3_000, seed: 65_000 },
    );
  });

  test("are rounded in the owner's favour wherever both ways say the price", () => {
    fc.assert(
      fc.property(sides, amounts, prices, (side, base, price) => {
        const made = amountsAt(side, base, price, STEPS);
        if (!made) return;
        const better = costAt(base, price, STEPS, side === "sell");
        if (better > 0n && isHubsLimit(side, price, base, better, STEPS)) expect(made.quote).toBe(better);
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });

  test("say every price for a whole bitcoin and more", () => {
    fc.assert(
      fc.property(sides, fc.bigInt({ min: BTC, max: 21_000_000n * BTC }), prices, (side, base, price) => {
        expect(amountsAt(side, base, price, STEPS)?.limit).toBe(price);
      }),
      { numRuns: 1_000, seed: 21 },
    );
  });

  test("that cannot say a price have prices beside it that can be said, one on each side of it", () => {
    fc.assert(
      fc.property(sides, amounts, prices, (side, base, price) => {
        const near = pricesNear(side, base, price, STEPS);
        for (const one of near) expect(amountsAt(side, base, one, STEPS)?.limit).toBe(one);
        expect(near.some((one) => one >= price)).toBe(true);
        if (costAt(base, price, STEPS, false) > 0n) expect(near.some((one) => one <= price)).toBe(true);
      }),
      { numRuns: 2_000, seed: 3 },
    );
    expect(amountsAt("buy", 100_000n, 6_500_001n, STEPS)).toBeUndefined();
    expect(pricesNear("buy", 100_000n, 6_500_300n, STEPS)).toEqual([6_500_000n, 6_501_000n]);
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
    expect(amountsNow("buy", BTC, [], STEPS)).toBeUndefined();
  });

  test("reaches every level that it needs, however small the amount", () => {
    fc.assert(
      fc.property(sides, amounts, prices, (side, base, price) => {
        const made = amountsNow(side, base, [{ price, base }], STEPS)!;
        expect(isHubsLimit(side, made.limit, base, made.quote, STEPS)).toBe(true);
        if (side === "buy") expect(made.limit).toBeGreaterThanOrEqual(price);
        else if (made.quote > 1n) expect(made.limit).toBeLessThanOrEqual(price);
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
        const order = amountsAt("buy", base, price, STEPS);
        if (!order) return;
        const { quoteNow } = preview("buy", order, [{ price, base }], fees, STEPS);
        expect(quoteNow - order.quote).toBeLessThanOrEqual(1n);
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});
