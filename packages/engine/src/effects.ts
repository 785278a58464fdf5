import type { Amount, TimeMs } from "@coinholder/protocol";
import type { CurrencyIndex } from "./config.ts";
import type { AccountIndex } from "./ledger/ledger.ts";

export type TransferKind =
  | "internal"
  | "deposit"
  | "withdrawal"
  | "credit"
  | "fiat-withdrawal"
  | "option-premium"
  | "option-exercise";
export type TransferStatus =
  | "reserved"
  | "built"
  | "broadcast"
  | "confirmed"
  | "final"
  | "done"
  | "refused"
  | "reversed"
  /** A deposit that another hub stands behind: the payee's before it confirms; then `done`. */
  | "credited"
  /** It never came: the loss is the hub's, the payee's balance as it was. */
  | "lost";

/**
 * What a command did, told to whoever keeps history or waits for news. Effects decide nothing: a replay brings them again.
 * `previous` links an account's (or market's) rows backwards, so that history needs no index to page through them.
 */
export type Effect =
  | TransferEffect
  | StatusEffect
  | SettledEffect
  | TradeEffect
  | OrderCancelledEffect
  | InvoiceEffect
  | BookEffect
  | LineEffect
  | CrossingEffect;

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
  readonly account: AccountIndex;
  readonly status: TransferStatus;
  readonly txid?: string;
  /** Of a pay-out that the operator refused: why. */
  readonly reason?: string;
}

/**
 * What a withdrawal told before had bound has left its account, or (incoming) is the account's again: a reorganisation undid
 * its block. One of the account's transfer rows, in one numbering and linked as they are.
 */
export interface SettledEffect {
  readonly is: "settled";
  readonly row: number;
  readonly previous: number;
  readonly account: AccountIndex;
  readonly transfer: number;
  readonly t: TimeMs;
  readonly kind: "withdrawal" | "fiat-withdrawal";
  readonly incoming: boolean;
  readonly currency: CurrencyIndex;
  readonly amount: Amount;
  /** On top of the amount. */
  readonly fee: Amount;
  readonly address?: string | undefined;
  readonly txid?: string | undefined;
  readonly reference?: string | undefined;
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
  /** Hundredths of a percent of what was received: of the tier that the account had reached. */
  readonly feeBps: number;
}

/** An order was cancelled, or the rest of a new one, for it would have met another of its account. */
export interface OrderCancelledEffect {
  readonly is: "order-cancelled";
  /** Row number, from 1 without gaps. */
  readonly row: number;
  /** The account's row of this kind before. */
  readonly previous: number;
  readonly account: AccountIndex;
  readonly order: number;
  /** The account's other order. */
  readonly met: number;
  readonly market: number;
  readonly t: TimeMs;
  readonly buys: boolean;
  /** As its owner gave them. */
  readonly give: Amount;
  readonly want: Amount;
  /** Of those, until then; received before fees. */
  readonly given: Amount;
  readonly received: Amount;
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
  /** The last transfer row told before it: how the two kinds of rows stand in one order. */
  readonly afterRow: number;
  readonly maker: TradeSide;
  readonly taker: TradeSide;
}

/** [smallest quote units per whole base unit, smallest base units open there now]; nothing open: the level is gone. */
export type LevelChange = readonly [price: number, quantity: number];

/** What one command changed in a market's book. */
export interface BookEffect {
  readonly is: "book";
  readonly market: number;
  /** From 1 without gaps, for each market. */
  readonly number: number;
  readonly t: TimeMs;
  readonly bids: readonly LevelChange[];
  readonly asks: readonly LevelChange[];
}

export type LineEvent = "credited" | "confirmed" | "conflict" | "lost" | "ceiling" | "succeeded";

/** What has become of another hub's word: for the operator's eyes. */
export interface LineEffect {
  readonly is: "line";
  readonly event: LineEvent;
  /** Hex; empty: the ceiling of all together. */
  readonly identity: string;
  readonly t: TimeMs;
  readonly txid?: string | undefined;
  /** Satoshi: of the transfer, or the ceiling; `succeeded`: the one that the new key has now. */
  readonly amount: Amount;
}

/** A payment to another hub is to be told to it, or (with `told`) was. */
export interface CrossingEffect {
  readonly is: "crossing";
  readonly transfer: number;
  readonly account: AccountIndex;
  readonly told?:
    | {
        readonly identity?: string | undefined;
        readonly option?: string | undefined;
        readonly given_up?: true | undefined;
      }
    | undefined;
}

/** An invoice may stand differently now. */
export interface InvoiceEffect {
  readonly is: "invoice";
  readonly address: string;
}
