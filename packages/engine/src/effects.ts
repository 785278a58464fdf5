import type { Amount, TimeMs } from "@coinholder/protocol";
import type { CurrencyIndex } from "./config.ts";
import type { AccountIndex } from "./ledger/ledger.ts";

export type TransferKind = "internal" | "deposit" | "withdrawal" | "credit" | "fiat-withdrawal";
export type TransferStatus =
  | "reserved"
  | "built"
  | "broadcast"
  | "confirmed"
  | "final"
  | "done"
  | "refused"
  | "reversed";

/**
 * What a command did, told to whoever keeps history or waits for news. Effects decide nothing: a replay brings them again.
 * `previous` links an account's (or market's) rows backwards, so that history needs no index to page through them.
 */
export type Effect = TransferEffect | StatusEffect | TradeEffect | InvoiceEffect;

/** One account's side of a transfer. */
export interface TransferEffect {
  readonly is: "transfer";
  /** Row number, from 1 without gaps. */
  readonly row: number;
  readonly previous: number;
  readonly account: AccountIndex;
  readonly transfer: number;
  readonly t: TimeMs;
  readonly kind: TransferKind;
  readonly incoming: boolean;
  readonly currency: CurrencyIndex;
  readonly amount: Amount;
  /** On top of the amount. */
  readonly fee: Amount;
  readonly status: TransferStatus;
  readonly address?: string | undefined;
  readonly txid?: string | undefined;
  readonly vout?: number | undefined;
  readonly reference?: string | undefined;
  readonly invoice?: true | undefined;
}

/** A transfer told before goes on to another state. */
export interface StatusEffect {
  readonly is: "status";
  readonly transfer: number;
  readonly status: TransferStatus;
  readonly txid?: string;
}

export interface TradeSide {
  readonly row: number;
  readonly previous: number;
  readonly account: AccountIndex;
  readonly order: number;
  readonly gave: Amount;
  /** After the fee. */
  readonly got: Amount;
  readonly fee: Amount;
}

export interface TradeEffect {
  readonly is: "trade";
  readonly trade: number;
  /** The market's trade before this one. */
  readonly previous: number;
  readonly market: number;
  readonly t: TimeMs;
  /** Smallest quote units per whole base unit. */
  readonly price: number;
  /** Smallest base units. */
  readonly quantity: Amount;
  readonly takerBuys: boolean;
  readonly maker: TradeSide;
  readonly taker: TradeSide;
}

/** An invoice may stand differently now. */
export interface InvoiceEffect {
  readonly is: "invoice";
  readonly address: string;
}
