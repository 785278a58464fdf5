import type { Amount } from "@coinholder/protocol";
import type { CurrencyIndex } from "../config.ts";
import { type Refused, refuse } from "../outcome.ts";
import { crosses, sideOf } from "./book.ts";
import { type OrderRow, openQuantity, type Price } from "./order.ts";
import type { Met } from "./own-orders.ts";
import { costOf, isMultiple, limitPrice, wholeOf } from "./price.ts";
import type { Venue } from "./venue.ts";

/**
 * What amounts mean in a market: refused when the quantity is no whole number of lots, or the price of ticks in range.
 * @param price where it was asked for by name: the amount of quote must then be what it comes to, so that a buyer never gives
 * more and a seller never gets less than they said.
 */
export const terms = (
  { market, scale }: Venue,
  { give, want, price: asked }: { give: Amount; want: Amount; price?: Price },
  buys: boolean,
): { quantity: Amount; price: Price } | Refused => {
  const quantity = buys ? want : give;
  if (!isMultiple(quantity, market.lot)) return refuse("order_lot", { lot: market.lot });
  if (asked === undefined) {
    const price = limitPrice(buys, give, want, scale, market.tick);
    return price === undefined ? refuse("order_price", { tick: market.tick }) : { quantity, price };
  }
  if (!isMultiple(asked, market.tick)) return refuse("order_price", { tick: market.tick });
  const quote = buys ? costOf(quantity, asked, 0, scale) : wholeOf(quantity, asked, 0, scale);
  if (quote === (buys ? give : want)) return { quantity, price: asked };
  // What is more than can be counted cannot be told either.
  const comesTo = Number.isSafeInteger(quote) ? { quote_amt: quote } : {};
  return refuse("order_price", comesTo, "The amounts are not what the price comes to.");
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
