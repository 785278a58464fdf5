import type { Amount } from "@coinholder/protocol";
import type { CurrencyIndex } from "../config.ts";
import { type Refused, refuse } from "../outcome.ts";
import { crosses, sideOf } from "./book.ts";
import { type OrderRow, openQuantity, type Price } from "./order.ts";
import type { Met } from "./own-orders.ts";
import { isMultiple, limitPrice } from "./price.ts";
import type { Venue } from "./venue.ts";

/** What amounts mean in a market: refused when the quantity is no whole number of lots, or the price of ticks in range. */
export const terms = (
  { market, scale }: Venue,
  buys: boolean,
  give: Amount,
  want: Amount,
): { quantity: Amount; price: Price } | Refused => {
  const quantity = buys ? want : give;
  if (!isMultiple(quantity, market.lot)) return refuse("order_lot", { lot: market.lot });
  const price = limitPrice(buys, give, want, scale, market.tick);
  return price === undefined ? refuse("order_price", { tick: market.tick }) : { quantity, price };
};

export const wouldCross = (venue: Venue, buys: boolean, price: Price): boolean => {
  const level = sideOf(venue.book, !buys).best;
  return level !== undefined && crosses(buys, price, level);
};

/** What is answered about an order. */
export interface Told {
  order: number;
  given: Amount;
  received: Amount;
  fee: Amount;
  state: "filled" | "open" | "cancelled";
  /** Of amended and cancelled ones. */
  currency?: CurrencyIndex;
  want?: CurrencyIndex;
  /** Amended: whether it kept its place. */
  kept?: boolean;
  /** Cancelled: what it held. */
  back?: Amount;
  met?: Met;
}

export const told = (order: OrderRow, stands: boolean): Told => ({
  order: order.number,
  given: order.given,
  received: order.received,
  fee: order.fees,
  state: openQuantity(order) === 0 ? "filled" : stands ? "open" : "cancelled",
});
