import type { Answer } from "@coinholder/protocol";
import type { Account } from "./account.ts";
import type { CcxtOrder } from "./ccxt-exchange.ts";
import { compare, type Decimal, decimal, minus, times, write, ZERO } from "./decimal.ts";
import { pairOf } from "./markets.ts";

type Side = { readonly side: "buy" | "sell" };
export type OpenOrder = Answer<"my-open-orders">["orders"][number];

const STATES: Readonly<Record<string, "open" | "filled" | "cancelled">> = {
  open: "open",
  closed: "filled",
  canceled: "cancelled",
  canceling: "open",
  expired: "cancelled",
  rejected: "cancelled",
};
export const stateOf = ({ status }: CcxtOrder): "open" | "filled" | "cancelled" | undefined =>
  status === undefined ? undefined : STATES[status];

/** What was given and received, before fees, as far as the exchange tells it. */
export const filledOf = (
  order: CcxtOrder,
  { side }: Side,
): { filled_trade_amt: string; filled_for_amt: string } | undefined => {
  const filled = decimal(order.filled);
  if (filled === undefined) return undefined;
  const average = decimal(order.average) ?? decimal(order.price);
  const nothing = compare(filled, ZERO) === 0;
  const cost = nothing ? filled : (decimal(order.cost) ?? (average && times(filled, average)));
  if (cost === undefined) return undefined;
  const [gave, got] = side === "buy" ? [cost, filled] : [filled, cost];
  return { filled_trade_amt: write(gave), filled_for_amt: write(got) };
};

/** What an order held that was not filled, by currency: free again when it is cancelled. */
export const heldBy = (order: CcxtOrder): Record<string, string> => {
  const market = pairOf(order.symbol);
  const [amount, filled, price] = [order.amount, order.filled, order.price].map(decimal);
  if (market === undefined || amount === undefined || filled === undefined || price === undefined) return {};
  const left = minus(amount, filled);
  const [held, currency]: [Decimal, string] =
    order.side === "buy" ? [times(left, price), market.quote] : [left, market.base];
  return compare(held, ZERO) > 0 ? { [currency.toLowerCase()]: write(held) } : {};
};

/** In the protocol's words; undefined for what is no limit order on a spot market that is open. */
export const openOrderOf = (account: Account, order: CcxtOrder): OpenOrder | undefined => {
  const market = pairOf(order.symbol);
  const [amount, price] = [decimal(order.amount), decimal(order.price)];
  const { id, side } = order;
  if (market === undefined || id === undefined || side === undefined) return undefined;
  if (amount === undefined || price === undefined || compare(price, ZERO) <= 0) return undefined;
  const cost = write(times(amount, price));
  const { base, quote } = market;
  const clientId = order.clientOrderId ?? account.orders.get(id)?.clientId;
  return {
    oid: id,
    market: market.name,
    side,
    price: write(price),
    ...(side === "buy"
      ? { trade_amt: cost, trade_cur: quote, for_amt: write(amount), for_cur: base }
      : { trade_amt: write(amount), trade_cur: base, for_amt: cost, for_cur: quote }),
    ...filledOf(order, { side }),
    t: Math.round(order.timestamp ?? 0),
    ...(order.postOnly === true ? { post_only: true } : {}),
    ...(clientId === undefined || clientId === "" ? {} : { client_id: clientId }),
  };
};
