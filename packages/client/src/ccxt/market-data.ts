import { type Answer, refusal } from "@coinholder/protocol";
import { HubError } from "../hub-error.ts";
import { refusedError, type WrappedFunctions } from "../wrapped.ts";
import type { Account } from "./account.ts";
import { type CcxtTrade, can, type Told } from "./ccxt-exchange.ts";
import { compare, decimal, text, write } from "./decimal.ts";
import { feesOf, type Market } from "./markets.ts";
import { newest } from "./pages.ts";

type Names = "ticker" | "depth" | "trades" | "candles";

const marketNamed = ({ markets }: Account, name: string): Market => {
  const found = markets.get(name);
  if (found === undefined) throw refusedError(refusal("market_unknown"));
  return found;
};

/** Members that are told, as the protocol writes them. */
const told = <K extends string>(of: Readonly<Record<K, Told>>): { [N in K]?: string } =>
  Object.fromEntries(
    Object.entries<Told>(of).flatMap(([name, value]) => {
      const written = text(value);
      return written === undefined ? [] : [[name, written]];
    }),
  ) as { [N in K]?: string };

const feeTiers = (market: Market): Pick<Answer<"ticker">, "fee_tiers"> => {
  const { maker_fee_bps, taker_fee_bps } = feesOf(market);
  if (maker_fee_bps === undefined || taker_fee_bps === undefined) return {};
  return { fee_tiers: [{ volume: "0.00", maker_fee_bps, taker_fee_bps }] };
};

/** How deep books are asked for: exchanges take only some depths, these more than others. */
const DEPTHS = [50, 100, 500, 1000];

/** Best first. ccxt sorts its levels as text under `number = String`: 99,990 above 100,010. */
const levels = (
  side: readonly (readonly [Told, Told])[],
  best: "highest" | "lowest",
  limit: number,
): [string, string][] => {
  const read = side.flatMap(([price, amount]) => {
    const level = { price: decimal(price), amount: decimal(amount) };
    return level.price === undefined || level.amount === undefined
      ? []
      : [{ price: level.price, amount: level.amount }];
  });
  read.sort((a, b) => (best === "highest" ? compare(b.price, a.price) : compare(a.price, b.price)));
  return read.slice(0, limit).map(({ price, amount }) => [write(price), write(amount)]);
};

const tradeOf = (trade: CcxtTrade): Answer<"trades">["trades"][number][] => {
  const [price, amount] = [text(trade.price), text(trade.amount)];
  if (price === undefined || amount === undefined || trade.timestamp === undefined) return [];
  return [
    {
      // Where an exchange gives its trades no id, what they are names them.
      trade_id: trade.id ?? `${trade.timestamp}-${price}-${amount}`,
      t: Math.round(trade.timestamp),
      price,
      amount,
      ...(trade.side === undefined ? {} : { taker_side: trade.side }),
    },
  ];
};

const INTERVAL_MS = {
  "1m": 60_000,
  "5m": 300_000,
  "15m": 900_000,
  "1h": 3_600_000,
  "4h": 14_400_000,
  "1d": 86_400_000,
};

const functions = (account: Account): Required<Pick<WrappedFunctions, Names>> => ({
  ticker: async ({ market: name }, about) => {
    const market = marketNamed(account, name);
    const { timestamp, last, bid, ask, high, low, baseVolume } = await account.look(about, (exchange) =>
      exchange.fetchTicker(market.symbol),
    );
    return {
      market: name,
      t: Math.round(timestamp ?? Date.now()),
      volume: text(baseVolume) ?? "0",
      ...feeTiers(market),
      ...told({ last, bid, ask, high, low }),
    };
  },

  depth: async ({ market: name, limit = 50 }, about) => {
    const { symbol } = marketNamed(account, name);
    const deep = DEPTHS.find((depth) => depth >= limit)!;
    const book = await account
      .look(about, (exchange) => exchange.fetchOrderBook(symbol, deep))
      .catch((error: unknown) => {
        // Not one of the depths that this exchange has: what it shows unasked.
        if (!(error instanceof HubError) || !["param_invalid", "exchange_refused"].includes(error.code))
          throw error;
        return account.look(about, (exchange) => exchange.fetchOrderBook(symbol));
      });
    return {
      market: name,
      t: Math.round(book.timestamp ?? Date.now()),
      ...(Number.isSafeInteger(book.nonce) ? { seq: book.nonce! } : {}),
      bids: levels(book.bids, "highest", limit),
      asks: levels(book.asks, "lowest", limit),
    };
  },

  /** As far back as the exchange's newest page reaches. */
  trades: async ({ market: name, ...page }, about) => {
    const { symbol } = marketNamed(account, name);
    const found = await account.look(about, (exchange) => exchange.fetchTrades(symbol));
    const { rows, ...more } = newest(found.flatMap(tradeOf), page);
    return { trades: rows, ...more };
  },

  candles: async ({ market: name, interval, from_t, limit = 200 }, about) => {
    const { symbol } = marketNamed(account, name);
    if (account.exchange.timeframes?.[interval] === undefined)
      throw refusedError(
        refusal("unsupported", { param: "interval" }, `The exchange has no candles of ${interval}.`),
      );
    // The newest ones are asked for: from there on exchanges tell as many as `limit`, oldest first.
    const since =
      from_t === undefined ? undefined : Math.max(from_t, Date.now() - limit * INTERVAL_MS[interval]);
    const found = await account.look(about, (exchange) =>
      exchange.fetchOHLCV(symbol, interval, since, limit),
    );
    const candles = found.flatMap(([t, ...values]) => {
      const [open, high, low, close, volume] = values.map(text);
      if (open === undefined || high === undefined || low === undefined || close === undefined) return [];
      return t < (from_t ?? 0) ? [] : [{ t, open, high, low, close, volume: volume ?? "0" }];
    });
    return { candles: candles.sort((a, b) => a.t - b.t).slice(-limit) };
  },
});

export const marketData = (account: Account): Pick<WrappedFunctions, Names> => {
  const { ticker, depth, trades, candles } = functions(account);
  const { exchange } = account;
  return {
    ...(can(exchange, "fetchTicker") ? { ticker } : {}),
    ...(can(exchange, "fetchOrderBook") ? { depth } : {}),
    ...(can(exchange, "fetchTrades") ? { trades } : {}),
    ...(can(exchange, "fetchOHLCV") ? { candles } : {}),
  };
};
