import type { Amount, TimeMs } from "@coinholder/protocol";
import type { AccountIndex } from "../ledger/ledger.ts";
import type { Trader } from "./markets.ts";
import { all, emptyNumberTable, find, type NumberTable } from "./number-table.ts";

/** Smallest quote units per whole base unit; always a multiple of the market's tick. */
export type Price = number & { readonly __is?: "price" };

/** What there is to tell of an order, and a dump keeps. */
export interface OrderRow {
  number: number;
  account: AccountIndex;
  market: number;
  buys: boolean;
  clientId: string | undefined;
  postOnly: boolean;
  t: TimeMs;
  /** As its owner gave them. */
  give: Amount;
  want: Amount;
  price: Price;
  /** Base, whole. */
  quantity: Amount;
  /** Base, traded so far. */
  done: Amount;
  /** Of `give`, given so far. */
  given: Amount;
  /** Of `want`, received so far, before fees. */
  received: Amount;
  fees: Amount;
  /**
   * What the order's trades came to beyond whole quote units: numerator over 10^(base decimals). A buyer has paid it rounded
   * up, a seller received it rounded down, over the order's whole life, so that a finished order is never worse than its limit.
   */
  fraction: number;
  /** Bound in the ledger for what is still open. */
  held: Amount;
}

export interface Order extends OrderRow {
  trader: Trader;
  // The queue of its price level; undefined while it does not rest.
  level: Level | undefined;
  ahead: Order | undefined;
  behind: Order | undefined;
  // Its account's open orders, in the order in which they came to rest.
  ownBefore: Order | undefined;
  ownAfter: Order | undefined;
}

export interface Level {
  price: Price;
  /** Base, open. */
  quantity: number;
  first: Order | undefined;
  last: Order | undefined;
  /** Changed by the command under way. */
  touched: boolean;
  /** Of the side's touched or free ones. */
  next: Level | undefined;
}

export const openQuantity = (order: OrderRow): Amount => (order.quantity - order.done) as Amount;

/**
 * Open orders, and those that have gone: these are used again for the next ones, so that the garbage collector has nothing to do with
 * orders that come and go. Whoever wants to know an order later keeps its row.
 */
export interface Orders {
  readonly byNumber: NumberTable<Order>;
  /** Linked by `behind`. */
  free: Order | undefined;
  /** Rows that readers keep (`watchOrder`), by the order's number. */
  readonly watched: Map<number, OrderRow>;
}

export const emptyOrders = (): Orders => ({
  byNumber: emptyNumberTable(),
  free: undefined,
  watched: new Map(),
});

/** Nothing of it is done yet, its terms are to be set, and it does not rest. To be given back by `freeOrder`. */
export const newOrder = (
  orders: Orders,
  number: number,
  trader: Trader,
  market: number,
  buys: boolean,
  clientId: string | undefined,
  postOnly: boolean,
  t: TimeMs,
): Order => {
  const order = orders.free;
  if (order === undefined) return firstOrder(number, trader, market, buys, clientId, postOnly, t);
  orders.free = order.behind;
  order.behind = undefined;
  order.number = number;
  order.account = trader.account.index;
  order.market = market;
  order.buys = buys;
  order.clientId = clientId;
  order.postOnly = postOnly;
  order.t = t;
  order.done = order.given = order.received = order.fees = order.held = 0 as Amount;
  order.fraction = 0;
  order.trader = trader;
  return order;
};

// All of them are made here, with the same members in the same order: engines of JavaScript are quick with those.
const firstOrder = (
  number: number,
  trader: Trader,
  market: number,
  buys: boolean,
  clientId: string | undefined,
  postOnly: boolean,
  t: TimeMs,
): Order => ({
  number,
  account: trader.account.index,
  market,
  buys,
  clientId,
  postOnly,
  t,
  give: 0 as Amount,
  want: 0 as Amount,
  price: 0,
  quantity: 0 as Amount,
  done: 0 as Amount,
  given: 0 as Amount,
  received: 0 as Amount,
  fees: 0 as Amount,
  fraction: 0,
  held: 0 as Amount,
  trader,
  level: undefined,
  ahead: undefined,
  behind: undefined,
  ownBefore: undefined,
  ownAfter: undefined,
});

/** It is another order from now on. */
export const freeOrder = (orders: Orders, order: Order): void => {
  if (orders.watched.size > 0) tellLast(orders, order);
  order.behind = orders.free;
  orders.free = order;
};

const tellLast = ({ watched }: Orders, order: Order): void => {
  const row = watched.get(order.number);
  if (!row) return;
  Object.assign(row, rowOf(order));
  watched.delete(order.number);
};

/** The order as it is now, for those who keep it. */
export const rowOf = ({ trader, level, ahead, behind, ownBefore, ownAfter, ...row }: Order): OrderRow => row;

/** An open order's row as it is now, which becomes what the order was at its end as soon as that has come. */
export const watchOrder = (orders: Orders, order: Order): OrderRow => {
  const row = Object.assign(orders.watched.get(order.number) ?? {}, rowOf(order));
  orders.watched.set(order.number, row);
  return row;
};

export const findOrder = ({ byNumber }: Orders, number: number): Order | undefined => find(byNumber, number);

/** All open ones, in no order. */
export const allOrders = ({ byNumber }: Orders): Generator<Order> => all(byNumber);
