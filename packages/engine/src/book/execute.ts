import type { Amount, TimeMs } from "@coinholder/protocol";
import { HUB, ROUNDING } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import { type CurrencyIndex, currencyIndex, type Market } from "../config.ts";
import type { Effect, TradeSide } from "../effects.ts";
import { hold, pay, payHeld, release } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { type Book, best, crosses, rest, sideOf, unlink } from "./book.ts";
import { dropOrder, keepOrder } from "./markets.ts";
import { type Order, openQuantity, type Price } from "./order.ts";
import { costOf, scaled } from "./price.ts";

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
  const market = state.config.markets[index]!;
  const base = currencyIndex(state.config, market.base)!;
  const quote = currencyIndex(state.config, market.quote)!;
  const scale = 10 ** state.config.currencies[base]!.decimals;
  return { index, market, book: state.markets.books[index]!, base, quote, scale };
};

/** What an order still needs of what it gives, at its own limit. */
export const needOf = (order: Order, venue: Venue): Amount =>
  order.buys ? costOf(openQuantity(order), order.price, order.fraction, venue.scale) : openQuantity(order);

export const givenCurrency = (order: Order, venue: Venue): CurrencyIndex =>
  order.buys ? venue.quote : venue.base;

/** How much could be traded at once, up to `most`, leaving out the account's own orders. */
export const quantityWithin = (venue: Venue, order: Order, most: number): number => {
  let found = 0;
  const { levels } = sideOf(venue.book, !order.buys);
  for (let i = levels.length - 1; i >= 0 && found < most; i--) {
    const level = levels[i]!;
    if (!crosses(order.buys, order.price, level)) break;
    for (let other = level.first; other && found < most; other = other.behind)
      if (other.account !== order.account) found += openQuantity(other);
  }
  return Math.min(found, most);
};

/** Takes a resting order out of the book and gives back what it held. */
export const removeOrder = (state: State, venue: Venue, order: Order): Amount => {
  unlink(sideOf(venue.book, order.buys), order);
  dropOrder(state.markets, order);
  const back = order.held;
  if (back > 0) release(state.ledger, givenCurrency(order, venue), order.account, back);
  order.held = 0 as Amount;
  return back;
};

interface Share {
  /** Whole quote units that this trade moves on the order's side. */
  readonly quote: Amount;
  readonly fee: Amount;
}

// The order's part of a trade, by its own running fraction: buyers round up, sellers down (see Order.fraction).
const shareOf = (order: Order, quantity: Amount, price: Price, feeBps: number, scale: number): Share => {
  const { whole, rest: fraction } = scaled(quantity, price, order.fraction, scale);
  const quote = (
    order.buys ? whole + (fraction > 0 ? 1 : 0) - (order.fraction > 0 ? 1 : 0) : whole
  ) as Amount;
  order.fraction = fraction;
  order.done = (order.done + quantity) as Amount;
  const [given, received] = order.buys ? [quote, quantity] : [quantity, quote];
  order.given = (order.given + given) as Amount;
  order.received = (order.received + received) as Amount;
  // Rounded down, in the favour of who pays it.
  const fee = scaled(received, feeBps, 0, 10_000).whole;
  order.fees = (order.fees + fee) as Amount;
  return { quote, fee };
};

const trade = (
  state: State,
  venue: Venue,
  maker: Order,
  taker: Order,
  quantity: Amount,
  t: TimeMs,
  effects: Effect[],
): void => {
  const { ledger, last } = state;
  const { market, book, scale } = venue;
  const { price } = maker;
  maker.level!.quantity -= quantity;
  const shares = {
    maker: shareOf(maker, quantity, price, market.makerFeeBps, scale),
    taker: shareOf(taker, quantity, price, market.takerFeeBps, scale),
  };
  const [buyer, seller] = taker.buys ? [taker, maker] : [maker, taker];
  const [bought, sold] = taker.buys ? [shares.taker, shares.maker] : [shares.maker, shares.taker];

  // What a maker gives was held when it began to rest; a taker gives from what is available.
  const give = (order: Order, currency: CurrencyIndex, to: number, amount: Amount): void => {
    if (amount === 0) return;
    if (order === maker) {
      payHeld(ledger, currency, order.account, to, amount);
      order.held = (order.held - amount) as Amount;
    } else pay(ledger, currency, order.account, to, amount);
  };
  give(buyer, venue.quote, ROUNDING, bought.quote);
  // Fees come out of what is under way, not out of the receiver's balance: that can be a debt, which pays nothing.
  const proceeds = (sold.quote - sold.fee) as Amount;
  if (proceeds > 0) pay(ledger, venue.quote, ROUNDING, seller.account, proceeds);
  if (sold.fee > 0) pay(ledger, venue.quote, ROUNDING, HUB, sold.fee);
  give(seller, venue.base, buyer.account, (quantity - bought.fee) as Amount);
  give(seller, venue.base, HUB, bought.fee);

  const side = (order: Order, share: Share): TradeSide => {
    const account = state.accounts.list[order.account]!;
    const [gave, got] = order.buys ? [share.quote, quantity] : [quantity, share.quote];
    const row = ++last.tradeRow;
    const previous = account.lastTrade;
    account.lastTrade = row;
    return {
      row,
      previous,
      account: order.account,
      order: order.number,
      gave,
      got: (got - share.fee) as Amount,
      fee: share.fee,
    };
  };
  const number = ++last.trade;
  effects.push({
    is: "trade",
    trade: number,
    previous: book.lastTrade,
    market: venue.index,
    t,
    price,
    quantity,
    takerBuys: taker.buys,
    maker: side(maker, shares.maker),
    taker: side(taker, shares.taker),
  });
  book.lastTrade = number;
  book.lastPrice = price;
};

/**
 * Trades an order with what rests on the other side, best price first, then oldest; what is left of it rests if `keep`.
 * The caller has checked that what it needs is available. An older order of the same account in its way is cancelled.
 */
export const execute = (
  state: State,
  venue: Venue,
  order: Order,
  keep: boolean,
  t: TimeMs,
  effects: Effect[],
): void => {
  const other = sideOf(venue.book, !order.buys);
  while (openQuantity(order) > 0) {
    const level = best(other);
    if (!level || !crosses(order.buys, order.price, level)) break;
    const maker = level.first!;
    if (maker.account === order.account) {
      removeOrder(state, venue, maker);
      continue;
    }
    const quantity = Math.min(openQuantity(order), openQuantity(maker)) as Amount;
    trade(state, venue, maker, order, quantity, t, effects);
    if (openQuantity(maker) > 0) continue;
    removeOrder(state, venue, maker);
  }
  if (openQuantity(order) === 0 || !keep) return;
  const need = needOf(order, venue);
  if (need > 0) hold(state.ledger, givenCurrency(order, venue), order.account, need);
  order.held = need;
  rest(sideOf(venue.book, order.buys), order);
  keepOrder(state.markets, order);
  assert(order.held >= 0, "an order holds what it needs");
};
