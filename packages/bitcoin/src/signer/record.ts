import type { Sats, TimeMs } from "@coinholder/protocol";

/**
 * - `payment` pays withdrawals;
 * - `child` spends change of another to ourselves;
 * - `sweep` pays the operator's cold wallet.
 */
export type SignedKind = "payment" | "child" | "sweep";

/** A withdrawal by the number of its transfer. `amount`: what arrives. */
export type PaidWithdrawal = { transfer: number; address: string; amount: Sats };

/** A transaction that was signed, with all that its journal entry needs. Plain data. */
export type SignedRecord = {
  is: SignedKind;
  /** Hex. */
  raw: string;
  txid: string;
  /** "txid:vout" */
  inputs: string[];
  /** Outputs to our own change branch at `index`. */
  change: { vout: number; value: Sats; address: string; index: number }[];
  fee: Sats;
  vsize: number;
  withdrawals: PaidWithdrawal[];
  /** Of a sweep: what arrives in the cold wallet, else 0. */
  cold: Sats;
  /** The version before. */
  replaces?: string;
  /** When it was signed; never earlier than that of the record before. */
  t: TimeMs;
};

/**
 * Why transactions are forgotten:
 * - `final`: one of them is buried in the chain. What they paid is never paid again.
 * - `abandoned`: none of them can ever confirm. What they paid may be paid by another.
 */
export type ForgetReason = "final" | "abandoned";

export type SignerEntry =
  | { is: "signed"; record: SignedRecord }
  | { is: "forgotten"; txids: string[]; why: ForgetReason };
