import type { Amount } from "@coinholder/protocol";
import type { Caller } from "../accounts/admit.ts";
import { assert } from "../assert.ts";
import type { AmendOrder, CancelAll, CancelOrder, PlaceOrder, Stamped } from "../command.ts";
import { marketName } from "../config.ts";
import type { Effect } from "../effects.ts";
import { availableOf, release } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import { best, crosses, hasRoomFor, sideOf } from "./book.ts";
import {
  execute,
  givenCurrency,
  needOf,
  quantityWithin,
  removeOrder,
  type Venue,
  venueOf,
} from "./execute.ts";
import { type Order, openQuantity } from "./order.ts";
import { limitPrice } from "./price.ts";

/** Open orders that one account may have. */
export const MOST_OPEN_ORDERS = 1000;

const findVenue = (state: State, a: string, b: string): { venue: Venue; givesBase: boolean } | undefined => {
  const { markets } = state.config;
  for (let i = 0; i < markets.length; i++) {
    const { base, quote } = markets[i]!;
    if (base === a && quote === b) return { venue: venueOf(state, i), givesBase: true };
    if (base === b && quote === a) return { venue: venueOf(state, i), givesBase: false };
  }
  return undefined;
};

/** What amounts mean in a market: refused when the quantity is no whole number of lots, or the price of ticks in range. */
const terms = (venue: Venue, buys: boolean, give: Amount, want: Amount) => {
  const quantity = buys ? want : give;
  if (quantity % venue.market.lot !== 0) return refuse("order_lot", { lot: venue.market.lot });
  const price = limitPrice(buys, give, want, venue.scale, venue.market.tick);
  return price === undefined ? refuse("order_price", { tick: venue.market.tick }) : { quantity, price };
};

const wouldCross = (venue: Venue, order: Pick<Order, "buys" | "price">): boolean => {
  const level = best(sideOf(venue.book, !order.buys));
  return level !== undefined && crosses(order.buys, order.price, level);
};

const told = (order: Order, held: boolean) => ({
  order: order.number,
  given: order.given,
  received: order.received,
  fee: order.fees,
  state: openQuantity(order) === 0 ? "filled" : held ? "open" : "cancelled",
});

/** What the order gives and what it wants. */
const currenciesOf = (order: Order, venue: Venue) => ({
  currency: givenCurrency(order, venue),
  want: order.buys ? venue.base : venue.quote,
});

export const placeOrder = (
  state: State,
  command: Stamped<PlaceOrder>,
  caller: Caller,
  effects: Effect[],
): object | Refused => {
  const found = findVenue(state, command.giveCurrency, command.wantCurrency);
  if (!found) return refuse("market_unknown");
  const { venue, givesBase } = found;
  const buys = !givesBase;
  const meant = terms(venue, buys, command.give, command.want);
  if ("refused" in meant) return meant;
  if (command.postOnly && command.tif !== "gtc")
    return refuse("param_invalid", { param: "post_only" }, "post_only goes with gtc only.");
  const account = caller.account.index;
  if (command.tif === "gtc" && (state.markets.ofAccount.get(account)?.size ?? 0) >= MOST_OPEN_ORDERS)
    return refuse("order_limit_reached", { most: MOST_OPEN_ORDERS });
  const order: Order = {
    number: state.last.order + 1,
    account,
    market: venue.index,
    buys,
    clientId: command.by.once?.[0],
    postOnly: command.postOnly ?? false,
    t: command.t,
    give: command.give,
    want: command.want,
    price: meant.price,
    quantity: meant.quantity,
    done: 0 as Amount,
    given: 0 as Amount,
    received: 0 as Amount,
    fees: 0 as Amount,
    fraction: 0,
    held: 0 as Amount,
    level: undefined,
    ahead: undefined,
    behind: undefined,
  };
  const available = availableOf(state.ledger, account, givenCurrency(order, venue));
  if (needOf(order, venue) > available) return refuse("insufficient_funds", { available });
  if (!hasRoomFor(sideOf(venue.book, buys), order.price, order.quantity))
    return refuse("amount_invalid", { reason: "too_large" });
  if (order.postOnly && wouldCross(venue, order)) return refuse("order_would_cross");
  if (command.tif === "fok" && quantityWithin(venue, order, order.quantity) < order.quantity)
    return refuse("order_unfilled");

  state.last.order++;
  execute(state, venue, order, command.tif === "gtc", command.t, effects);
  return told(order, order.level !== undefined);
};

const ownOrder = (
  state: State,
  caller: Caller,
  number: number | undefined,
  clientId: string | undefined,
): Order | undefined => {
  const order = number === undefined ? undefined : state.markets.orders.get(number);
  if (order) return order.account === caller.account.index ? order : undefined;
  if (clientId === undefined) return undefined;
  for (const own of state.markets.ofAccount.get(caller.account.index) ?? [])
    if (own.clientId === clientId) return own;
  return undefined;
};

export const cancelOrder = (
  state: State,
  command: Stamped<CancelOrder>,
  caller: Caller,
): object | Refused => {
  const order = ownOrder(state, caller, command.order, command.clientId);
  if (!order) return refuse("order_unknown");
  const venue = venueOf(state, order.market);
  const back = removeOrder(state, venue, order);
  return { ...told(order, false), ...currenciesOf(order, venue), back };
};

export const cancelAll = (state: State, command: Stamped<CancelAll>, caller: Caller): object | Refused => {
  const market = command.market;
  const index =
    market === undefined ? -1 : state.config.markets.findIndex((one) => marketName(one) === market);
  if (market !== undefined && index < 0) return refuse("market_unknown");
  const cancelled: number[] = [];
  for (const order of [...(state.markets.ofAccount.get(caller.account.index) ?? [])]) {
    if (index >= 0 && order.market !== index) continue;
    removeOrder(state, venueOf(state, order.market), order);
    cancelled.push(order.number);
  }
  return { cancelled };
};

/** Less at the same price keeps its place; anything else is taken out and placed again under its number. */
export const amendOrder = (
  state: State,
  command: Stamped<AmendOrder>,
  caller: Caller,
  effects: Effect[],
): object | Refused => {
  const order = ownOrder(state, caller, command.order, undefined);
  if (!order) return refuse("order_unknown");
  const venue = venueOf(state, order.market);
  const meant = terms(venue, order.buys, command.give, command.want);
  if ("refused" in meant) return meant;
  const { quantity, price } = meant;
  if (quantity <= order.done) return refuse("amend_invalid", { filled: order.done });
  const currency = givenCurrency(order, venue);
  const keepsPlace = price === order.price && quantity <= order.quantity;
  if (keepsPlace) {
    assert(order.level !== undefined, "an open order rests");
    order.level.quantity -= order.quantity - quantity;
    Object.assign(order, { quantity, give: command.give, want: command.want });
    const need = needOf(order, venue);
    if (order.held > need) release(state.ledger, currency, order.account, (order.held - need) as Amount);
    assert(order.held >= need, "a smaller order needs no more");
    order.held = need;
    return { ...told(order, true), ...currenciesOf(order, venue), kept: true };
  }
  const amended: Order = { ...order, quantity, price, give: command.give, want: command.want };
  if (!hasRoomFor(sideOf(venue.book, order.buys), price, openQuantity(amended)))
    return refuse("amount_invalid", { reason: "too_large" });
  if (order.postOnly && wouldCross(venue, amended)) return refuse("order_would_cross");
  const available = (availableOf(state.ledger, order.account, currency) + order.held) as Amount;
  if (needOf(amended, venue) > available) return refuse("insufficient_funds", { available });

  removeOrder(state, venue, order);
  Object.assign(order, { quantity, price, give: command.give, want: command.want });
  execute(state, venue, order, true, command.t, effects);
  return { ...told(order, order.level !== undefined), ...currenciesOf(order, venue), kept: false };
};
