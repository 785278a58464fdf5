import type { Amount } from "@coinholder/protocol";
import type { Caller } from "../accounts/admit.ts";
import type { PlaceOrder, Stamped } from "../command.ts";
import type { Effect } from "../effects.ts";
import { availableOf } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import { hasRoomFor, sideOf } from "./book.ts";
import { atOnce, execute, keepOpen } from "./execute.ts";
import { keepTrader, traderOf } from "./markets.ts";
import { freeOrder, newOrder, type Order } from "./order.ts";
import { badTerms, priceOf, quantityOf, type Told, told, wouldCross } from "./terms.ts";
import { findVenue, givenCurrency, needOf, type Venue } from "./venue.ts";

/** Open orders that one account may have. */
export const MOST_OPEN_ORDERS = 1000;

// Why an order cannot be carried out as things stand.
const refusalOf = (
  { ledger }: State,
  { tif, postOnly }: PlaceOrder,
  venue: Venue,
  order: Order,
): Refused | undefined => {
  const rests = tif === "gtc";
  const { account, buys, price, quantity, trader } = order;
  const available = availableOf(ledger, account, givenCurrency(order, venue));
  // What does not rest needs only what trades now, which a generous limit may be far above.
  const isCovered =
    needOf(order, venue) <= available ||
    (!rests && buys && atOnce(venue, order, trader.ownOrders).cost <= available);
  if (!isCovered) return refuse("insufficient_funds", { available });
  if (rests && !hasRoomFor(sideOf(venue.book, buys), price, quantity))
    return refuse("amount_invalid", { reason: "too_large" });
  if (postOnly && wouldCross(venue, buys, price)) return refuse("order_would_cross");
  if (tif === "fok" && atOnce(venue, order, trader.ownOrders).quantity < quantity)
    return refuse("order_unfilled");
  return undefined;
};

const isCovered = ({ ledger }: State, venue: Venue, order: Order, need: Amount): boolean =>
  need <= availableOf(ledger, order.account, givenCurrency(order, venue)) &&
  hasRoomFor(sideOf(venue.book, order.buys), order.price, order.quantity);

export const placeOrder = (
  state: State,
  command: Stamped<PlaceOrder>,
  caller: Caller,
  effects: Effect[],
): Told | Refused => {
  const venue = findVenue(state, command.giveCurrency, command.wantCurrency);
  if (venue === undefined) return refuse("market_unknown");
  const buys = command.giveCurrency === venue.market.quote;
  const price = priceOf(venue, command, buys);
  if (price === undefined) return badTerms(venue, command, buys);
  const rests = command.tif === "gtc";
  if (command.postOnly && !rests)
    return refuse("param_invalid", { param: "post_only" }, "post_only goes with gtc only.");
  const { last, markets } = state;
  const trader = traderOf(caller.account);
  if (rests && trader.open >= MOST_OPEN_ORDERS)
    return refuse("order_limit_reached", { most: MOST_OPEN_ORDERS });
  const order = newOrder(
    markets.orders,
    last.order + 1,
    trader,
    venue.index,
    buys,
    command.by.once?.[0],
    command.postOnly ?? false,
    command.t,
  );
  order.give = command.give;
  order.want = command.want;
  order.price = price;
  order.quantity = quantityOf(command, buys);
  return carryOut(state, venue, order, command, effects);
};

const carryOut = (
  state: State,
  venue: Venue,
  order: Order,
  command: Stamped<PlaceOrder>,
  effects: Effect[],
): Told | Refused => {
  const { last, markets } = state;
  const rests = command.tif === "gtc";
  const need = needOf(order, venue);
  // What is covered and only rests or trades, as most orders do, has nothing else against it.
  if (!rests || order.postOnly || !isCovered(state, venue, order, need)) {
    const refusal = refusalOf(state, command, venue, order);
    if (refusal !== undefined) {
      freeOrder(markets.orders, order);
      return refusal;
    }
  }
  last.order++;
  keepTrader(markets, order.trader);
  if (rests && !wouldCross(venue, order.buys, order.price)) {
    keepOpen(state, venue, order, need);
    return told(order, true);
  }
  const met = execute(state, venue, order, rests, command.t, effects);
  const stands = order.level !== undefined;
  if (!stands) freeOrder(markets.orders, order);
  const answer = told(order, stands);
  return met ? { ...answer, met } : answer;
};
