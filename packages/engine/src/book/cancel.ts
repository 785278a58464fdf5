import type { Caller } from "../accounts/admit.ts";
import type { CancelAll, CancelOrder, Stamped } from "../command.ts";
import { marketName } from "../config.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import { removeOrder } from "./execute.ts";
import { ordersOf } from "./markets.ts";
import { findOrder, freeOrder, type Order } from "./order.ts";
import type { Told } from "./terms.ts";
import { givenCurrency, venueOf, wantedCurrency } from "./venue.ts";

/** The caller's own open order, by its number or by the client_id that it was placed with. */
export const ownOrder = (
  { markets }: State,
  caller: Caller,
  number: number | undefined,
  clientId: string | undefined,
): Order | undefined => {
  const account = caller.account.index;
  const order = number === undefined ? undefined : findOrder(markets.orders, number);
  if (order) return order.account === account ? order : undefined;
  if (clientId === undefined) return undefined;
  for (let own = caller.account.trader?.first; own; own = own.ownAfter)
    if (own.clientId === clientId) return own;
  return undefined;
};

export const cancelOrder = (state: State, command: Stamped<CancelOrder>, caller: Caller): Told | Refused => {
  const order = ownOrder(state, caller, command.order, command.clientId);
  if (!order) return refuse("order_unknown");
  const venue = venueOf(state, order.market);
  const back = removeOrder(state, venue, order);
  freeOrder(state.markets.orders, order);
  return {
    order: order.number,
    given: order.given,
    received: order.received,
    fee: order.fees,
    state: "cancelled",
    currency: givenCurrency(order, venue),
    want: wantedCurrency(order, venue),
    back,
  };
};

export const cancelAll = (
  state: State,
  { market }: Stamped<CancelAll>,
  caller: Caller,
): { cancelled: number[] } | Refused => {
  const index =
    market === undefined ? -1 : state.config.markets.findIndex((one) => marketName(one) === market);
  if (market !== undefined && index < 0) return refuse("market_unknown");
  const cancelled: number[] = [];
  for (const order of ordersOf(caller.account)) {
    if (index >= 0 && order.market !== index) continue;
    removeOrder(state, venueOf(state, order.market), order);
    cancelled.push(order.number);
    freeOrder(state.markets.orders, order);
  }
  return { cancelled };
};
