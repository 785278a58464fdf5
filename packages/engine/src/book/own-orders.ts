import type { Amount, TimeMs } from "@coinholder/protocol";
import type { Account } from "../accounts/accounts.ts";
import type { Caller } from "../accounts/admit.ts";
import type { ChangeSettings, Stamped } from "../command.ts";
import type { Effect } from "../effects.ts";
import type { State } from "../state.ts";
import { keepTrader, traderOf } from "./markets.ts";
import type { Order } from "./order.ts";

/**
 * What happens when an order meets one of its own account, which it never trades with: the resting ones are cancelled, or the rest of
 * the new one, or the new one's rest and the one that it met.
 */
export type OwnOrderRule = "cancel_oldest" | "cancel_newest" | "cancel_both";
export const USUAL_RULE: OwnOrderRule = "cancel_oldest";

export const ownOrderRule = ({ trader }: Account): OwnOrderRule => trader?.ownOrders ?? USUAL_RULE;

export const changeSettings = (
  { markets }: State,
  { ownOrders }: Stamped<ChangeSettings>,
  caller: Caller,
): object => {
  const trader = traderOf(caller.account);
  if (ownOrders !== undefined) {
    trader.ownOrders = ownOrders;
    keepTrader(markets, trader);
  }
  return { ownOrders: trader.ownOrders };
};

/** What an order's account lost of its own orders by placing it. */
export interface Met {
  /** Resting ones that were cancelled, by number. */
  readonly cancelled: number[];
  /** What those held, of the currency that the new order wants. */
  back: Amount;
  /** The resting one that ended the new one. */
  stoppedBy?: number;
}

/** To the account's history: nobody asked for this cancellation. */
export const tellCancelled = (state: State, order: Order, met: Order, t: TimeMs, effects: Effect[]): void => {
  const row = ++state.last.cancelled;
  const { trader } = order;
  const previous = trader.lastCancelled;
  trader.lastCancelled = row;
  const { account, number, market, buys, give, want, given, received } = order;
  effects.push({
    is: "order-cancelled",
    row,
    previous,
    account,
    order: number,
    met: met.number,
    market,
    t,
    buys,
    give,
    want,
    given,
    received,
  });
};
