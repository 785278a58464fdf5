import type { Amount } from "@coinholder/protocol";

/** The chain below this block is as it was before the hub began: nothing of the hub's is in it. */
export interface ChainBegin {
  readonly kind: "chain-begin";
  readonly height: number;
  readonly hash: string;
}

/** An output that pays one of the hub's addresses. */
export interface Receipt {
  readonly txid: string;
  readonly vout: number;
  readonly value: Amount;
  readonly address: string;
  readonly coinbase?: true;
}
/** One of the hub's coins as the input of a transaction. */
export interface Spend {
  /** "txid:vout" */
  readonly outpoint: string;
  /** The transaction that spends it. */
  readonly txid: string;
}

/** The next block on top of the tip, with what concerns the hub in it. */
export interface ChainBlock {
  readonly kind: "chain-block";
  readonly height: number;
  readonly hash: string;
  readonly prev: string;
  readonly receipts: readonly Receipt[];
  readonly spends: readonly Spend[];
}
/** The tip is no longer part of the best chain. */
export interface ChainUndo {
  readonly kind: "chain-undo";
  readonly height: number;
  readonly hash: string;
}
/** What appeared in the node's mempool and what went from it unconfirmed. */
export interface ChainMempool {
  readonly kind: "chain-mempool";
  readonly appeared: readonly Receipt[];
  /** Outpoints "txid:vout". */
  readonly gone: readonly string[];
}
/** A signed transaction that pays withdrawals; journaled before it is sent, so that a restart sends these bytes. */
export interface PayoutBuilt {
  readonly kind: "payout-built";
  readonly withdrawals: readonly number[];
  readonly txid: string;
  /** Hex. */
  readonly raw: string;
  readonly inputs: readonly string[];
  readonly change?: {
    readonly vout: number;
    readonly value: Amount;
    readonly address: string;
    readonly index: number;
  };
  /** Paid to the miner. */
  readonly fee: Amount;
}
/** The node has taken the transaction. */
export interface PayoutBroadcast {
  readonly kind: "payout-broadcast";
  readonly payout: number;
}
