import { hex } from "@scure/base";
import { RawOldTx, RawTx } from "@scure/btc-signer/script.js";
import { equalBytes } from "@scure/btc-signer/utils.js";
import { MAX_MONEY } from "./amount.ts";
import { type Bytes, hashId } from "./hash.ts";

export type TxInput = {
  /** Of the transaction whose output is spent, in display order. */
  readonly txid: string;
  readonly index: number;
  readonly scriptSig: Bytes;
  readonly sequence: number;
  readonly witness: readonly Bytes[];
};
export type TxOutput = { readonly amount: bigint; readonly script: Bytes };

/** A parsed transaction: never changed after it was made. */
export type Tx = {
  readonly raw: Bytes;
  readonly txid: string;
  readonly wtxid: string;
  readonly version: number;
  readonly lockTime: number;
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
  /** Bytes without the witness. */
  readonly strippedSize: number;
  /** BIP 141: four times the stripped size plus the witness's. */
  readonly weight: number;
  readonly vsize: number;
};

type RawTransaction = ReturnType<typeof RawTx.decode>;
const NO_TXID = "0".repeat(64);

export const outpoint = (txid: string, index: number): string => `${txid}:${index}`;
export const spentOutpoints = (tx: Tx): string[] =>
  tx.inputs.map((input) => outpoint(input.txid, input.index));
export const isCoinbase = (tx: Tx): boolean =>
  tx.inputs.length === 1 && tx.inputs[0]!.txid === NO_TXID && tx.inputs[0]!.index === 0xffffffff;

export function txFromParts(parts: RawTransaction): Tx {
  const raw = RawTx.encode(parts);
  const stripped = parts.segwitFlag ? RawOldTx.encode(parts) : raw;
  const txid = hashId(stripped);
  const weight = stripped.length * 3 + raw.length;
  return {
    raw,
    txid,
    wtxid: parts.segwitFlag ? hashId(raw) : txid,
    version: parts.version,
    lockTime: parts.lockTime,
    inputs: parts.inputs.map((input, i) => ({
      txid: hex.encode(input.txid),
      index: input.index,
      scriptSig: input.finalScriptSig,
      sequence: input.sequence,
      witness: parts.witnesses?.[i] ?? [],
    })),
    outputs: parts.outputs.map(({ amount, script }) => ({ amount, script })),
    strippedSize: stripped.length,
    weight,
    vsize: Math.ceil(weight / 4),
  };
}

/** Undefined when the bytes are not exactly one transaction in its one serialisation. */
export function parseTx(raw: Bytes): Tx | undefined {
  try {
    const tx = txFromParts(RawTx.decode(raw));
    return equalBytes(tx.raw, raw) ? tx : undefined;
  } catch {
    return undefined;
  }
}

/** What every transaction outside a coinbase must keep wherever it stands: Core's reject reason, or undefined. */
export function contextFreeFault(tx: Tx): string | undefined {
  if (tx.inputs.length === 0) return "bad-txns-vin-empty";
  if (tx.outputs.length === 0) return "bad-txns-vout-empty";
  if (tx.strippedSize * 4 > 4_000_000) return "bad-txns-oversize";
  let total = 0n;
  for (const { amount } of tx.outputs) {
    // On the wire amounts are signed: what reads as 2^63 or more is a negative one.
    if (amount >= 1n << 63n) return "bad-txns-vout-negative";
    if (amount > MAX_MONEY) return "bad-txns-vout-toolarge";
    total += amount;
    if (total > MAX_MONEY) return "bad-txns-txouttotal-toolarge";
  }
  if (new Set(spentOutpoints(tx)).size !== tx.inputs.length) return "bad-txns-inputs-duplicate";
  if (isCoinbase(tx)) return "coinbase";
  if (tx.inputs.some((input) => input.txid === NO_TXID)) return "bad-txns-prevout-null";
  return undefined;
}
