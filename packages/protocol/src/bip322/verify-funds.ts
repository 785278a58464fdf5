import { equalBytes } from "@noble/curves/utils.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { templateOfScript } from "../bitcoin-address.ts";
import { decodeBase64 } from "./canonical-base64.ts";
import { type ClaimedOutput, type FundsPsbtProblem, readFundsPsbt } from "./funds-psbt.ts";
import { MAX_FUNDS_CHARS, MAX_FUNDS_INPUTS, turn } from "./proof-of-funds.ts";
import {
  type RawTransaction,
  type TransactionInput,
  type TransactionOutput,
  transactionIdBytes,
} from "./raw-transaction.ts";
import { verifyInput } from "./verify-input.ts";
import { messageBytes, toSpend } from "./virtual-transactions.ts";

export type FundsInvalidReason =
  | FundsPsbtProblem
  /** Text that has no UTF-8 form. */
  | "malformed_message"
  /** The prefix is not `pof`. */
  | "not_proof_of_funds"
  | "malformed_base64"
  /** Not one OP_RETURN output of nothing, as the BIP asks. */
  | "unexpected_transaction"
  | "other_message_or_address"
  /** An output stands twice, so would count twice. */
  | "repeated_input"
  /** The PSBT does not tell the output that an input spends, as the BIP asks (of p2pkh the whole transaction that made it). */
  | "utxo_missing"
  /** `outputOf` knows no such output: it was spent, or never was. */
  | "not_unspent"
  | "wrong_signature";

export type FundsInconclusiveReason =
  | "signature_too_long"
  | "too_many_inputs"
  /** Not a script of one key: nobody looked at that signature. */
  | "unknown_script"
  | "unknown_version";

export type ProvenOutput = TransactionOutput & {
  /** "txid:vout". */
  readonly outpoint: string;
  /** nSequence: other than 0 it may ask for an age that the output has not reached (the BIP leaves that to its reader). */
  readonly sequence: number;
};

export type FundsVerdict =
  | {
      readonly result: "valid";
      /** What was proven, in the proof's order, as `outputOf` told it. */
      readonly outputs: readonly ProvenOutput[];
      /** As in Verdict of verifyMessage. */
      readonly validAt?: { readonly lockTime: number; readonly sequence: number };
    }
  /** `outpoint`: the first one that it is about. */
  | { readonly result: "invalid"; readonly reason: FundsInvalidReason; readonly outpoint?: string }
  | { readonly result: "inconclusive"; readonly reason: FundsInconclusiveReason; readonly outpoint?: string };

/** Signatures verified before others have their turn: about 10 ms. */
const A_TURN = 8;

const invalid = (reason: FundsInvalidReason, outpoint?: string): FundsVerdict => ({
  result: "invalid",
  reason,
  ...(outpoint === undefined ? {} : { outpoint }),
});
const inconclusive = (reason: FundsInconclusiveReason, outpoint?: string): FundsVerdict => ({
  result: "inconclusive",
  reason,
  ...(outpoint === undefined ? {} : { outpoint }),
});

const nameOf = ({ txid, index }: TransactionInput): string => `${bytesToHex(txid)}:${index}`;

const paysNothing = ({ outputs }: RawTransaction): boolean => {
  const script = outputs[0]?.script;
  return outputs.length === 1 && outputs[0]?.amount === 0n && script?.length === 1 && script[0] === 0x6a;
};

const isSame = (a: TransactionOutput, b: TransactionOutput): boolean =>
  a.amount === b.amount && equalBytes(a.script, b.script);

/** What is wrong with the PSBT's word on an output, of which the truth is known. */
const misclaim = (
  { witnessUtxo, nonWitnessUtxo }: ClaimedOutput,
  truth: TransactionOutput,
): FundsInvalidReason | undefined => {
  const claims = [witnessUtxo, nonWitnessUtxo].filter((claim) => claim !== undefined);
  if (!claims.every((claim) => isSame(claim, truth))) return "utxo_differs";
  // A legacy signature does not cover the amount: BIP-174 wants the transaction that it can be read from.
  const needed = templateOfScript(truth.script)?.type === "p2pkh" ? nonWitnessUtxo : claims[0];
  return needed === undefined ? "utxo_missing" : undefined;
};

/**
 * Verifies a BIP-322 (version 2.0.0) proof of funds: that who has the key of `script` (the challenge, a scriptPubKey) signed the
 * message (text is taken as UTF-8) and controlled each of the proof's further outputs when it was made. It says nothing about others
 * who may have those keys too, nor that the outputs are all that there are.
 *
 * Nothing is taken from the proof's own word: `outputOf` answers for "txid:vout" the unspent output from a source that the verifier
 * trusts, or undefined. It is asked for up to MAX_FUNDS_INPUTS outputs at once, after everything that needs no chain was checked.
 *
 * Understood are the scripts of one key: p2wpkh, p2tr by its key, p2pkh, p2wpkh nested in p2sh; others are `inconclusive` unless
 * something is certainly wrong. Signatures must cover the whole transaction. Rejects only if `outputOf` does.
 */
export const verifyProofOfFunds = async ({
  script,
  message,
  signature,
  outputOf,
}: {
  readonly script: Uint8Array;
  readonly message: Uint8Array | string;
  readonly signature: string;
  readonly outputOf: (
    outpoint: string,
  ) => TransactionOutput | undefined | Promise<TransactionOutput | undefined>;
}): Promise<FundsVerdict> => {
  const signed = messageBytes(message);
  if (signed === undefined) return invalid("malformed_message");
  if (signature.length > MAX_FUNDS_CHARS) return inconclusive("signature_too_long");
  if (!signature.startsWith("pof")) return invalid("not_proof_of_funds");
  const bytes = decodeBase64(signature.slice(3));
  if (bytes === undefined) return invalid("malformed_base64");
  const psbt = readFundsPsbt(bytes);
  if ("problem" in psbt) return invalid(psbt.problem);

  const { tx, claimed } = psbt;
  const [first, ...further] = tx.inputs;
  const spent = toSpend(script, signed);
  if (!paysNothing(tx)) return invalid("unexpected_transaction");
  if (first?.index !== 0 || !equalBytes(first.txid, transactionIdBytes(spent)))
    return invalid("other_message_or_address");
  if (further.length > MAX_FUNDS_INPUTS) return inconclusive("too_many_inputs");
  const outpoints = further.map(nameOf);
  const repeated = outpoints.find((one, at) => one === nameOf(first) || outpoints.indexOf(one) !== at);
  if (repeated !== undefined) return invalid("repeated_input", repeated);

  const outputs: TransactionOutput[] = [...spent.outputs];
  const truths = await Promise.all(outpoints.map((outpoint) => outputOf(outpoint)));
  for (const [at, truth] of truths.entries()) {
    if (truth === undefined) return invalid("not_unspent", outpoints[at]);
    outputs.push({ amount: truth.amount, script: truth.script });
  }
  const pointAt = (at: number): string | undefined => outpoints[at - 1];
  for (const [at, output] of outputs.entries()) {
    const wrong = misclaim(claimed[at]!, output);
    if (wrong !== undefined) return invalid(wrong, pointAt(at));
  }
  let unknown: FundsVerdict | undefined;
  for (const at of outputs.keys()) {
    const verdict = verifyInput(tx, at, outputs, "all_only");
    if (verdict === "invalid") return invalid("wrong_signature", pointAt(at));
    if (verdict === "inconclusive") unknown ??= inconclusive("unknown_script", pointAt(at));
    if (at % A_TURN === A_TURN - 1) await turn();
  }
  if (unknown !== undefined) return unknown;
  // The last step in the BIP: what is wrong by today's rules is so whatever a later version means.
  if (tx.version !== 0 && tx.version !== 2) return inconclusive("unknown_version");
  const proven = further.map(
    ({ sequence }, at): ProvenOutput => ({ outpoint: outpoints[at]!, ...outputs[at + 1]!, sequence }),
  );
  const { lockTime } = tx;
  const { sequence } = first;
  return lockTime === 0 && sequence === 0
    ? { result: "valid", outputs: proven }
    : { result: "valid", outputs: proven, validAt: { lockTime, sequence } };
};
