import type { AccountIndex, ActionOutcome, OrderCancelledEffect, TransferEffect } from "@coinholder/engine";
import type { Seq } from "@coinholder/journal";
import type { Amount, TimeMs } from "@coinholder/protocol";

/** A page of a chain of rows, newest first. The last one's number is `before` of the next page. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** One account's side of a transfer, with the status and the transaction that it has by now. */
export type TransferRecord = Omit<TransferEffect, "is" | "previous"> & {
  /** Of a pay-out that the operator refused: why. */
  readonly reason?: string;
};

/** One account's side of a trade. */
export interface TradeRecord {
  readonly row: number;
  readonly account: AccountIndex;
  readonly trade: number;
  readonly order: number;
  readonly t: TimeMs;
  readonly market: number;
  /** Smallest quote units per whole base unit. */
  readonly price: number;
  /** Smallest base units. */
  readonly quantity: Amount;
  readonly buys: boolean;
  readonly maker: boolean;
  readonly gave: Amount;
  /** After the fee. */
  readonly got: Amount;
  readonly fee: Amount;
  readonly feeBps: number;
}

/** An order that met another of its account. */
export type CancelledRecord = Omit<OrderCancelledEffect, "is" | "previous">;

export interface MarketTradeRecord {
  /** What pages of market trades go by, as `row` elsewhere. */
  readonly trade: number;
  readonly t: TimeMs;
  readonly market: number;
  /** Smallest quote units per whole base unit. */
  readonly price: number;
  /** Smallest base units. */
  readonly quantity: Amount;
  readonly takerBuys: boolean;
}

/** What a key of the operator's account changed. The hub makes it of the command as it carries it out: see audit.ts. */
export interface ActionRecord {
  /** Position of its command in the journal. */
  readonly seq: Seq;
  readonly t: TimeMs;
  readonly fn: string;
  /** The authkey's. */
  readonly token: string;
  readonly label?: string;
  /** What it was called with and what came of it: an object as JSON. */
  readonly params: string;
  /** Its number, where it goes on after that. */
  readonly action?: number;
}

/** How an action that went on ended. */
export interface EndedRecord {
  readonly action: number;
  readonly t: TimeMs;
  readonly outcome: ActionOutcome;
  /** What came of it: an object as JSON. */
  readonly params: string;
}

/** As it is read: one with a number and no end goes on. */
export type ActionEntry = ActionRecord & { readonly ended?: Omit<EndedRecord, "action"> };

/** When an invoice of the hub's was paid in full first. */
export interface PaidRecord {
  readonly address: string;
  readonly t: TimeMs;
}

/** What one command has to be told of beside its effects. The hub finds it out as it carries the command out: see followed.ts. */
export interface Besides {
  readonly action?: ActionRecord | undefined;
  readonly ended?: EndedRecord | undefined;
  readonly paid?: readonly PaidRecord[] | undefined;
}

/** Prices in smallest quote units per whole base unit. */
export interface Candle {
  /** Where it begins: a whole multiple of its interval since 1970. */
  readonly t: TimeMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Smallest base units: a sum of amounts, which may be larger than one. */
  readonly volume: bigint;
  /** Number of the last trade in it. */
  readonly lastTrade: number;
}

/** The last 24 hours of a market, to the minute: the minute under way and the 1439 before it. */
export interface Day {
  /** Smallest base units. */
  readonly volume: bigint;
  /** Absent where nothing was traded. */
  readonly high?: number;
  readonly low?: number;
}

/** Lengths of candles, in milliseconds. */
export const INTERVALS = {
  "1m": 60_000,
  "5m": 300_000,
  "15m": 900_000,
  "1h": 3_600_000,
  "4h": 14_400_000,
  "1d": 86_400_000,
} as const;
export type Interval = keyof typeof INTERVALS;
