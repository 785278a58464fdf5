import type { Answer } from "@coinholder/protocol";
import { HubError } from "../hub-error.ts";
import { BTC_PLACES, compare, decimal, type Exact, exactOf, product, USD_PLACES } from "./exact-json.ts";

// Answers of all times of the API: numbers or strings for the same thing, ids of several forms, books in either order.

type Members = Readonly<Record<string, unknown>>;
type OpenOrder = Answer<"my-open-orders">["orders"][number];
type Trade = Answer<"trades">["trades"][number];

/** What came is not what Mt Gox answers. */
export const malformed = (what: string): HubError =>
  new HubError("answer_malformed", `What came back is not what Mt Gox answers: ${what}.`, { status: 200 });

export const members = (told: unknown, what: string): Members => {
  if (typeof told !== "object" || told === null || Array.isArray(told)) throw malformed(what);
  return told as Members;
};

/** A list; where there is nothing to tell, PHP may leave it out. */
const list = (told: unknown, what: string): readonly unknown[] => {
  if (told === undefined || told === null) return [];
  if (!Array.isArray(told)) throw malformed(what);
  return told;
};

const exact = (told: unknown, places: number, what: string): Exact => {
  const read = exactOf(told, places);
  if (read === undefined) throw malformed(`${what} is no number`);
  return read;
};

/** Seconds since 1970, as ms. */
const time = (told: unknown): number => {
  const seconds = typeof told === "string" && /^[0-9]{1,11}$/.test(told) ? Number(told) : Number.NaN;
  if (!Number.isSafeInteger(seconds)) throw malformed("a date is none");
  return seconds * 1000;
};

export interface ListedOrder {
  readonly oid: string;
  /** `1` sells, `2` buys. */
  readonly type: "1" | "2";
  /** `1` active, `2` not enough funds, `0` invalid or executing. */
  readonly status: string;
  /** What of it is still to be traded. */
  readonly amount: Exact;
  readonly price: Exact;
  readonly currency: string;
  readonly t: number;
}

const listedOrder = (told: unknown): ListedOrder => {
  const { oid, type, status, amount, price, currency = "USD", date } = members(told, "an order");
  if (typeof oid !== "string" || oid === "") throw malformed("an order without its oid");
  if (type !== "1" && type !== "2") throw malformed("an order that neither sells nor buys");
  if (typeof currency !== "string") throw malformed("an order's currency is none");
  return {
    oid,
    type,
    status: String(status),
    amount: exact(amount, BTC_PLACES, "an order's amount"),
    price: exact(price, USD_PLACES, "an order's price"),
    currency,
    t: time(date),
  };
};

/** The account's orders out of any answer that tells them. */
export const listedOrders = (told: unknown): ListedOrder[] =>
  list(members(told, "the orders").orders, "the orders").map(listedOrder);

/**
 * As a hub tells it: of what is left, since Mt Gox tells no more. The sum in USD is rounded where it is finer than Mt Gox's own: up for a
 * buyer, who never gives more than that, down for a seller, who never gets less.
 */
export const openOrder = ({ oid, type, amount, price, currency, t }: ListedOrder): OpenOrder => {
  const buys = type === "2";
  const btc = decimal(amount);
  const sum = decimal(product(amount, price, USD_PLACES, buys ? "up" : "down"));
  return {
    oid,
    market: `BTC/${currency}`,
    side: buys ? "buy" : "sell",
    price: decimal(price),
    trade_amt: buys ? sum : btc,
    trade_cur: buys ? currency : "BTC",
    for_amt: buys ? btc : sum,
    for_cur: buys ? "BTC" : currency,
    t,
  };
};

/** Mt Gox binds nothing for open orders, and does not tell what is on its way in. */
export const balance = (told: unknown): Answer<"my-balance"> => {
  const { btcs, usds } = members(told, "the funds");
  const available: Record<string, string> = {};
  for (const [code, amount] of [
    ["btc", exact(btcs, BTC_PLACES, "btcs")],
    ["usd", exact(usds, USD_PLACES, "usds")],
  ] as const)
    if (amount.digits !== 0n) available[code] = decimal(amount);
  return { available, pending: {}, held: {} };
};

/** What it has no figure for, it tells as nothing. */
export const ticker = (told: unknown, t: number): Answer<"ticker"> => {
  const { high, low, vol, buy, sell, last } = members(members(told, "the ticker").ticker, "the ticker");
  const prices: { high?: string; low?: string; bid?: string; ask?: string; last?: string } = {};
  const figures = { high, low, bid: buy, ask: sell, last };
  for (const [name, figure] of Object.entries(figures)) {
    if (figure === undefined || figure === null) continue;
    const price = exact(figure, USD_PLACES, name);
    if (price.digits > 0n) prices[name as keyof typeof prices] = decimal(price);
  }
  return { market: "BTC/USD", t, volume: decimal(exact(vol, BTC_PLACES, "vol")), ...prices };
};

/** Best first, in whichever order they came. */
export const depth = (told: unknown, t: number, limit: number): Answer<"depth"> => {
  const book = members(told, "the depth");
  const side = (of: unknown, best: 1 | -1): [string, string][] =>
    list(of, "a side of the depth")
      .map((level) => {
        const [price, amount] = list(level, "a level of the depth");
        return [exact(price, USD_PLACES, "a price"), exact(amount, BTC_PLACES, "an amount")] as const;
      })
      .sort(([a], [b]) => best * compare(a, b))
      .slice(0, limit)
      .map(([price, amount]) => [decimal(price), decimal(amount)]);
  return { market: "BTC/USD", t, bids: side(book.bids, -1), asks: side(book.asks, 1) };
};

const trade = (told: unknown): Trade => {
  const { tid, date, price, amount } = members(told, "a trade");
  if (typeof tid !== "string" || !/^[0-9]{1,16}$/.test(tid)) throw malformed("a trade without its tid");
  return {
    trade_id: tid,
    t: time(date),
    price: decimal(exact(price, USD_PLACES, "a price")),
    amount: decimal(exact(amount, BTC_PLACES, "an amount")),
  };
};

/** Newest first. */
export const trades = (told: unknown): Trade[] =>
  list(told, "the trades")
    .map(trade)
    .sort((a, b) => Number(b.trade_id) - Number(a.trade_id));
