import { levels, type Side, type State } from "@coinholder/engine";
import type { PriceSource } from "./price.ts";

/** The price down to which (or up to which) one has to go for that much; undefined where there is not so much. */
const priceFor = (side: Side, quantity: number): number | undefined => {
  let found = 0;
  for (const level of levels(side)) {
    found += level.quantity;
    if (found >= quantity) return level.price;
  }
  return undefined;
};

/**
 * The hub's own order book, as deep as the largest option goes: what the desk could trade it for now. A few satoshi at a fancy
 * price make no price.
 * @param quantity smallest base units
 */
export const bookPrice = (state: State, market: number, quantity: number): PriceSource => ({
  latest: (t) => {
    const book = state.markets.books[market];
    const bid = book && priceFor(book.bids, quantity);
    const ask = book && priceFor(book.asks, quantity);
    return bid === undefined || ask === undefined ? undefined : { bid, ask, t };
  },
  close: () => {},
});
