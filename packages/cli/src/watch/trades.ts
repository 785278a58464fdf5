import type { Answer } from "@coinholder/protocol";
import { table } from "../output.ts";
import { clean, dim, green, red } from "../terminal.ts";
import { clockTime } from "../times.ts";
import type { Watched } from "./watched.ts";

type Trade = Answer<"trades">["trades"][number];
/** Newest first. */
type Trades = readonly Trade[];

const MOST = 500;

const numberOf = ({ trade_id }: Trade): number => Number(/^x([0-9]{1,15})$/.exec(trade_id)?.[1] ?? 0);

const sided = ({ taker_side }: Trade): string =>
  taker_side === "buy" ? green("buy ") : taker_side === "sell" ? red("sell") : "";

const merged = (before: Trades, news: Trades): Trades => {
  const byId = new Map([...before, ...news].map((trade) => [trade.trade_id, trade]));
  return [...byId.values()].sort((a, b) => b.t - a.t || numberOf(b) - numberOf(a)).slice(0, MOST);
};

const line = (trade: Trade): string =>
  `${clockTime(trade.t)}  ${sided(trade)}  ${clean(trade.amount)} at ${clean(trade.price)}  ${dim(clean(trade.trade_id))}`;

export const watchTrades = (market: string): Watched<Trades> => ({
  title: `${market} trades`,
  channel: `trades:${market}`,
  ask: (hub) => hub.call("trades", { market, limit: 50 }),
  draw: (before = [], { data }) => merged(before, (data as { trades: Trades }).trades),
  screen: (trades) =>
    trades.length === 0
      ? [dim("no trades yet")]
      : table(
          ["time", "taker", "amount", "price", "id"],
          trades.map((trade) => [
            clockTime(trade.t),
            sided(trade),
            clean(trade.amount),
            clean(trade.price),
            dim(clean(trade.trade_id)),
          ]),
        ),
  news: (trades, before = []) => {
    const known = new Set(before.map((trade) => trade.trade_id));
    return trades
      .filter((trade) => !known.has(trade.trade_id))
      .reverse()
      .map(line);
  },
});
