import type { Amount, TimeMs } from "@coinholder/protocol";
import type { AccountIndex } from "../ledger/ledger.ts";

/** Smallest quote units per whole base unit; always a multiple of the market's tick. */
export type Price = number & { readonly __is?: "price" };

export interface Order {
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
  // The queue of its price level.
  level: Level | undefined;
  ahead: Order | undefined;
  behind: Order | undefined;
}

export interface Level {
  readonly price: Price;
  /** Base, open. */
  quantity: number;
  first: Order | undefined;
  last: Order | undefined;
}

export const openQuantity = (order: Order): Amount => (order.quantity - order.done) as Amount;
