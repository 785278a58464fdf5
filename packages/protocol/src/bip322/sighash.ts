import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { RawOldTx, RawOutput, VarBytes } from "@scure/btc-signer/script.js";
import { sha256x2 } from "@scure/btc-signer/utils.js";
import { taggedHash } from "../bip340.ts";
import type { RawTransaction, TransactionInput, TransactionOutput } from "./raw-transaction.ts";

// The 32 bytes that a signature signs, for the three kinds of input. The library has them as methods of its
// PSBT class only, which refuses transactions that it would not build itself; the tests compare with it.

export const SIGHASH_DEFAULT = 0x00;
export const SIGHASH_ALL = 0x01;
const SIGHASH_NONE = 0x02;
const SIGHASH_SINGLE = 0x03;
const SIGHASH_ANYONECANPAY = 0x80;

/** The hash types that a standard ECDSA signature can have (taproot has SIGHASH_DEFAULT besides). */
export const isDefinedHashType = (hashType: number): boolean => {
  const outputs = hashType & ~SIGHASH_ANYONECANPAY;
  return outputs >= SIGHASH_ALL && outputs <= SIGHASH_SINGLE;
};

const scopeOf = (hashType: number) => ({
  anyoneCanPay: (hashType & SIGHASH_ANYONECANPAY) !== 0,
  none: (hashType & 0x1f) === SIGHASH_NONE,
  single: (hashType & 0x1f) === SIGHASH_SINGLE,
});

/** 32-bit little endian; a negative number (a transaction version is signed) as its two's complement. */
const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};

const u64 = (value: bigint): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
};

const outpoint = ({ txid, index }: TransactionInput): Uint8Array =>
  concatBytes(txid.slice().reverse(), u32(index));

const outpoints = (inputs: readonly TransactionInput[]): Uint8Array => concatBytes(...inputs.map(outpoint));
const sequences = (inputs: readonly TransactionInput[]): Uint8Array =>
  concatBytes(...inputs.map(({ sequence }) => u32(sequence)));
const serializedOutputs = (outputs: readonly TransactionOutput[]): Uint8Array =>
  concatBytes(...outputs.map((output) => RawOutput.encode(output)));

/** The original algorithm, for inputs without witness. `scriptCode`: the script that the signature satisfies. */
export const legacySighash = (
  tx: RawTransaction,
  inputIndex: number,
  scriptCode: Uint8Array,
  hashType: number,
): Uint8Array => {
  const { anyoneCanPay, none, single } = scopeOf(hashType);
  // A flaw of the first node that became a rule: SINGLE without a matching output signs the number one.
  if (single && inputIndex >= tx.outputs.length) return Uint8Array.of(1, ...new Uint8Array(31));
  const blank = { amount: 0xffff_ffff_ffff_ffffn, script: new Uint8Array() };
  const inputs = tx.inputs
    .map((input, i) => ({
      ...input,
      finalScriptSig: i === inputIndex ? scriptCode : new Uint8Array(),
      sequence: i !== inputIndex && (none || single) ? 0 : input.sequence,
    }))
    .filter((_, i) => !anyoneCanPay || i === inputIndex);
  const signedOutputs = none ? [] : single ? tx.outputs.slice(0, inputIndex + 1) : tx.outputs;
  const outputs = signedOutputs.map((output, i) => (single && i !== inputIndex ? blank : output));
  const { version, lockTime } = tx;
  return sha256x2(RawOldTx.encode({ version, inputs, outputs, lockTime }), u32(hashType));
};

/** BIP-143, for witness version 0. `amount`: satoshi of the output that is spent. */
export const witnessV0Sighash = (
  tx: RawTransaction,
  inputIndex: number,
  scriptCode: Uint8Array,
  amount: bigint,
  hashType: number,
): Uint8Array => {
  const { anyoneCanPay, none, single } = scopeOf(hashType);
  const zero = new Uint8Array(32);
  const input = tx.inputs[inputIndex]!;
  const matching = tx.outputs.slice(inputIndex, inputIndex + 1);
  const allOutputs = () => sha256x2(serializedOutputs(tx.outputs));
  const ownOutput = () => (matching.length > 0 ? sha256x2(serializedOutputs(matching)) : zero);
  return sha256x2(
    u32(tx.version),
    anyoneCanPay ? zero : sha256x2(outpoints(tx.inputs)),
    anyoneCanPay || none || single ? zero : sha256x2(sequences(tx.inputs)),
    outpoint(input),
    VarBytes.encode(scriptCode),
    u64(amount),
    u32(input.sequence),
    none ? zero : single ? ownOutput() : allOutputs(),
    u32(tx.lockTime),
    u32(hashType),
  );
};

/**
 * BIP-341, for a taproot key path without annex. `spent`: the outputs that the inputs spend, in order.
 * Undefined for SINGLE without a matching output, which no signature can satisfy.
 */
export const taprootKeySighash = (
  tx: RawTransaction,
  inputIndex: number,
  spent: readonly TransactionOutput[],
  hashType: number,
): Uint8Array | undefined => {
  const { anyoneCanPay, none, single } = scopeOf(hashType);
  if (single && inputIndex >= tx.outputs.length) return undefined;
  const input = tx.inputs[inputIndex]!;
  const own = spent[inputIndex]!;
  const ofAllInputs = () => [
    sha256(outpoints(tx.inputs)),
    sha256(concatBytes(...spent.map(({ amount }) => u64(amount)))),
    sha256(concatBytes(...spent.map(({ script }) => VarBytes.encode(script)))),
    sha256(sequences(tx.inputs)),
  ];
  const ofOwnInput = () => [
    outpoint(input),
    u64(own.amount),
    VarBytes.encode(own.script),
    u32(input.sequence),
  ];
  const keyPathWithoutAnnex = Uint8Array.of(0);
  return taggedHash(
    "TapSighash",
    Uint8Array.of(0, hashType), // epoch 0
    u32(tx.version),
    u32(tx.lockTime),
    ...(anyoneCanPay ? [] : ofAllInputs()),
    ...(none || single ? [] : [sha256(serializedOutputs(tx.outputs))]),
    keyPathWithoutAnnex,
    ...(anyoneCanPay ? ofOwnInput() : [u32(inputIndex)]),
    ...(single ? [sha256(serializedOutputs([tx.outputs[inputIndex]!]))] : []),
  );
};
