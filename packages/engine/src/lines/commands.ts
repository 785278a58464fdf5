import type { Amount } from "@coinholder/protocol";
import type { Receipt } from "../bitcoin/commands.ts";
import type { By } from "../command.ts";

/**
 * Another hub stands behind a transfer to this one. What needs the world outside was verified before the command was stamped:
 * signatures, the published key, that it is final, spends confirmed coins, pays its way and is in the node's mempool. Whether it
 * is credited before it confirms is decided here (rule.ts): all of its receipts, or none.
 * Answers `{status}`: `credited` (before it confirms), `noted` (it will count as any deposit), `confirmed` (it counts). The same again
 * does nothing and tells how it stands by then. Refusals: transfer_not_ours, transfer_claimed.
 */
export interface AttachIdentity {
  readonly kind: "attach-identity";
  /** The identity's x-only key, 64 hex digits. */
  readonly identity: string;
  /** Where it is published. */
  readonly url: string;
  readonly txid: string;
  /** Outpoints "txid:vout" of all that it spends. */
  readonly inputs: readonly string[];
  /** Its outputs to addresses of this hub. */
  readonly receipts: readonly Receipt[];
  /** False: the proof that its coins are the identity's was inconclusive, and it is only noted. */
  readonly credit: boolean;
  /** Keys that it had before, which have signed this one: what is known of them is the identity's from now on. */
  readonly succeeds?: readonly string[] | undefined;
}
/**
 * Another transaction spends what an attached transfer spends. Told again when it enters a block; that block is told before it.
 * Answers {}; of a transfer that is not attached (any more) it does nothing.
 */
export interface TransferConflicted {
  readonly kind: "transfer-conflicted";
  readonly txid: string;
  /** The other transaction's txid. */
  readonly rival: string;
  /** Of the block that has it; 0: it is only in the mempool. */
  readonly height: number;
}
/** The operator's ceiling on what may be credited before it confirms: of an identity or, without one, of all together. */
export interface SetLine {
  readonly kind: "set-line";
  readonly by: By;
  readonly identity?: string;
  /** Satoshi. 0 for an identity: nothing is credited. 0 for all together: the same. */
  readonly ceiling: Amount;
}
