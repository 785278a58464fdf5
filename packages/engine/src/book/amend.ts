import type { Amount } from "@coinholder/protocol";
import type { Caller } from "../accounts/admit.ts";
import { assert } from "../assert.ts";
import type { AmendOrder, Stamped } from "../command.ts";
import type { Effect } from "../effects.ts";
import { availableOf, release } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import { hasRoomFor, sideOf } from "./book.ts";
import { ownOrder } from "./cancel.ts";
import { execute, removeOrder } from "./execute.ts";
import { freeOrder, openQuantity } from "./order.ts";
import { touch } from "./side.ts";
import { badTerms, priceOf, quantityOf, type Told, told, wouldCross } from "./terms.ts";
import { givenCurrency, needOf, venueOf, wantedCurrency } from "./venue.ts";

/** Less at the same price keeps its place; anything else is taken out and placed again under its number. */
export const amendOrder = (
  state: State,
  command: Stamped<AmendOrder>,
  caller: Caller,
  effects: Effect[],
): Told | Refused => {
  const order = ownOrder(state, caller, command.order, undefined);
  if (!order) return refuse("order_unknown");
  const venue = venueOf(state, order.market);
  const price = priceOf(venue, command, order.buys);
  if (price === undefined) return badTerms(venue, command, order.buys);
  const quantity = quantityOf(command, order.buys);
  if (quantity <= order.done) return refuse("amend_invalid", { filled: order.done });
  const currency = givenCurrency(order, venue);
  const changes = { quantity, price, give: command.give, want: command.want };
  if (price === order.price && quantity <= order.quantity) {
    assert(order.level !== undefined, "an open order rests");
    order.level.quantity -= order.quantity - quantity;
    touch(sideOf(venue.book, order.buys), order.level);
    Object.assign(order, changes);
    const need = needOf(order, venue);
    if (order.held > need) release(state.ledger, currency, order.account, (order.held - need) as Amount);
    assert(order.held >= need, "a smaller order needs no more");
    order.held = need;
    return { ...told(order, true), currency, want: wantedCurrency(order, venue), kept: true };
  }
  const amended = { ...order, ...changes };
  if (!hasRoomFor(sideOf(venue.book, order.buys), price, openQuantity(amended)))
    return refuse("amount_invalid", { reason: "too_large" });
  if (order.postOnly && wouldCross(venue, order.buys, price)) return refuse("order_would_cross");
  const available = (availableOf(state.ledger, order.account, currency) + order.held) as Amount;
  if (needOf(amended, venue) > available) return refuse("insufficient_funds", { available });

  removeOrder(state, venue, order);
  Object.assign(order, changes);
  const met = execute(state, venue, order, true, command.t, effects);
  const stands = order.level !== undefined;
  if (!stands) freeOrder(state.markets.orders, order);
  return {
    ...told(order, stands),
    currency,
    want: wantedCurrency(order, venue),
    kept: false,
    ...(met ? { met } : {}),
  };
};
