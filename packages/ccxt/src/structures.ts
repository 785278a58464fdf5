import type { Answer, Overview } from "@coinholder/protocol";
import { type Dict, Precise } from "ccxt";

/** The hub's answers as what ccxt's `safe...` functions make structures of: decimal strings throughout. */

export type OpenOrder = Answer<"my-open-orders">["orders"][number];
export type OwnTrade = Answer<"my-trades">["trades"][number];
export type PublicTrade = Answer<"trades">["trades"][number];
export type Transfer = Answer<"my-transfers">["transfers"][number];

/** An order as far as it is known: one that is open, or what came of placing, changing or ending it. */
export interface KnownOrder {
  readonly oid: string;
  readonly market?: string | undefined;
  readonly side?: "buy" | "sell" | undefined;
  readonly type?: "limit" | "market" | undefined;
  readonly price?: string | undefined;
  /** Of base. */
  readonly amount?: string | undefined;
  readonly filled?: string | undefined;
  /** Quote that was given or received for what is filled, before fees. */
  readonly cost?: string | undefined;
  readonly fee?: { readonly cost: string; readonly currency: string } | undefined;
  readonly status?: "open" | "closed" | "canceled" | undefined;
  readonly t?: number | undefined;
  readonly client_id?: string | undefined;
  readonly timeInForce?: string | undefined;
  readonly post_only?: boolean | undefined;
  readonly info?: unknown;
}

/** Which of an order's two filled amounts is the base, and which the quote. */
export const filledOf = (
  side: "buy" | "sell",
  { filled_trade_amt, filled_for_amt }: { filled_trade_amt?: string; filled_for_amt?: string },
): Pick<KnownOrder, "filled" | "cost"> =>
  side === "buy"
    ? { filled: filled_for_amt, cost: filled_trade_amt }
    : { filled: filled_trade_amt, cost: filled_for_amt };

export const knownOpen = (order: OpenOrder): KnownOrder => ({
  oid: order.oid,
  market: order.market,
  side: order.side,
  type: "limit",
  price: order.price,
  amount: order.side === "buy" ? order.for_amt : order.trade_amt,
  ...filledOf(order.side, order),
  status: "open",
  t: order.t,
  client_id: order.client_id,
  post_only: order.post_only === true,
  timeInForce: order.post_only === true ? "PO" : "GTC",
  info: order,
});

const STATUS = { open: "open", filled: "closed", cancelled: "canceled" } as const;
export const statusOf = (state: keyof typeof STATUS | undefined): KnownOrder["status"] =>
  state === undefined ? undefined : STATUS[state];

/** ccxt's amount and cost are those before the fee, which the hub takes out of what is received. */
export const ownTrade = (trade: OwnTrade): Dict => {
  const received = Precise.stringAdd(trade.got_amt, trade.fee)!;
  const [amount, cost] = trade.side === "buy" ? [received, trade.gave_amt] : [trade.gave_amt, received];
  return {
    id: trade.trade_id,
    order: trade.oid,
    timestamp: trade.t,
    side: trade.side,
    takerOrMaker: trade.role,
    price: trade.price,
    amount,
    cost,
    fee: { cost: trade.fee, currency: trade.got_cur },
    info: trade,
  };
};

export const publicTrade = (trade: PublicTrade): Dict => ({
  id: trade.trade_id,
  order: undefined,
  timestamp: trade.t,
  side: trade.taker_side,
  takerOrMaker: "taker",
  price: trade.price,
  amount: trade.amount,
  info: trade,
});

const TRANSFER_STATUS = {
  reserved: "pending",
  built: "pending",
  broadcast: "pending",
  pending: "pending",
  confirmed: "ok",
  final: "ok",
  done: "ok",
  credited: "ok",
  // The account keeps what was credited; the hub bears that.
  lost: "ok",
  refused: "canceled",
  reversed: "failed",
} as const satisfies Record<Transfer["status"], string>;

export const transferStatus = (status: Transfer["status"] | undefined): string | undefined =>
  status === undefined ? undefined : TRANSFER_STATUS[status];

const NOT_TRANSFERS: readonly Transfer["kind"][] = ["option-premium", "option-exercise"];

/** Of what moved the account's money: what ccxt calls a deposit or a withdrawal. */
export const isDepositOrWithdrawal = ({ kind }: Transfer): boolean => !NOT_TRANSFERS.includes(kind);

export const unitOf = (decimals: number): string =>
  decimals === 0 ? "1" : `0.${"1".padStart(decimals, "0")}`;

/** Basis points as a share. */
export const shareOf = (bps: number | undefined): string | undefined =>
  bps === undefined ? undefined : Precise.stringDiv(String(bps), "10000");

export type OverviewMarket = NonNullable<Overview["markets"]>[number];
export type OverviewCurrency = NonNullable<Overview["currencies"]>[number];
