import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ask } from "./ask.ts";
import { tidOf, tradesSince } from "./trades-since.ts";

/** `trades` of a market with trades of these numbers, oldest first: back from one that there is, or nothing. */
const askOf =
  (numbers: readonly number[]): Ask =>
  async (_fn, { before, limit } = {}) => {
    const end = before === undefined ? numbers.length : numbers.indexOf(Number(before));
    const page = end < 0 ? [] : numbers.slice(Math.max(0, end - Number(limit)), end).reverse();
    const more = end > page.length;
    const trades = page.map((number) => ({ trade_id: `x${number}`, t: 0, price: "1.00", amount: "1.00" }));
    const answer = { trades, more_exist: more, ...(more ? { next_before: page.at(-1) } : {}) };
    return { answer } as never;
  };

const since = async (numbers: readonly number[], tid: number): Promise<number[] | string> => {
  const told = await tradesSince(askOf(numbers), tid);
  return "refused" in told ? told.refused.code : told.trades.map(tidOf);
};
const upTo = (count: number, step = 1) => Array.from({ length: count }, (_, i) => 1 + i * step);

test("a reader that goes on from the last tid it saw misses no trade and sees none twice, from the first on", async () => {
  for (const numbers of [upTo(3_330), upTo(1_300, 3)]) {
    const seen: number[] = [];
    for (let tid = 0; ; tid = seen.at(-1)!) {
      const page = await since(numbers, tid);
      if (typeof page === "string") throw new Error(page);
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(100);
      seen.push(...page);
    }
    expect(seen).toEqual(numbers);
  }
});

test("in a market among busier ones: the very next trades, or a refusal, never others", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2_200, maxLength: 2_600 }),
      fc.integer({ min: 0, max: 100_000 }),
      async (gaps, tid) => {
        let number = 0;
        const numbers = gaps.map((gap) => {
          number += gap;
          return number;
        });
        const told = await since(numbers, tid);
        if (typeof told === "string") expect(told).toBe("unsupported");
        else {
          const right = numbers.filter((one) => one > tid);
          // Nothing is left out between.
          expect(told).toEqual(right.slice(0, told.length));
          if (right.length > 0) expect(told.length).toBeGreaterThan(0);
        }
      },
    ),
    { seed: 2011, numRuns: 30 },
  );
});
