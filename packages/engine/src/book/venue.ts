import type { Amount } from "@coinholder/protocol";
import { type CurrencyIndex, currencyIndex, type Market } from "../config.ts";
import type { State } from "../state.ts";
import type { Book } from "./book.ts";
import { type OrderRow, openQuantity } from "./order.ts";
import { costOf } from "./price.ts";

/** A market with everything that trading in it needs. */
export interface Venue {
  readonly index: number;
  readonly market: Market;
  readonly book: Book;
  readonly base: CurrencyIndex;
  readonly quote: CurrencyIndex;
  /** Smallest base units in a whole one. */
  readonly scale: number;
}

export const venueOf = (state: State, index: number): Venue => {
  const made = state.markets.venues[index];
  return made !== undefined && made.market === state.config.markets[index] ? made : newVenue(state, index);
};

const newVenue = (state: State, index: number): Venue => {
  const market = state.config.markets[index]!;
  const base = currencyIndex(state.config, market.base)!;
  const quote = currencyIndex(state.config, market.quote)!;
  const scale = 10 ** state.config.currencies[base]!.decimals;
  const venue = { index, market, book: state.markets.books[index]!, base, quote, scale };
  state.markets.venues[index] = venue;
  return venue;
};

/** The market of two currencies, whichever of them is its base. */
export const findVenue = (state: State, a: string, b: string): Venue | undefined => {
  const { markets } = state.config;
  for (let i = 0; i < markets.length; i++) {
    const { base, quote } = markets[i]!;
    if (base === a ? quote === b : base === b && quote === a) return venueOf(state, i);
  }
  return undefined;
};

export const givenCurrency = (order: Pick<OrderRow, "buys">, venue: Venue): CurrencyIndex =>
  order.buys ? venue.quote : venue.base;
export const wantedCurrency = (order: Pick<OrderRow, "buys">, venue: Venue): CurrencyIndex =>
  order.buys ? venue.base : venue.quote;

/** What an order still needs of what it gives, at its own limit. */
export const needOf = (order: OrderRow, venue: Venue): Amount =>
  order.buys ? costOf(openQuantity(order), order.price, order.fraction, venue.scale) : openQuantity(order);
