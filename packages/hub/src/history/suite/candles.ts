import type { TradeEffect } from "@coinholder/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Candle, Day } from "../records.ts";
import { INTERVALS, type Interval } from "../records.ts";
import { followSteps, type MakePlace } from "../testing/place.ts";
import { START, tradeStep, waitStep } from "../testing/steps.ts";
import { makeTeller, type Step } from "../testing/teller.ts";

function tradesOf(steps: readonly Step[], market: number): TradeEffect[] {
  const teller = makeTeller(START);
  return steps
    .flatMap((step) => teller.tell(step))
    .filter((e): e is TradeEffect => e.is === "trade" && e.market === market);
}

const volumeOf = (trades: readonly TradeEffect[]): bigint =>
  trades.reduce((sum, { quantity }) => sum + BigInt(quantity), 0n);

function naiveCandles(trades: readonly TradeEffect[], interval: Interval): Candle[] {
  const length = INTERVALS[interval];
  const starts = new Set(trades.map(({ t }) => Math.floor(t / length) * length));
  return [...starts].map((start) => {
    const within = trades.filter(({ t }) => t >= start && t < start + length);
    const prices = within.map(({ price }) => price);
    return {
      t: start as Candle["t"],
      open: prices[0]!,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: prices.at(-1)!,
      volume: volumeOf(within),
      lastTrade: within.at(-1)!.trade,
    };
  });
}

function naiveDay(trades: readonly TradeEffect[], now: number): Day {
  const minute = (t: number): number => Math.floor(t / 60_000);
  const within = trades.filter(({ t }) => minute(t) <= minute(now) && minute(t) > minute(now) - 1440);
  const prices = within.map(({ price }) => price);
  if (prices.length === 0) return { volume: 0n };
  return { volume: volumeOf(within), high: Math.max(...prices), low: Math.min(...prices) };
}

export function candleCases(makePlace: MakePlace, numRuns = 25): void {
  test("candles and 24 hours equal what the trades add up to, at the edges of intervals", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(tradeStep, waitStep), { minLength: 1, maxLength: 150 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 5 }),
        async (steps, limit, shifts) => {
          const history = await (await makePlace()).open();
          const teller = await followSteps(history, steps);
          for (const market of [0, 1]) {
            const trades = tradesOf(steps, market);
            for (const interval of Object.keys(INTERVALS) as Interval[]) {
              const all = naiveCandles(trades, interval);
              expect(await history.candles(market, interval, undefined, 1000)).toStrictEqual(all);
              expect(await history.candles(market, interval, undefined, limit)).toStrictEqual(
                all.slice(-limit),
              );
              const from = (all.at(-Math.ceil(all.length / 2))?.t ?? START) + (limit % 2);
              expect(await history.candles(market, interval, from, 1000)).toStrictEqual(
                all.filter(({ t }) => t >= from),
              );
            }
            for (const shift of [0, ...shifts]) {
              for (const edge of [0, INTERVALS["1d"]]) {
                const now = teller.now() + edge + shift * 30_000;
                expect(await history.day(market, now)).toStrictEqual(naiveDay(trades, now));
              }
            }
          }
          await history.close();
        },
      ),
      { numRuns },
    );
  });

  test("a volume beyond safe integers is exact", async () => {
    const history = await (await makePlace()).open();
    const quantity = Number.MAX_SAFE_INTEGER;
    const trade: Step = { is: "trade", market: 0, maker: 5, taker: 6, price: 1, quantity, takerBuys: true };
    const teller = await followSteps(history, [trade, trade, trade]);
    const volume = 3n * BigInt(quantity);
    expect((await history.candles(0, "1d", undefined, 1))[0]!.volume).toBe(volume);
    expect((await history.day(0, teller.now())).volume).toBe(volume);
  });

  test("a volume that its column cannot hold stays at the most that it can, and history goes on", async () => {
    const history = await (await makePlace()).open();
    const quantity = Number.MAX_SAFE_INTEGER;
    const trade: Step = { is: "trade", market: 0, maker: 5, taker: 6, price: 1, quantity, takerBuys: true };
    const most = 2n ** 63n - 1n;
    const minute = Array<Step>(1030).fill(trade);
    const teller = await followSteps(history, [...minute, { is: "wait", ms: 60_000 }, ...minute]);
    const volumes = (await history.candles(0, "1m", undefined, 2)).map(({ volume }) => volume);
    expect(volumes).toEqual([most, most]);
    expect((await history.candles(0, "1d", undefined, 1))[0]!.volume).toBe(most);
    expect((await history.day(0, teller.now())).volume).toBe(2n * most);
    expect((await history.trades(2, undefined, 5)).rows.length).toBeGreaterThan(0);
  });

  test("an interval that does not exist is the caller's mistake and leaves history well", async () => {
    const history = await (await makePlace()).open();
    await expect(history.candles(0, "2m" as Interval, undefined, 1)).rejects.toThrow(RangeError);
    expect(await history.day(0, START)).toEqual({ volume: 0n });
  });
}
