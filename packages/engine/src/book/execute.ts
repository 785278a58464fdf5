import type { Amount, TimeMs } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import type { Effect } from "../effects.ts";
import { hold, release } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { crosses, rest, sideOf, unlink } from "./book.ts";
import { dropOrder, keepOrder } from "./markets.ts";
import { freeOrder, type Order, openQuantity } from "./order.ts";
import { type Met, type OwnOrderRule, tellCancelled } from "./own-orders.ts";
import { restOf, wholeOf } from "./price.ts";
import { levels } from "./side.ts";
import { trade } from "./trade.ts";
import { givenCurrency, needOf, type Venue } from "./venue.ts";

/** How much would be traded at once, and what a buyer would give for it. */
export const atOnce = (
  { book, scale }: Venue,
  order: Order,
  rule: OwnOrderRule,
): { quantity: Amount; cost: Amount } => {
  let quantity = 0;
  let whole = 0;
  let { fraction } = order;
  const open = openQuantity(order);
  fill: for (const level of levels(sideOf(book, !order.buys))) {
    if (!crosses(order.buys, order.price, level)) break;
    for (let other = level.first; other; other = other.behind) {
      if (quantity === open) break fill;
      if (other.account === order.account) {
        if (rule === "cancel_oldest") continue;
        break fill;
      }
      const traded = Math.min(open - quantity, openQuantity(other));
      const value = wholeOf(traded, level.price, fraction, scale);
      quantity += traded;
      whole += value;
      fraction = restOf(traded, level.price, fraction, scale, value);
    }
  }
  // Rounded up once, as in `trade`.
  const cost = whole + (fraction > 0 ? 1 : 0) - (order.fraction > 0 ? 1 : 0);
  return { quantity: quantity as Amount, cost: cost as Amount };
};

/** Takes a resting order out of the book and gives back what it held. What it was can be read until it is freed. */
export const removeOrder = (state: State, venue: Venue, order: Order): Amount => {
  unlink(sideOf(venue.book, order.buys), order);
  dropOrder(state.markets, order);
  const back = order.held;
  if (back > 0) release(state.ledger, givenCurrency(order, venue), order.account, back);
  order.held = 0 as Amount;
  return back;
};

/**
 * Trades an order with what rests on the other side, best price first, then oldest; what is left of it rests if `keep`.
 * The caller has checked that what it needs is available. Answers what its account's own orders in its way led to.
 */
export const execute = (
  state: State,
  venue: Venue,
  order: Order,
  keep: boolean,
  t: TimeMs,
  effects: Effect[],
): Met | undefined => {
  const other = sideOf(venue.book, !order.buys);
  let met: Met | undefined;
  while (openQuantity(order) > 0) {
    const level = other.best;
    if (level === undefined || !crosses(order.buys, order.price, level)) break;
    const maker = level.first!;
    if (maker.account === order.account) {
      met ??= { cancelled: [], back: 0 as Amount };
      if (goesOn(state, venue, order, maker, met, t, effects)) continue;
      return met;
    }
    const quantity = Math.min(openQuantity(order), openQuantity(maker)) as Amount;
    trade(state, venue, maker, order, quantity, t, effects);
    if (openQuantity(maker) > 0) continue;
    removeOrder(state, venue, maker);
    freeOrder(state.markets.orders, maker);
  }
  if (keep && openQuantity(order) > 0) keepOpen(state, venue, order, needOf(order, venue));
  return met;
};

/** What is open of an order comes to rest, with what it needs. */
export const keepOpen = (state: State, venue: Venue, order: Order, need: Amount): void => {
  assert(need >= 0, "an order holds what it needs");
  if (need > 0) hold(state.ledger, givenCurrency(order, venue), order.account, need);
  order.held = need;
  rest(sideOf(venue.book, order.buys), order);
  keepOrder(state.markets, order);
};

// After an order has met another of its account: whether it trades on.
const goesOn = (
  state: State,
  venue: Venue,
  order: Order,
  own: Order,
  met: Met,
  t: TimeMs,
  effects: Effect[],
): boolean => {
  const rule = order.trader.ownOrders;
  if (rule !== "cancel_newest") {
    met.back = (met.back + removeOrder(state, venue, own)) as Amount;
    met.cancelled.push(own.number);
    tellCancelled(state, own, order, t, effects);
  }
  if (rule !== "cancel_oldest") {
    met.stoppedBy = own.number;
    tellCancelled(state, order, own, t, effects);
  }
  if (rule !== "cancel_newest") freeOrder(state.markets.orders, own);
  return rule === "cancel_oldest";
};
