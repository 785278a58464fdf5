import { equalBytes } from "@noble/curves/utils.js";
import { RawWitness } from "@scure/btc-signer/script.js";
import { type DecodedAddress, decodeAddress } from "../bitcoin-address.ts";
import { decodeBase64 } from "./canonical-base64.ts";
import { parseTransaction, type RawTransaction, transactionIdBytes } from "./raw-transaction.ts";
import { verifyInput } from "./verify-input.ts";
import { messageBytes, toSign, toSpend } from "./virtual-transactions.ts";

export type InvalidReason =
  | "malformed_address"
  /** Text that has no UTF-8 form. */
  | "malformed_message"
  | "empty_signature"
  /** Not canonical base64 with padding; also an unknown prefix, which is then read as part of the base64. */
  | "malformed_base64"
  /** A simple signature that is not a witness stack. */
  | "malformed_witness"
  /** A full signature that is not a transaction. */
  | "malformed_transaction"
  /** A full signature's transaction has not one input and one OP_RETURN output of nothing, as the BIP asks. */
  | "unexpected_transaction"
  /** Legacy and nested addresses need the full form. */
  | "full_form_needed"
  /** A full signature that was made for another message or another address. */
  | "other_message_or_address"
  | "wrong_signature";

export type InconclusiveReason =
  /** Longer than any signature by one key can be. */
  | "signature_too_long"
  /** `pof`: needs the chain: see verifyProofOfFunds. */
  | "proof_of_funds"
  /** Not a script of one key: nobody looked at the signature. */
  | "unknown_script"
  /** The BIP keeps versions of the transaction other than 0 and 2 for later. */
  | "unknown_version";

export type Verdict =
  | {
      readonly result: "valid";
      /**
       * Present when the signature sets a timelock: «valid at time T and age S» in the BIP's words. Both as
       * they stand in the transaction: nLockTime, and nSequence of its first input.
       */
      readonly validAt?: { readonly lockTime: number; readonly sequence: number };
    }
  | { readonly result: "invalid"; readonly reason: InvalidReason }
  | { readonly result: "inconclusive"; readonly reason: InconclusiveReason };

/** A full signature by one key has less than 500 characters; what is longer need not be decoded. */
const MAX_SIGNATURE_CHARS = 20_000;

const invalid = (reason: InvalidReason): Verdict => ({ result: "invalid", reason });
const inconclusive = (reason: InconclusiveReason): Verdict => ({ result: "inconclusive", reason });

type Form = "smp" | "ful" | "pof";
const FORMS: readonly Form[] = ["smp", "ful", "pof"];

/** The BIP lets a verifier take a signature without a prefix for a simple one, as they were before version 1. */
const splitPrefix = (signature: string): { form: Form; body: string } => {
  const form = FORMS.find((prefix) => signature.startsWith(prefix));
  return form ? { form, body: signature.slice(form.length) } : { form: "smp", body: signature };
};

const decodeWitness = (bytes: Uint8Array): Uint8Array[] | undefined => {
  try {
    return RawWitness.decode(bytes);
  } catch {
    return undefined;
  }
};

const isNative = ({ type }: DecodedAddress): boolean => type !== "p2pkh" && type !== "p2sh";

const isToSignOf = ({ inputs: [input] }: RawTransaction, spent: RawTransaction): boolean =>
  input?.index === 0 && equalBytes(input.txid, transactionIdBytes(spent));

const hasShapeOfToSign = ({ inputs, outputs }: RawTransaction): boolean => {
  const script = outputs[0]?.script;
  const paysNothing = outputs.length === 1 && outputs[0]?.amount === 0n;
  return inputs.length === 1 && paysNothing && script?.length === 1 && script[0] === 0x6a;
};

/** Steps 2 to 5 of the BIP's verification, for a `to_sign` that fits `to_spend`. */
const judge = (spent: RawTransaction, tx: RawTransaction): Verdict => {
  const verdict = verifyInput(tx, 0, spent.outputs, "all_only");
  if (verdict === "invalid") return invalid("wrong_signature");
  if (verdict === "inconclusive") return inconclusive("unknown_script");
  // The last step but one in the BIP: what is wrong by today's rules is so whatever a later version means.
  if (tx.version !== 0 && tx.version !== 2) return inconclusive("unknown_version");
  const { lockTime } = tx;
  const sequence = tx.inputs[0]!.sequence;
  return lockTime === 0 && sequence === 0
    ? { result: "valid" }
    : { result: "valid", validAt: { lockTime, sequence } };
};

/**
 * Verifies a BIP-322 (version 2.0.0) signature of a message (text is taken as UTF-8) by the key of an address
 * of any network. Understood are the simple (`smp`, or without prefix) and the full (`ful`) form for scripts
 * of one key: p2wpkh, p2tr by its key, and in the full form p2pkh and nested p2wpkh. Anything else is
 * `inconclusive` unless it is certainly wrong, never `valid`. Never throws, whatever the three texts are.
 *
 * The 65-byte signatures from before BIP-322 are invalid. A valid signature says nothing about who sent a
 * payment, nor about funds.
 */
export const verifyMessage = (address: string, message: Uint8Array | string, signature: string): Verdict => {
  const owner = decodeAddress(address);
  if ("error" in owner) return invalid("malformed_address");
  const signed = messageBytes(message);
  if (signed === undefined) return invalid("malformed_message");
  if (signature.length > MAX_SIGNATURE_CHARS) return inconclusive("signature_too_long");
  const { form, body } = splitPrefix(signature);
  if (body === "") return invalid("empty_signature");
  const bytes = decodeBase64(body);
  if (bytes === undefined) return invalid("malformed_base64");
  if (form === "pof") return inconclusive("proof_of_funds");

  const spent = toSpend(owner.script, signed);
  if (form === "smp") {
    const witness = decodeWitness(bytes);
    if (witness === undefined) return invalid("malformed_witness");
    if (!isNative(owner)) return invalid("full_form_needed");
    return judge(spent, toSign(spent, { scriptSig: new Uint8Array(), witness }));
  }
  const tx = parseTransaction(bytes);
  if (tx === undefined) return invalid("malformed_transaction");
  if (!hasShapeOfToSign(tx)) return invalid("unexpected_transaction");
  if (!isToSignOf(tx, spent)) return invalid("other_message_or_address");
  return judge(spent, tx);
};
