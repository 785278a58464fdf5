import { taggedHash } from "../bip340.ts";
import { type RawTransaction, transactionId, transactionIdBytes } from "./raw-transaction.ts";

// BIP-322 signs a message by spending the output of a transaction that cannot exist (`to_spend`, which
// contains the message's hash) with another (`to_sign`).

const EMPTY = new Uint8Array();
const OP_RETURN = 0x6a;

/** A message as bytes: text in UTF-8. Undefined for text with half a surrogate pair, which has no UTF-8 form. */
export const messageBytes = (message: Uint8Array | string): Uint8Array | undefined => {
  if (typeof message !== "string") return message;
  return /\p{Surrogate}/u.test(message) ? undefined : new TextEncoder().encode(message);
};

/** BIP-322 message hash. 32 bytes. */
export const messageHash = (message: Uint8Array): Uint8Array => taggedHash("BIP0322-signed-message", message);

/** The virtual transaction that pays nothing to `script` (the scriptPubKey that signs) and holds the message's hash. */
export const toSpend = (script: Uint8Array, message: Uint8Array): RawTransaction => ({
  version: 0,
  inputs: [
    {
      txid: new Uint8Array(32),
      index: 0xffff_ffff,
      finalScriptSig: Uint8Array.of(0x00, 32, ...messageHash(message)), // OP_0 PUSH32
      sequence: 0,
    },
  ],
  outputs: [{ amount: 0n, script }],
  lockTime: 0,
});

/** What satisfies the input of `to_sign`. */
export type Satisfaction = { readonly scriptSig: Uint8Array; readonly witness: readonly Uint8Array[] };

/** The virtual transaction that spends `toSpend`, with the default version, timelock and age; unsigned if not told otherwise. */
export const toSign = (
  spent: RawTransaction,
  { scriptSig, witness }: Satisfaction = { scriptSig: EMPTY, witness: [] },
): RawTransaction => ({
  version: 0,
  inputs: [{ txid: transactionIdBytes(spent), index: 0, finalScriptSig: scriptSig, sequence: 0 }],
  outputs: [{ amount: 0n, script: Uint8Array.of(OP_RETURN) }],
  witnesses: [witness],
  lockTime: 0,
});

/** Transaction id (hex) of `to_spend`. */
export const toSpendTxid = (script: Uint8Array, message: Uint8Array): string =>
  transactionId(toSpend(script, message));

/** Transaction id (hex) of the unsigned `to_sign` with default version, timelock and age. */
export const toSignTxid = (script: Uint8Array, message: Uint8Array): string =>
  transactionId(toSign(toSpend(script, message)));
