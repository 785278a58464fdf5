import { describe, expect, test } from "vitest";
import { HUB } from "../accounts/accounts.ts";
import { load } from "../load.ts";
import { at, has, sat, stateText } from "../testing.ts";
import { BITCOIN, scene, tradesOf, withMarket } from "./testing.ts";
import { VOLUME_DAYS, volumeOf } from "./volumes.ts";

const DAY = 86_400_000;
const TIERED = withMarket({
  makerFeeBps: 100,
  takerFeeBps: 200,
  feeTiers: [
    { volume: sat(1000), makerFeeBps: 50, takerFeeBps: 100 },
    { volume: sat(5000), makerFeeBps: 0, takerFeeBps: 10 },
  ],
});

const market = () => {
  const it = scene(TIERED);
  const {
    hub,
    people: [a, b, c],
    buy,
    sell,
  } = it;
  /** a sells to another so much bitcoin for so many cents; the fees of both. */
  const trade = (quantity: number, quote: number, taker = b) => {
    hub.done(sell(a, quantity, quote));
    const trades = tradesOf(hub.done(buy(taker, quantity, quote)).effects);
    return trades.map(({ maker, taker: took }) => [maker.feeBps, maker.fee, took.feeBps, took.fee]);
  };
  const volume = (of = a) => volumeOf(hub.state.markets.books[0]!.volumes, of.index, at(hub.t));
  return { ...it, a, b, c, trade, volume };
};

describe("fees by volume", () => {
  test("a trade's fee is that of the volume before it, of each account for itself, and stands in the trade", () => {
    const { hub, a, b, c, trade, volume } = market();
    expect(trade(BITCOIN, 999)).toEqual([[100, 9, 200, BITCOIN * 0.02]]);
    expect(trade(BITCOIN / 100, 1)).toEqual([[100, 0, 200, BITCOIN * 0.0002]]);
    expect([volume(a), volume(b), volume(c)]).toEqual([1000, 1000, 0]);
    expect(trade(BITCOIN, 4000)).toEqual([[50, 20, 100, BITCOIN * 0.01]]);
    expect(trade(BITCOIN, 1000, c)).toEqual([[0, 0, 200, BITCOIN * 0.02]]);
    expect(trade(BITCOIN, 1000)).toEqual([[0, 0, 10, BITCOIN * 0.001]]);
    expect(has(hub, { index: HUB }, "USD")[0]).toBe(29);
    expect(has(hub, { index: HUB }, "BTC")[0]).toBe(BITCOIN * (0.02 + 0.0002 + 0.01 + 0.02 + 0.001));
  });

  test("an order that trades more than once reaches the next tier on its way", () => {
    const { hub, people, buy, sell } = scene(TIERED);
    const [a, b] = people;
    for (let i = 0; i < 3; i++) hub.done(sell(a, BITCOIN, 600));
    const trades = tradesOf(hub.done(buy(b, 3 * BITCOIN, 1800)).effects);
    expect(trades.map(({ maker, taker }) => [maker.feeBps, taker.feeBps])).toEqual([
      [100, 200],
      [100, 200],
      [50, 100],
    ]);
  });

  test("what was traded counts for thirty UTC days, its own included, and is forgotten with the account's last", async () => {
    const { hub, a, b, c, trade, volume } = market();
    hub.t = Math.ceil(hub.t / DAY) * DAY; // The first millisecond of a day.
    trade(BITCOIN, 600);
    hub.t += DAY - 1;
    trade(BITCOIN, 300); // The last of the same day.
    hub.t += 10 * DAY;
    trade(BITCOIN, 5000, c);
    expect([volume(a), volume(b), volume(c)]).toEqual([5900, 900, 5000]);
    hub.t += (VOLUME_DAYS - 11) * DAY;
    expect([volume(a), volume(b), volume(c)]).toEqual([5900, 900, 5000]);
    hub.t += 1; // Thirty days after the first.
    expect([volume(a), volume(b), volume(c)]).toEqual([5000, 0, 5000]);
    hub.state = await load(stateText(hub.state).split("\n"));
    expect(trade(BITCOIN, 100, c)).toEqual([[0, 0, 10, BITCOIN * 0.001]]);
    expect([...hub.state.markets.books[0]!.volumes.keys()]).toEqual([a.index, c.index]);
    hub.t += (VOLUME_DAYS - 1) * DAY;
    expect([volume(a), volume(c)]).toEqual([100, 100]);
    hub.t += DAY;
    expect([volume(a), volume(c)]).toEqual([0, 0]);
    expect(trade(BITCOIN, 1)).toEqual([[100, 0, 200, BITCOIN * 0.02]]);
    expect(hub.state.markets.books[0]!.volumes.get(a.index)!.days).toEqual([]);
  });

  test("markets count apart, and an operator's new tiers go by what was traded before them", () => {
    const { hub, people, buy, sell } = scene();
    const [a, b] = people;
    hub.done(sell(a, BITCOIN, 1000));
    hub.done(buy(b, BITCOIN, 1000));
    expect(volumeOf(hub.state.markets.books[1]!.volumes, a.index, at(hub.t))).toBe(0);
    hub.done({ kind: "configure", config: TIERED });
    hub.done(sell(a, BITCOIN, 1000));
    const [trade] = tradesOf(hub.done(buy(b, BITCOIN, 1000)).effects);
    expect([trade!.maker.feeBps, trade!.taker.feeBps]).toEqual([50, 100]);
  });

  test("a volume past what can be counted exactly stays at the largest number, and keeps its tier", () => {
    const { hub, a, trade, volume } = market();
    trade(BITCOIN, 1);
    const counted = hub.state.markets.books[0]!.volumes.get(a.index)!;
    counted.today = Number.MAX_SAFE_INTEGER - 1;
    expect(trade(BITCOIN, 1000)[0]![0]).toBe(0);
    expect(volume()).toBe(Number.MAX_SAFE_INTEGER);
    hub.t += DAY;
    expect(trade(BITCOIN, 1000)[0]![0]).toBe(0);
    expect(volume()).toBe(Number.MAX_SAFE_INTEGER);
  });
});
