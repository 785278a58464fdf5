import type { Amount } from "@coinholder/protocol";
import type { CurrencyIndex } from "../config.ts";
import { type Refused, refuse } from "../outcome.ts";
import { crosses, sideOf } from "./book.ts";
import { type OrderRow, openQuantity, type Price } from "./order.ts";
import type { Met } from "./own-orders.ts";
import { costOf, isMultiple, limitPrice, wholeOf } from "./price.ts";
import type { Venue } from "./venue.ts";

interface Amounts {
  readonly give: Amount;
  readonly want: Amount;
  /**
   * Where it was asked for by name: the amount of quote must then be what it comes to, so that a buyer never gives more and a seller
   * never gets less than they said.
   */
  readonly price?: Price;
}

export const quantityOf = ({ give, want }: Amounts, buys: boolean): Amount => (buys ? want : give);

/** The price that amounts mean in a market; undefined where `badTerms` tells why there is none. */
export const priceOf = ({ market, scale }: Venue, amounts: Amounts, buys: boolean): Price | undefined => {
  const quantity = quantityOf(amounts, buys);
  if (!isMultiple(quantity, market.lot)) return undefined;
  const { give, want, price } = amounts;
  if (price === undefined) return limitPrice(buys, give, want, scale, market.tick);
  const isExact =
    isMultiple(price, market.tick) && comesTo(buys, quantity, price, scale) === (buys ? give : want);
  return isExact ? price : undefined;
};

// Of quote.
const comesTo = (buys: boolean, quantity: Amount, price: Price, scale: number): Amount =>
  buys ? costOf(quantity, price, 0, scale) : wholeOf(quantity, price, 0, scale);

/** Refused when the quantity is no whole number of lots, or the price of ticks in range. */
export const badTerms = ({ market, scale }: Venue, amounts: Amounts, buys: boolean): Refused => {
  const { lot, tick } = market;
  const quantity = quantityOf(amounts, buys);
  if (!isMultiple(quantity, lot)) return refuse("order_lot", { lot });
  const { price } = amounts;
  if (price === undefined || !isMultiple(price, tick)) return refuse("order_price", { tick });
  const quote = comesTo(buys, quantity, price, scale);
  // What is more than can be counted cannot be told either.
  return refuse(
    "order_price",
    Number.isSafeInteger(quote) ? { quote_amt: quote } : {},
    "The amounts are not what the price comes to.",
  );
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
