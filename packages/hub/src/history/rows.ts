import type { OrderCancelledEffect, TransferEffect } from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import type {
  ActionEntry,
  ActionRecord,
  CancelledRecord,
  EndedRecord,
  MarketTradeRecord,
  Page,
  TradeRecord,
  TransferRecord,
} from "./records.ts";

/** Rows as both stores read them, truth as 0 and 1, and the records that are made of them. */

export const records = <Row, Made>({ rows, more }: Page<Row>, made: (row: Row) => Made): Page<Made> => ({
  rows: rows.map(made),
  more,
});

export type TransferRow = Pick<
  TransferEffect,
  "row" | "previous" | "transfer" | "t" | "kind" | "currency" | "amount" | "fee" | "status"
> & {
  owner: number;
  incoming: number;
  address: string | null;
  txid: string | null;
  vout: number | null;
  reference: string | null;
  reason: string | null;
  invoice: number;
  settled: number;
};

export function toTransfer(of: TransferRow): TransferRecord {
  const { row, owner, transfer, t, kind, currency, amount, fee, status } = of;
  return {
    row,
    account: owner,
    transfer,
    t,
    kind,
    incoming: of.incoming === 1,
    currency,
    amount,
    fee,
    status,
    ...(of.address === null ? {} : { address: of.address }),
    ...(of.txid === null ? {} : { txid: of.txid }),
    ...(of.vout === null ? {} : { vout: of.vout }),
    ...(of.reference === null ? {} : { reference: of.reference }),
    ...(of.reason === null ? {} : { reason: of.reason }),
    ...(of.invoice === 1 ? { invoice: true as const } : {}),
  };
}

export type SideRow = Pick<
  TradeRecord,
  "row" | "trade" | "t" | "market" | "price" | "quantity" | "gave" | "got" | "fee"
> & {
  previous: number;
  owner: number;
  order_number: number;
  maker: number;
  taker_buys: number;
  fee_bps: number;
  after_row: number;
};

export function toTrade(of: SideRow): TradeRecord {
  const { row, owner, trade, order_number, t, market, price, quantity, gave, got, fee } = of;
  const maker = of.maker === 1;
  const buys = (of.taker_buys === 1) !== maker;
  return {
    row,
    account: owner,
    trade,
    order: order_number,
    t,
    market,
    price,
    quantity,
    buys,
    maker,
    gave,
    got,
    fee,
    feeBps: of.fee_bps,
  };
}

export type CancelledRow = Omit<OrderCancelledEffect, "is" | "account" | "order" | "buys"> & {
  owner: number;
  order_number: number;
  buys: number;
};

export function toCancelled(of: CancelledRow): CancelledRecord {
  const { previous, owner, order_number, buys, ...row } = of;
  return { ...row, account: owner, order: order_number, buys: buys === 1 };
}

export type MarketRow = {
  trade: number;
  previous: number;
  owner: number;
  t: TimeMs;
  price: number;
  quantity: Amount;
  taker_buys: number;
};

export const toMarketTrade = ({
  trade,
  t,
  owner,
  price,
  quantity,
  taker_buys,
}: MarketRow): MarketTradeRecord => ({
  trade,
  t,
  market: owner,
  price,
  quantity,
  takerBuys: taker_buys === 1,
});

export type ActionRow = Omit<ActionRecord, "label" | "action"> & {
  label: string | null;
  action: number | null;
  ended_t: TimeMs | null;
  outcome: EndedRecord["outcome"] | null;
  came: string | null;
};

export const toAction = ({ action, came, ended_t, label, outcome, ...row }: ActionRow): ActionEntry => ({
  ...row,
  ...(label === null ? {} : { label }),
  ...(action === null ? {} : { action }),
  ...(ended_t === null || outcome === null || came === null
    ? {}
    : { ended: { t: ended_t, outcome, params: came } }),
});

/** Of so many rows and one more, where there is one. */
export const toActions = (rows: readonly ActionRow[], limit: number): Page<ActionEntry> => ({
  rows: rows.slice(0, limit).map(toAction),
  more: rows.length > limit,
});
