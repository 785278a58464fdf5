import type { Amount } from "@coinholder/protocol";
import type { By } from "../command.ts";
import type { HaltReason } from "./halt.ts";

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

/**
 * An address of the wallet's was paid although this journal never gave it out: the journal was restored from an older backup,
 * or the wallet from its phrase. It becomes the hub's own (sys-hub), and the counter goes past it, so that nobody is given it.
 */
export interface ChainAddress {
  readonly kind: "chain-address";
  readonly branch: "receive" | "change";
  readonly index: number;
  readonly address: string;
}
/**
 * Numbers up to this one are not given to transfers any more: the wallet has signed withdrawals under them that this journal, restored
 * from an older backup, does not know, and would sign for no other one of the same number.
 */
export interface SkipTransfers {
  readonly kind: "skip-transfers";
  readonly to: number;
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
/** What a full rescan found in blocks at or below the tip that no earlier command told of. In chain order. */
export interface ChainRescan {
  readonly kind: "chain-rescan";
  readonly receipts: readonly (Receipt & { readonly height: number })[];
  readonly spends: readonly (Spend & { readonly height: number })[];
}

/** An output of a payout to one of the wallet's own change addresses. */
export interface Change {
  readonly vout: number;
  readonly value: Amount;
  readonly address: string;
  /** Position in the wallet's change branch. */
  readonly index: number;
}
/**
 * - `payment` pays withdrawals.
 * - `child` pays none: it spends change of a payout that is never replaced, so that miners take both (CPFP).
 * - `sweep` takes `cold` satoshi to the operator's cold wallet, signed there or outside.
 */
export type PayoutKind = "payment" | "child" | "sweep";

/** A signed transaction; journaled before it is sent, so that a restart sends these bytes. */
export interface PayoutBuilt {
  readonly kind: "payout-built";
  readonly is: PayoutKind;
  readonly withdrawals: readonly number[];
  readonly txid: string;
  /** Hex. */
  readonly raw: string;
  readonly inputs: readonly string[];
  readonly change: readonly Change[];
  /** Paid to the miner. */
  readonly fee: Amount;
  readonly vsize: number;
  /** Of a sweep: what arrives in the cold wallet, else 0. */
  readonly cold: Amount;
  /** Of a sweep: who finished it. Journals from before do not say. */
  readonly by?: By | undefined;
}
/**
 * Another signed transaction for the same payout with a higher fee (BIP-125). It spends every input of all versions before,
 * so that only one of them can ever confirm. Never for a pledged payout.
 */
export interface PayoutReplaced {
  readonly kind: "payout-replaced";
  readonly payout: number;
  readonly txid: string;
  readonly raw: string;
  readonly inputs: readonly string[];
  readonly change: readonly Change[];
  readonly fee: Amount;
  readonly vsize: number;
}
/** The node has taken the transaction. */
export interface PayoutBroadcast {
  readonly kind: "payout-broadcast";
  readonly payout: number;
}
/**
 * The operator gives up a payout whose coins were spent elsewhere, final_after blocks deep: what it paid is reserved anew.
 * Refused (payout_unknown, payout_alive) while any of its versions could still confirm.
 */
export interface PayoutAbandoned {
  readonly kind: "payout-abandoned";
  readonly by: By;
  readonly payout: number;
}
/** All payments by chain stop: none is accepted, none is built. The engine halts by itself too (see halt.ts). */
export interface HaltWithdrawals {
  readonly kind: "halt-withdrawals";
  readonly by: By;
  readonly reason: HaltReason;
  /** In the operator's words. Journals from before have none. */
  readonly why?: string | undefined;
}
export interface ResumeWithdrawals {
  readonly kind: "resume-withdrawals";
  readonly by: By;
  /** As of a halt: for the audit. */
  readonly why?: string | undefined;
}
/** A receive address whose deposits come back from the cold wallet (sys-cold). */
export interface ColdAddress {
  readonly kind: "cold-address";
  readonly by: By;
  readonly address: string;
  readonly index: number;
}
