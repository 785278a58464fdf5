import type { TimeMs } from "@coinholder/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Combining, combine } from "./combine.ts";
import type { Price } from "./price.ts";

const NOW = 1_795_348_800_000 as TimeMs;
const RULES: Combining = { staleMs: 15_000, outlierBps: 200, quorum: 2 };
const at = (bid: number, ask: number, age = 0): Price => ({ bid, ask, t: (NOW - age) as TimeMs });
const of = (prices: readonly (Price | undefined)[], rules: Partial<Combining> = {}) =>
  combine(prices, NOW, { ...RULES, ...rules });

describe("several sources make one price", () => {
  test("of an odd number the one in the middle, of bids and of asks", () => {
    const { price, standings } = of([at(100_00, 101_00), at(99_90, 100_80), at(100_10, 100_90)]);
    expect(price).toEqual(at(100_00, 100_90));
    expect(standings).toEqual(["used", "used", "used"]);
  });

  test("of an even number the lower bid and the higher ask", () => {
    expect(of([at(100_00, 100_50), at(100_20, 100_60)]).price).toEqual(at(100_00, 100_60));
    const four = [at(99_00, 100_30), at(100_00, 100_50), at(100_20, 100_60), at(100_30, 100_90)];
    expect(of(four).price).toEqual(at(100_00, 100_60));
  });

  test("one that is far from the median is left out, on either side", () => {
    const near = [at(100_00, 100_50), at(100_20, 100_60)];
    for (const far of [
      at(90_00, 90_10),
      at(110_00, 111_00),
      at(90_00, 100_40),
      at(100_10, 110_00),
      at(1, 2 ** 52),
    ]) {
      const { price, standings } = of([far, ...near]);
      expect(standings).toEqual(["outlier", "used", "used"]);
      expect(price).toEqual(at(100_00, 100_60));
    }
  });

  test("what is further than the limit is out, what is at it is not", () => {
    // The median is 10000; two percent are 200.
    const middle = at(9_999, 10_001);
    expect(of([middle, middle, at(9_800, 10_200)]).standings).toEqual(["used", "used", "used"]);
    expect(of([middle, middle, at(9_799, 10_200)]).standings).toEqual(["used", "used", "outlier"]);
    expect(of([middle, middle, at(9_800, 10_201)]).standings).toEqual(["used", "used", "outlier"]);
  });

  test("two that are far apart are both out: nobody knows which is right", () => {
    const { price, standings } = of([at(100_00, 100_10), at(106_00, 106_10)]);
    expect(standings).toEqual(["outlier", "outlier"]);
    expect(price).toEqual({ problem: "price_missing" });
  });

  test("stale, missing and senseless ones do not count; too few are none", () => {
    const good = at(100_00, 100_50);
    expect(of([good, good, at(1, 2, 15_001)]).standings).toEqual(["used", "used", "stale"]);
    expect(of([good, at(100_00, 100_50, -15_001), undefined]).price).toEqual({ problem: "price_stale" });
    expect(of([good, undefined, undefined]).price).toEqual({ problem: "price_missing" });
    expect(of([good, at(100_50, 100_50), undefined]).price).toEqual({ problem: "price_missing" });
    for (const bad of [Number.NaN, 0, -5, 1.5, 2 ** 53, Number.POSITIVE_INFINITY])
      expect(of([good, good, at(bad, 100_50), at(1, bad)]).standings).toEqual([
        "used",
        "used",
        "crossed",
        "crossed",
      ]);
    expect(of([good, good, { ...good, t: Number.NaN as TimeMs }]).standings[2]).toBe("stale");
    expect(of([good], { quorum: 1 }).price).toEqual(good);
  });

  test("is as old as the oldest of those that made it", () => {
    const { price } = of([at(100_00, 100_50, 3000), at(100_00, 100_50, 9000), at(1, 2, 12_000)]);
    expect(price).toMatchObject({ t: NOW - 9000 });
  });
});

/** The same, slow and obvious: fractions of whole numbers, and the two ends taken off until the middle is left. */
const twin = (prices: readonly (Price | undefined)[], { staleMs, outlierBps, quorum }: Combining) => {
  const middleOf = (values: readonly bigint[]): bigint[] => {
    const left = [...values];
    while (left.length > 2) {
      for (const end of ["least", "most"] as const) {
        const worst = left.reduce((a, b) => ((end === "least" ? a < b : a > b) ? a : b));
        left.splice(left.indexOf(worst), 1);
      }
    }
    return left;
  };
  const counts = prices.filter(
    (one): one is Price =>
      one !== undefined && one.t >= NOW - staleMs && one.t <= NOW + staleMs && one.bid < one.ask,
  );
  if (counts.length < quorum) return undefined;
  const two = middleOf(counts.map(({ bid, ask }) => BigInt(bid) + BigInt(ask)));
  // The median is sum / parts.
  const sum = two.reduce((a, b) => a + b);
  const parts = 2n * BigInt(two.length);
  const near = counts.filter(({ bid, ask }) =>
    [BigInt(bid), BigInt(ask)].every((side) => {
      const limit = BigInt(outlierBps) * sum;
      const apart = 10_000n * (side * parts - sum);
      return apart <= limit && -apart <= limit;
    }),
  );
  if (near.length < quorum) return undefined;
  const least = (values: bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));
  const most = (values: bigint[]): bigint => values.reduce((a, b) => (a > b ? a : b));
  return {
    bid: Number(least(middleOf(near.map(({ bid }) => BigInt(bid))))),
    ask: Number(most(middleOf(near.map(({ ask }) => BigInt(ask))))),
    t: Number(least(near.map(({ t }) => BigInt(t)))),
  };
};

const AGES = fc.integer({ min: -20_000, max: 20_000 });
const side = fc.oneof(
  fc.integer({ min: 9_700, max: 10_300 }),
  fc.integer({ min: 1, max: 30_000 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);
const anyPrice = fc.tuple(side, side, AGES).map(([bid, ask, age]) => at(bid, ask, age));
const rulesFor = (sources: number) =>
  fc.record({
    staleMs: fc.constant(15_000),
    outlierBps: fc.integer({ min: 1, max: 9_999 }),
    quorum: fc.integer({ min: 1, max: sources }),
  });

test("agrees with its slow twin", () => {
  fc.assert(
    fc.property(
      fc
        .array(fc.option(anyPrice, { nil: undefined }), { minLength: 1, maxLength: 9 })
        .chain((prices) => fc.tuple(fc.constant(prices), rulesFor(prices.length))),
      ([prices, rules]) => {
        const { price, standings } = combine(prices, NOW, rules);
        const expected = twin(prices, rules);
        if (expected === undefined) expect(price).toHaveProperty("problem");
        else expect(price).toEqual(expected);
        expect(standings).toHaveLength(prices.length);
        if ("bid" in price) expect(price.bid).toBeLessThan(price.ask);
      },
    ),
    { numRuns: 2000 },
  );
});

const least = (values: readonly number[]): number => Math.min(...values);
const most = (values: readonly number[]): number => Math.max(...values);

/** Honest sources within one percent of one another, spreads included. */
const honestPrice = fc
  .tuple(fc.integer({ min: 10_000, max: 10_049 }), fc.integer({ min: 1, max: 50 }))
  .map(([bid, spread]) => at(bid, bid + spread));

const withLiars = fc
  .integer({ min: 3, max: 9 })
  .chain((sources) => {
    const liars = Math.floor((sources - 1) / 2);
    return fc.record({
      honest: fc.array(honestPrice, { minLength: sources - liars, maxLength: sources - liars }),
      lying: fc.array(fc.option(anyPrice, { nil: undefined }), { minLength: liars, maxLength: liars }),
      places: fc.array(fc.nat(), { minLength: liars, maxLength: liars }),
    });
  })
  .map(({ honest, lying, places }) => {
    const all: (Price | undefined)[] = [...honest];
    for (const [i, one] of lying.entries()) all.splice(places[i]! % (all.length + 1), 0, one);
    return { honest, all };
  });

test("whatever fewer than half of the sources say, the price stays within what the honest ones say", () => {
  fc.assert(
    fc.property(withLiars, ({ honest, all }) => {
      const quorum = Math.floor(all.length / 2) + 1;
      const { price } = combine(all, NOW, { staleMs: 15_000, outlierBps: 200, quorum });
      if (!("bid" in price)) throw new Error(`no price: ${price.problem}`);
      const bids = honest.map(({ bid }) => bid);
      const asks = honest.map(({ ask }) => ask);
      expect(price.bid).toBeGreaterThanOrEqual(least(bids));
      expect(price.bid).toBeLessThanOrEqual(most(bids));
      expect(price.ask).toBeGreaterThanOrEqual(least(asks));
      expect(price.ask).toBeLessThanOrEqual(most(asks));
    }),
    { numRuns: 2000 },
  );
});

test("one liar among three never makes it better for the buyer than an honest source, however far those are apart", () => {
  const sound = fc
    .tuple(fc.integer({ min: 5_000, max: 20_000 }), fc.integer({ min: 1, max: 300 }))
    .map(([bid, spread]) => at(bid, bid + spread));
  fc.assert(
    fc.property(sound, sound, anyPrice, rulesFor(3), (a, b, liar, { outlierBps }) => {
      const { price } = combine([a, liar, b], NOW, { staleMs: 15_000, outlierBps, quorum: 2 });
      if (!("bid" in price)) return;
      expect(price.bid).toBeLessThanOrEqual(most([a.bid, b.bid]));
      expect(price.ask).toBeGreaterThanOrEqual(least([a.ask, b.ask]));
    }),
    { numRuns: 2000 },
  );
});
