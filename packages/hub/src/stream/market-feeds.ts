import {
  type Book,
  type BookEffect,
  currencyIndex,
  type Effect,
  levels,
  marketName,
  type TradeEffect,
} from "@coinholder/engine";
import { type CandleInterval, MERGE_MS } from "@coinholder/protocol";
import { marketTrade } from "../functions/market-data.ts";
import type { History } from "../history/index.ts";
import { dec } from "../hub.ts";
import type { Sequencer } from "../sequencer.ts";
import { makeCandleFeeds } from "./candle-feeds.ts";
import { type Feed, makeFeed } from "./feed.ts";
import type { Pump } from "./pump.ts";
import { makeTickerFeed } from "./ticker-feed.ts";

/** The channels of one market. */
export interface MarketFeeds {
  readonly book: Feed;
  readonly trades: Feed;
  readonly ticker: Feed;
  readonly candles: Readonly<Record<CandleInterval, Feed>>;
  readonly tell: (effect: BookEffect | TradeEffect) => void;
  readonly stop: () => void;
}

/** Trades that a newcomer is told at once. */
const RECENT_TRADES = 50;
/** While readers are still being sent the last update, the next one gathers on. */
const AGAIN_MS = 20;

export interface MarketContext {
  readonly sequencer: Sequencer;
  readonly history: History;
  readonly pump: Pump;
}

type Trade = ReturnType<typeof marketTrade>;

/** What was traded last, oldest first. A history that cannot be read is no reason not to begin. */
const recentTrades = async (
  { history, sequencer }: MarketContext,
  index: number,
  head: number,
): Promise<Trade[]> => {
  if (head === 0) return [];
  const { rows } = await history
    .marketTrades(head, index, undefined, RECENT_TRADES)
    .catch(() => ({ rows: [] }));
  return rows.map((row) => marketTrade({ sequencer }, row)).reverse();
};

/** A side as it is on disk: quantity by price. */
type Side = Map<number, number>;

/**
 * The feeds of a market. They are drawn from what is told once it is durable, never from the state, which is ahead of the
 * disk.
 * @param known its book, all of it durable; none where it is new and all of it will be told
 */
export const makeMarketFeeds = async (
  context: MarketContext,
  index: number,
  known: Book | undefined,
): Promise<MarketFeeds> => {
  const { sequencer, pump } = context;
  const { config } = sequencer.state;
  const market = config.markets[index]!;
  const name = marketName(market);
  const price = (units: number): string => dec({ sequencer }, currencyIndex(config, market.quote)!, units);
  const quantity = (units: number | bigint): string =>
    dec({ sequencer }, currencyIndex(config, market.base)!, units);

  const drawn = { bids: new Map() as Side, asks: new Map() as Side, lastPrice: known?.lastPrice ?? 0 };
  let number = known?.changes ?? 0;
  const lastTrade = known?.lastTrade ?? 0;
  let t: number = sequencer.state.t;
  if (known)
    for (const side of ["bids", "asks"] as const)
      for (const level of levels(known[side])) drawn[side].set(level.price, level.quantity);

  const gathered = { bids: new Map() as Side, asks: new Map() as Side };
  let toldAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const written = (side: Iterable<[number, number]>): [string, string][] =>
    [...side].map(([at, open]) => [price(at), quantity(open)]);

  const book = makeFeed(pump, {
    channel: `book:${name}`,
    seq: number,
    snapshot: () => ({
      t,
      data: {
        bids: written([...drawn.bids].sort(([a], [b]) => b - a)),
        asks: written([...drawn.asks].sort(([a], [b]) => a - b)),
      },
    }),
  });

  const tellBook = (): void => {
    timer = undefined;
    if (book.busy()) {
      timer = setTimeout(tellBook, AGAIN_MS);
      return;
    }
    for (const side of ["bids", "asks"] as const)
      for (const [at, open] of gathered[side])
        if (open === 0) drawn[side].delete(at);
        else drawn[side].set(at, open);
    const data = { bids: written(gathered.bids), asks: written(gathered.asks) };
    gathered.bids.clear();
    gathered.asks.clear();
    toldAt = performance.now();
    book.publish(number, t, data);
    ticker.changed();
  };

  const recent = await recentTrades(context, index, lastTrade);
  const trades = makeFeed(pump, {
    channel: `trades:${name}`,
    seq: lastTrade,
    snapshot: () => ({ t, data: { trades: recent } }),
  });

  const candles = await makeCandleFeeds(context, name, index, lastTrade, { price, quantity });

  const ticker = makeTickerFeed(context, name, index, () => ({
    number: book.seq(),
    t,
    ...(drawn.lastPrice > 0 ? { last: price(drawn.lastPrice) } : {}),
    ...(drawn.bids.size > 0 ? { bid: price(largest(drawn.bids.keys())) } : {}),
    ...(drawn.asks.size > 0 ? { ask: price(-largest(negated(drawn.asks.keys()))) } : {}),
    price,
    quantity,
  }));

  return {
    book,
    trades,
    ticker: ticker.feed,
    candles: candles.feeds,
    tell: (effect) => {
      t = effect.t;
      if (effect.is === "trade") {
        candles.tell(effect);
        drawn.lastPrice = effect.price;
        const told = marketTrade({ sequencer }, effect);
        recent.push(told);
        if (recent.length > RECENT_TRADES) recent.shift();
        trades.publish(effect.trade, effect.t, { trades: [told] });
        return;
      }
      number = effect.number;
      for (const side of ["bids", "asks"] as const)
        for (const [at, open] of effect[side]) gathered[side].set(at, open);
      // The first change after a while is told at once.
      const wait = MERGE_MS - (performance.now() - toldAt);
      if (timer === undefined)
        if (wait <= 0) tellBook();
        else timer = setTimeout(tellBook, wait);
    },
    stop: () => {
      clearTimeout(timer);
      ticker.stop();
      candles.stop();
    },
  };
};

export const isOfMarket = (effect: Effect): effect is BookEffect | TradeEffect =>
  effect.is === "book" || effect.is === "trade";

// Not spread into Math.max: a book has more levels than a call takes arguments.
const largest = (of: Iterable<number>): number => {
  let found = Number.NEGATIVE_INFINITY;
  for (const one of of) if (one > found) found = one;
  return found;
};
function* negated(of: Iterable<number>): Generator<number> {
  for (const one of of) yield -one;
}
