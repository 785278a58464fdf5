import { MTGOX_MARKET } from "./market.ts";
import { inUnits, type Json, numeral } from "./numerals.ts";
import type { MtgoxFunction } from "./private-calls.ts";
import { refused } from "./refusals.ts";
import { lastTrades, tidOf, tradesSince } from "./trades-since.ts";

const market = { market: MTGOX_MARKET };
/** As many levels a side as `depth` gives. */
const LEVELS = "1000";

/** Clients read all six; what there is not is nothing. */
const ticker: MtgoxFunction = async ({ ask }) => {
  const told = await ask("ticker", market);
  if ("refused" in told) return told;
  const { high = "0", low = "0", volume, bid = "0", ask: sell = "0", last = "0" } = told.answer;
  const figures = { high, low, vol: volume, buy: bid, sell, last };
  const numerals: Record<string, Json> = {};
  for (const [name, text] of Object.entries(figures)) numerals[name] = numeral(text);
  return { answer: { ticker: numerals } };
};

const getDepth: MtgoxFunction = async ({ ask }) => {
  const told = await ask("depth", { ...market, limit: LEVELS });
  if ("refused" in told) return told;
  const level = ([price, amount]: readonly [string, string]): Json => [numeral(price), numeral(amount)];
  // Since June 2011 both sides rise.
  return { answer: { asks: told.answer.asks.map(level), bids: told.answer.bids.map(level).reverse() } };
};

const getTrades: MtgoxFunction = async ({ ask, form }) => {
  const since = form("since") ?? "";
  if (!/^[0-9]{0,16}$/.test(since)) return refused("param_invalid", { param: "since" }, "since is no tid.");
  const told = since === "" ? await lastTrades(ask) : await tradesSince(ask, Number(since));
  if ("refused" in told) return told;
  return {
    answer: told.trades.map((trade) => ({
      date: Math.floor(trade.t / 1000),
      price: trade.price,
      amount: trade.amount,
      price_int: inUnits(trade.price, 5),
      amount_int: inUnits(trade.amount, 8),
      tid: String(tidOf(trade)),
    })),
  };
};

/** By the script's name: what everybody may read. */
export const publicCalls = {
  ticker: ["ticker", ticker],
  getDepth: ["depth", getDepth],
  getTrades: ["trades", getTrades],
} as const satisfies Record<string, readonly [string, MtgoxFunction]>;
