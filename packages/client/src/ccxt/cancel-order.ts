import { type Answer, type Parameters, refusal } from "@coinholder/protocol";
import { HubError, withOutcome } from "../hub-error.ts";
import { refusedError, type WrappedCall, type WrappedFunctions } from "../wrapped.ts";
import { type Account, type KnownOrder, remember } from "./account.ts";
import { type CcxtOrder, can } from "./ccxt-exchange.ts";
import { findById, openOrders } from "./find-order.ts";
import { filledOf, heldBy, openOrderOf, stateOf } from "./order-answer.ts";

type Params = Parameters<"cancel-order">;
/** An order to be cancelled: by what is remembered of it, or as it stands among the open ones. */
interface Wanted {
  readonly oid: string;
  readonly symbol: string;
  readonly order: CcxtOrder | undefined;
}

const unknownOrder = (): HubError => refusedError(refusal("order_unknown"));

const remembered = ({ orders }: Account, { oid, client_id }: Params): [string, KnownOrder] | undefined => {
  if (oid !== undefined) {
    const known = orders.get(oid);
    return known && [oid, known];
  }
  // The newest first: an id can be used again when its order is over.
  return [...orders].reverse().find(([, { clientId }]) => clientId === client_id);
};

const lookUp = async (account: Account, params: Params, about: WrappedCall): Promise<Wanted> => {
  const known = remembered(account, params);
  if (known !== undefined) return { oid: known[0], symbol: known[1].symbol, order: undefined };
  const order = (await openOrders(account, about)).find(({ id, clientOrderId }) =>
    params.oid === undefined ? clientOrderId === params.client_id : id === params.oid,
  );
  if (order?.id === undefined || order.symbol === undefined) throw unknownOrder();
  remember(account, order.id, { symbol: order.symbol, clientId: order.clientOrderId });
  return { oid: order.id, symbol: order.symbol, order };
};

/** How the order stands now, if the exchange tells single orders. */
const after = async (
  account: Account,
  { oid, symbol }: Wanted,
  about: WrappedCall,
): Promise<CcxtOrder | undefined> =>
  can(account.exchange, "fetchOrder") && !about.signal.aborted
    ? findById(account, oid, symbol, about).catch(() => undefined)
    : undefined;

const tell = ({ oid, symbol }: Wanted, order: CcxtOrder | undefined): Answer<"cancel-order"> => {
  if (order?.side === undefined) return { oid, given_back: {} };
  return {
    oid,
    ...filledOf(order, { side: order.side }),
    given_back: heldBy({ ...order, symbol }),
  };
};

const cancel = async (
  account: Account,
  wanted: Wanted,
  about: WrappedCall,
): Promise<Answer<"cancel-order">> => {
  const { oid, symbol } = wanted;
  try {
    await account.change(about, (exchange) => exchange.cancelOrder(oid, symbol));
  } catch (error) {
    // Not every exchange's words for «there is no such open order» are known to ccxt.
    if (!(error instanceof HubError) || (!error.unknown && error.code !== "exchange_refused")) throw error;
    const now = await after(account, wanted, about);
    const state = now && stateOf(now);
    if (error.unknown && state === "cancelled") return tell(wanted, now);
    if (state === "filled" || state === "cancelled") throw unknownOrder();
    throw error.unknown ? withOutcome(error, true, { oid }) : error;
  }
  return tell(wanted, (await after(account, wanted, about)) ?? wanted.order);
};

const cancelAll = async (
  account: Account,
  market: string | undefined,
  about: WrappedCall,
): Promise<string[]> => {
  if (market !== undefined && !account.markets.has(market)) throw refusedError(refusal("market_unknown"));
  const open = (await openOrders(account, about)).filter((order) => {
    const told = openOrderOf(account, order);
    return told !== undefined && (market === undefined || told.market === market);
  });
  const cancelled: string[] = [];
  // One by one: «cancel all» of an exchange may take every market's, margin orders and all, whatever it was asked for.
  for (const { id, symbol } of open) {
    try {
      await account.change(about, (exchange) => exchange.cancelOrder(id!, symbol!));
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      // Filled or cancelled meanwhile.
      if (error.code === "order_unknown") continue;
      throw withOutcome(error, error.unknown || cancelled.length > 0, { cancelled, oid: id! });
    }
    cancelled.push(id!);
  }
  return cancelled;
};

export const cancelling = (
  account: Account,
): Required<Pick<WrappedFunctions, "cancel-order" | "cancel-all-orders" | "my-open-orders">> => ({
  "cancel-order": async (params, about) => {
    if (params.oid === undefined && params.client_id === undefined)
      throw refusedError(
        refusal(
          "param_missing",
          { param: "oid" },
          "Give oid, or the client_id that the order was placed with.",
        ),
      );
    return cancel(account, await lookUp(account, params, about), about);
  },

  "cancel-all-orders": async ({ market }, about) => ({ cancelled: await cancelAll(account, market, about) }),

  "my-open-orders": async (_, about) => {
    const orders = (await openOrders(account, about)).flatMap((order) => {
      const told = openOrderOf(account, order);
      if (told === undefined) return [];
      if (!account.orders.has(told.oid))
        remember(account, told.oid, { symbol: order.symbol!, clientId: order.clientOrderId });
      return [told];
    });
    return { orders: orders.sort((a, b) => a.t - b.t) };
  },
});
