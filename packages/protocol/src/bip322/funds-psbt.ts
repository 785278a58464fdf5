import { equalBytes } from "@noble/curves/utils.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { RawOldTx, RawOutput, RawWitness } from "@scure/btc-signer/script.js";
import { type PsbtMap, readMaps, writeMaps } from "./psbt-maps.ts";
import {
  parseTransaction,
  type RawTransaction,
  serializeTransaction,
  type TransactionInput,
  type TransactionOutput,
  transactionIdBytes,
} from "./raw-transaction.ts";

// A proof of funds is written as a PSBT (BIP-174, version 0) whose inputs are all finalized: the unsigned `to_sign`, and for each
// input its final scripts and the output that it spends (the output itself, or the whole transaction that made it).

/** What a PSBT says about the output that one of its inputs spends: a claim, to be compared with what is known. */
export type ClaimedOutput = {
  readonly witnessUtxo?: TransactionOutput;
  /** Of the whole previous transaction, whose id is the one that the input names; of an earlier input's where this has none (BIP-322). */
  readonly nonWitnessUtxo?: TransactionOutput;
};

export type FundsPsbt = {
  /** `to_sign` with its final scripts. */
  readonly tx: RawTransaction;
  /** By input. */
  readonly claimed: readonly ClaimedOutput[];
};

// Types of BIP-174's keys.
const GLOBAL_UNSIGNED_TX = 0x00;
const GLOBAL_VERSION = 0xfb;
const IN_NON_WITNESS_UTXO = 0x00;
const IN_WITNESS_UTXO = 0x01;
const IN_FINAL_SCRIPTSIG = 0x07;
const IN_FINAL_SCRIPTWITNESS = 0x08;

const decoded = <T>(coder: { decode: (bytes: Uint8Array) => T }, bytes: Uint8Array): T | undefined => {
  try {
    return coder.decode(bytes);
  } catch {
    return undefined;
  }
};

/** What stands under a type, decoded; undefined where nothing does, "malformed" for what cannot be read. */
const member = <T>(
  map: PsbtMap,
  type: number,
  decode: (bytes: Uint8Array) => T | undefined,
): T | undefined | "malformed" => {
  const bytes = map.get(type);
  return bytes === undefined ? undefined : (decode(bytes) ?? "malformed");
};

export type FundsPsbtProblem =
  | "malformed_psbt"
  /** An input has no final scripts. */
  | "not_finalized"
  /** The previous transaction of an input has not the id that the input names, or not that many outputs. */
  | "utxo_differs";

const MALFORMED = { problem: "malformed_psbt" } as const;

/** Reads the PSBT of a proof of funds. */
export const readFundsPsbt = (bytes: Uint8Array): FundsPsbt | { readonly problem: FundsPsbtProblem } => {
  const [global, ...maps] = readMaps(bytes) ?? [];
  const version = global?.get(GLOBAL_VERSION);
  const text = global?.get(GLOBAL_UNSIGNED_TX);
  const unsigned = text && decoded(RawOldTx, text);
  if (unsigned === undefined || version?.some((byte) => byte !== 0)) return MALFORMED;
  if (maps.length !== unsigned.inputs.length + unsigned.outputs.length) return MALFORMED;
  if (unsigned.inputs.some(({ finalScriptSig }) => finalScriptSig.length > 0)) return MALFORMED;

  const claimed: ClaimedOutput[] = [];
  const inputs: TransactionInput[] = [];
  const witnesses: (readonly Uint8Array[])[] = [];
  const whole = new Map<string, readonly TransactionOutput[]>();
  for (const [at, input] of unsigned.inputs.entries()) {
    const map = maps[at]!;
    const previous = member(map, IN_NON_WITNESS_UTXO, parseTransaction);
    const witnessUtxo = member(map, IN_WITNESS_UTXO, (of) => decoded(RawOutput, of));
    const witness = member(map, IN_FINAL_SCRIPTWITNESS, (of) => decoded(RawWitness, of));
    const scriptSig = map.get(IN_FINAL_SCRIPTSIG);
    if (previous === "malformed" || witnessUtxo === "malformed" || witness === "malformed") return MALFORMED;
    if (scriptSig === undefined && witness === undefined) return { problem: "not_finalized" };

    const name = bytesToHex(input.txid);
    if (previous !== undefined) {
      if (!equalBytes(transactionIdBytes(previous), input.txid)) return { problem: "utxo_differs" };
      if (!whole.has(name)) whole.set(name, previous.outputs);
    }
    const outputs = whole.get(name);
    const output = outputs?.[input.index];
    if (outputs !== undefined && output === undefined) return { problem: "utxo_differs" };
    claimed.push({
      ...(witnessUtxo === undefined ? {} : { witnessUtxo }),
      ...(output === undefined ? {} : { nonWitnessUtxo: output }),
    });
    inputs.push({ ...input, finalScriptSig: scriptSig ?? new Uint8Array() });
    witnesses.push(witness ?? []);
  }
  const { version: txVersion, outputs, lockTime } = unsigned;
  return { tx: { version: txVersion, inputs, outputs, witnesses, lockTime }, claimed };
};

/** How an input of the PSBT tells the output that it spends: as itself, or as the raw transaction that made it (for p2pkh). */
export type ToldOutput = { readonly output: TransactionOutput } | { readonly previous: Uint8Array };

/** Writes a signed `to_sign` as a finalized PSBT. `told`: by input. */
export const writeFundsPsbt = (tx: RawTransaction, told: readonly ToldOutput[]): Uint8Array => {
  const unsigned = serializeTransaction({
    version: tx.version,
    inputs: tx.inputs.map((input) => ({ ...input, finalScriptSig: new Uint8Array() })),
    outputs: tx.outputs,
    lockTime: tx.lockTime,
  });
  return writeMaps([
    new Map([[GLOBAL_UNSIGNED_TX, unsigned]]),
    ...tx.inputs.map(({ finalScriptSig }, at) => {
      const of = told[at]!;
      const map = new Map<number, Uint8Array>();
      if ("previous" in of) map.set(IN_NON_WITNESS_UTXO, of.previous);
      else map.set(IN_WITNESS_UTXO, RawOutput.encode(of.output));
      if (finalScriptSig.length > 0) map.set(IN_FINAL_SCRIPTSIG, finalScriptSig);
      const witness = tx.witnesses?.[at] ?? [];
      if (witness.length > 0) map.set(IN_FINAL_SCRIPTWITNESS, RawWitness.encode([...witness]));
      return map;
    }),
    ...tx.outputs.map(() => new Map<number, Uint8Array>()),
  ]);
};
