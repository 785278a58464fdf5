import { bytesToHex } from "@noble/hashes/utils.js";
import { RawOldTx, RawTx } from "@scure/btc-signer/script.js";
import { sha256x2 } from "@scure/btc-signer/utils.js";

export type TransactionInput = {
  /** Id of the transaction whose output is spent, in the order people read (reversed on the wire). 32 bytes. */
  readonly txid: Uint8Array;
  readonly index: number;
  /** scriptSig. */
  readonly finalScriptSig: Uint8Array;
  readonly sequence: number;
};

export type TransactionOutput = {
  /** Satoshi. */
  readonly amount: bigint;
  /** scriptPubKey. */
  readonly script: Uint8Array;
};

/** A Bitcoin transaction as it stands on the wire. */
export type RawTransaction = {
  readonly version: number;
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly TransactionOutput[];
  /** One stack for each input, or none at all when no input has a witness. */
  readonly witnesses?: readonly (readonly Uint8Array[])[];
  readonly lockTime: number;
};

const withoutWitness = (tx: RawTransaction): Uint8Array =>
  RawOldTx.encode({
    version: tx.version,
    inputs: [...tx.inputs],
    outputs: [...tx.outputs],
    lockTime: tx.lockTime,
  });

/** Reads a transaction in network serialisation (BIP-144), all of the bytes; undefined when it is malformed. */
export const parseTransaction = (bytes: Uint8Array): RawTransaction | undefined => {
  try {
    const { version, inputs, outputs, witnesses, lockTime } = RawTx.decode(bytes);
    return { version, inputs, outputs, lockTime, ...(witnesses ? { witnesses } : {}) };
  } catch {
    return undefined;
  }
};

/** Writes a transaction in network serialisation (BIP-144): with its witnesses, if any stack has an item. */
export const serializeTransaction = (tx: RawTransaction): Uint8Array => {
  if (!tx.witnesses?.some((stack) => stack.length > 0)) return withoutWitness(tx);
  return RawTx.encode({
    version: tx.version,
    segwitFlag: true,
    inputs: [...tx.inputs],
    outputs: [...tx.outputs],
    witnesses: tx.witnesses.map((stack) => [...stack]),
    lockTime: tx.lockTime,
  });
};

/** The id by which inputs refer to the transaction (without witnesses), in the order people read. 32 bytes. */
export const transactionIdBytes = (tx: RawTransaction): Uint8Array => sha256x2(withoutWitness(tx)).reverse();

/** The same in hex, as nodes and explorers write it. */
export const transactionId = (tx: RawTransaction): string => bytesToHex(transactionIdBytes(tx));

/** In vbytes (BIP-141): what fees are paid for. */
export const virtualSize = (tx: RawTransaction): number =>
  Math.ceil((3 * withoutWitness(tx).length + serializeTransaction(tx).length) / 4);
