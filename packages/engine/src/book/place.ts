import type { Amount } from "@coinholder/protocol";
import type { Caller } from "../accounts/admit.ts";
import type { PlaceOrder, Stamped } from "../command.ts";
import type { Effect } from "../effects.ts";
import { availableOf } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import { hasRoomFor, sideOf } from "./book.ts";
import { atOnce, execute } from "./execute.ts";
import { keepTrader, traderOf } from "./markets.ts";
import { newOrder, type Order } from "./order.ts";
import { type Told, terms, told, wouldCross } from "./terms.ts";
import { findVenue, givenCurrency, needOf, type Venue } from "./venue.ts";

/** Open orders that one account may have. */
export const MOST_OPEN_ORDERS = 1000;

// What does not rest needs only what trades now, which a generous limit may be far above.
const isCovered = (venue: Venue, order: Order, rests: boolean, available: Amount): boolean =>
  needOf(order, venue) <= available ||
  (!rests && order.buys && atOnce(venue, order, order.trader.ownOrders).cost <= available);

export const placeOrder = (
  state: State,
  command: Stamped<PlaceOrder>,
  caller: Caller,
  effects: Effect[],
): Told | Refused => {
  const found = findVenue(state, command.giveCurrency, command.wantCurrency);
  if (!found) return refuse("market_unknown");
  const { venue, givesBase } = found;
  const buys = !givesBase;
  const meant = terms(venue, buys, command.give, command.want);
  if ("refused" in meant) return meant;
  const rests = command.tif === "gtc";
  if (command.postOnly && !rests)
    return refuse("param_invalid", { param: "post_only" }, "post_only goes with gtc only.");
  const account = caller.account.index;
  const trader = traderOf(caller.account);
  if (rests && trader.open >= MOST_OPEN_ORDERS)
    return refuse("order_limit_reached", { most: MOST_OPEN_ORDERS });
  const order = newOrder(
    state.last.order + 1,
    trader,
    venue.index,
    buys,
    command.by.once?.[0],
    command.postOnly ?? false,
    command.t,
  );
  order.give = command.give;
  order.want = command.want;
  order.price = meant.price;
  order.quantity = meant.quantity;
  const available = availableOf(state.ledger, account, givenCurrency(order, venue));
  if (!isCovered(venue, order, rests, available)) return refuse("insufficient_funds", { available });
  if (rests && !hasRoomFor(sideOf(venue.book, buys), order.price, order.quantity))
    return refuse("amount_invalid", { reason: "too_large" });
  if (order.postOnly && wouldCross(venue, buys, order.price)) return refuse("order_would_cross");
  if (command.tif === "fok" && atOnce(venue, order, trader.ownOrders).quantity < order.quantity)
    return refuse("order_unfilled");

  state.last.order++;
  keepTrader(state.markets, trader);
  const met = execute(state, venue, order, rests, command.t, effects);
  const answer = told(order, order.level !== undefined);
  return met ? { ...answer, met } : answer;
};
