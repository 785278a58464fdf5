import type { Amount, TimeMs } from "@coinholder/protocol";
import type { AccountIndex } from "../ledger/ledger.ts";
import type { Trader } from "./markets.ts";

/** Smallest quote units per whole base unit; always a multiple of the market's tick. */
export type Price = number & { readonly __is?: "price" };

/** What there is to tell of an order, and a dump keeps. */
export interface OrderRow {
  readonly number: number;
  readonly account: AccountIndex;
  readonly market: number;
  readonly buys: boolean;
  readonly clientId: string | undefined;
  readonly postOnly: boolean;
  readonly t: TimeMs;
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
  readonly trader: Trader;
  // The queue of its price level.
  level: Level | undefined;
  ahead: Order | undefined;
  behind: Order | undefined;
  // Its account's open orders, in the order in which they came to rest.
  ownBefore: Order | undefined;
  ownAfter: Order | undefined;
}

export interface Level {
  readonly price: Price;
  /** Base, open. */
  quantity: number;
  first: Order | undefined;
  last: Order | undefined;
  /** Changed by the command under way. */
  touched: boolean;
}

export const openQuantity = (order: OrderRow): Amount => (order.quantity - order.done) as Amount;

/** All orders are made here, with the same members in the same order: engines of JavaScript are quick with those. */
export const newOrder = (
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
