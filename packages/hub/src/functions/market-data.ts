import { BTC, currencyIndex, levels, marketName, type Side } from "@coinholder/engine";
import type { ToldCandle } from "@coinholder/protocol";
import type { Candle, MarketTradeRecord, TradeRecord } from "../history/index.ts";
import { dec, type Hub } from "../hub.ts";
import { feeTiers } from "../overview.ts";
import { type Handlers, refused } from "./call.ts";

type Names = "ticker" | "depth" | "trades" | "candles" | "my-trades";

const DEFAULT_LEVELS = 50;

const find = (hub: Hub, name: string) => {
  const { config, markets } = hub.sequencer.state;
  const index = config.markets.findIndex((market) => marketName(market) === name);
  if (index < 0) return undefined;
  const market = config.markets[index]!;
  const base = currencyIndex(config, market.base) ?? BTC;
  const quote = currencyIndex(config, market.quote)!;
  return {
    index,
    book: markets.books[index]!,
    /** Prices are in quote, quantities in base. */
    price: (units: number): string => dec(hub, quote, units),
    quantity: (units: number | bigint): string => dec(hub, base, units),
  };
};

export const caughtUp = async (hub: Hub): Promise<void> => {
  await hub.sequencer.durable();
  await hub.history.reached(hub.durableSeq());
};

/** A trade as `trades` and the stream tell it. */
export const marketTrade = (
  hub: Pick<Hub, "sequencer">,
  row: Pick<MarketTradeRecord, "trade" | "t" | "market" | "price" | "quantity" | "takerBuys">,
) => {
  const { config } = hub.sequencer.state;
  const { base, quote } = config.markets[row.market]!;
  return {
    trade_id: `x${row.trade}`,
    t: row.t,
    price: dec(hub, currencyIndex(config, quote)!, row.price),
    amount: dec(hub, currencyIndex(config, base)!, row.quantity),
    taker_side: row.takerBuys ? ("buy" as const) : ("sell" as const),
  };
};

/** Writes prices (in quote) and quantities (in base) of a market. */
export interface InDecimals {
  readonly price: (units: number) => string;
  readonly quantity: (units: number | bigint) => string;
}

/** A candle as `candles` and the stream tell it. */
export const toldCandle = (
  { price, quantity }: InDecimals,
  { t, open, high, low, close, volume }: Candle,
): ToldCandle => ({
  t,
  open: price(open),
  high: price(high),
  low: price(low),
  close: price(close),
  volume: quantity(volume),
});

/** One account's side of a trade, as `my-trades` and the stream tell it. */
export const ownTrade = (hub: Pick<Hub, "sequencer">, row: TradeRecord) => {
  const { config } = hub.sequencer.state;
  const market = config.markets[row.market]!;
  const [base, quote] = [currencyIndex(config, market.base)!, currencyIndex(config, market.quote)!];
  const [gave, got] = row.buys ? [quote, base] : [base, quote];
  return {
    trade_id: `x${row.trade}`,
    oid: `o${row.order}`,
    t: row.t,
    market: marketName(market),
    side: row.buys ? ("buy" as const) : ("sell" as const),
    role: row.maker ? ("maker" as const) : ("taker" as const),
    price: dec(hub, quote, row.price),
    gave_amt: dec(hub, gave, row.gave),
    gave_cur: config.currencies[gave]!.code,
    got_amt: dec(hub, got, row.got),
    got_cur: config.currencies[got]!.code,
    fee: dec(hub, got, row.fee),
    fee_bps: row.feeBps,
  };
};

export const marketDataHandlers: Handlers<Names> = {
  ticker: async ({ hub }, { market }) => {
    const found = find(hub, market);
    if (!found) return refused("market_unknown");
    const t = hub.sequencer.now();
    await caughtUp(hub);
    const day = await hub.history.day(found.index, t);
    const { book, price, quantity } = found;
    const [bid, ask] = [book.bids.best, book.asks.best];
    return {
      market,
      t,
      volume: quantity(day.volume),
      fee_tiers: feeTiers(hub.sequencer.state.config, hub.sequencer.state.config.markets[found.index]!),
      ...(book.lastPrice > 0 ? { last: price(book.lastPrice) } : {}),
      ...(bid ? { bid: price(bid.price) } : {}),
      ...(ask ? { ask: price(ask.price) } : {}),
      ...(day.high === undefined ? {} : { high: price(day.high) }),
      ...(day.low === undefined ? {} : { low: price(day.low) }),
    };
  },

  depth: ({ hub }, { market, limit = DEFAULT_LEVELS }) => {
    const found = find(hub, market);
    if (!found) return refused("market_unknown");
    const side = (of: Side): [string, string][] => {
      const told: [string, string][] = [];
      for (const { price, quantity } of levels(of)) {
        if (told.length === limit) break;
        told.push([found.price(price), found.quantity(quantity)]);
      }
      return told;
    };
    const { book } = found;
    return {
      market,
      t: hub.sequencer.now(),
      seq: book.changes,
      bids: side(book.bids),
      asks: side(book.asks),
    };
  },

  trades: async ({ hub }, { market, before, limit = 50 }) => {
    const found = find(hub, market);
    if (!found) return refused("market_unknown");
    const head = found.book.lastTrade;
    await caughtUp(hub);
    const { rows, more } = await hub.history.marketTrades(head, found.index, before, limit);
    return {
      trades: rows.map((row) => marketTrade(hub, row)),
      more_exist: more,
      ...(more ? { next_before: rows.at(-1)!.trade } : {}),
    };
  },

  candles: async ({ hub }, { market, interval, from_t, limit = 200 }) => {
    const found = find(hub, market);
    if (!found) return refused("market_unknown");
    await caughtUp(hub);
    const candles = await hub.history.candles(found.index, interval, from_t, limit);
    const newest = candles.at(-1);
    return {
      candles: candles.map((candle) => toldCandle(found, candle)),
      ...(newest ? { seq: newest.lastTrade } : {}),
    };
  },

  "my-trades": async ({ hub, by }, { before, limit = 50 }) => {
    const { accounts } = hub.sequencer.state;
    const account = accounts.byId.get(by!.account)!;
    const head = account.trader?.lastTrade ?? 0;
    await caughtUp(hub);
    const { rows, more } = await hub.history.trades(head, before, limit);
    return {
      trades: rows.map((row) => ownTrade(hub, row)),
      more_exist: more,
      ...(more ? { next_before: rows.at(-1)!.row } : {}),
    };
  },
};
