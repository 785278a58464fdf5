import type { Answer } from "@coinholder/protocol";
import type { WrappedCall, WrappedFunctions } from "../wrapped.ts";
import type { Account } from "./account.ts";
import type { CcxtTrade } from "./ccxt-exchange.ts";
import { decimal, minus, times, write } from "./decimal.ts";
import { acrossMarkets } from "./find-order.ts";
import { pairOf } from "./markets.ts";
import { collectPage, type Listed, type Place } from "./pages.ts";
import { OFFSET_PARAM, takesUntil } from "./quirks.ts";

type Told = Answer<"my-trades">["trades"][number];

/** In the protocol's words; undefined for what is no trade on a spot market. */
const tradeOf = (trade: CcxtTrade): Told | undefined => {
  const market = pairOf(trade.symbol);
  const [price, amount] = [decimal(trade.price), decimal(trade.amount)];
  const { timestamp, side } = trade;
  if (market === undefined || price === undefined || amount === undefined) return undefined;
  if (timestamp === undefined || side === undefined) return undefined;
  const cost = decimal(trade.cost) ?? times(price, amount);
  const [gave, got] = side === "buy" ? [cost, amount] : [amount, cost];
  const [gave_cur, got_cur] = side === "buy" ? [market.quote, market.base] : [market.base, market.quote];
  const fee = decimal(trade.fee?.cost);
  const feeCurrency = trade.fee?.currency;
  const isOfGot = fee !== undefined && feeCurrency === got_cur;
  return {
    trade_id: trade.id ?? `${trade.order ?? ""}-${timestamp}`,
    oid: trade.order ?? "",
    t: Math.round(timestamp),
    market: market.name,
    side,
    price: write(price),
    gave_amt: write(gave),
    gave_cur,
    got_amt: write(isOfGot ? minus(got, fee) : got),
    got_cur,
    ...(trade.takerOrMaker === undefined ? {} : { role: trade.takerOrMaker }),
    ...(fee === undefined || feeCurrency === undefined ? {} : { fee: write(fee) }),
    ...(fee === undefined || feeCurrency === undefined || isOfGot ? {} : { fee_cur: feeCurrency }),
  };
};

export const myTrades = (account: Account): NonNullable<WrappedFunctions["my-trades"]> => {
  const { exchange } = account;
  const offsetParam = OFFSET_PARAM[exchange.id];
  const read = async (about: WrappedCall, { untilMs, offset }: Place): Promise<Listed<Told>> => {
    const params = {
      ...(untilMs === undefined ? {} : { until: untilMs }),
      ...(offsetParam === undefined || offset === 0 ? {} : { [offsetParam]: offset }),
    };
    const rows = await acrossMarkets(account, "fetchMyTrades", about, (symbol) =>
      exchange.fetchMyTrades(symbol, undefined, undefined, params),
    );
    return { rows: rows.flatMap((row) => tradeOf(row) ?? []), listed: rows.length };
  };
  const byTime = takesUntil(exchange, "fetchMyTrades") ? "until" : "none";
  const turning = offsetParam === undefined ? byTime : "offset";
  return async (page, about) => {
    const { rows, ...more } = await collectPage((place) => read(about, place), page, {
      turning,
      idOf: ({ market, trade_id }) => `${market} ${trade_id}`,
    });
    return { trades: rows, ...more };
  };
};
