import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { equalBytes } from "@noble/curves/utils.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import { RawWitness } from "@scure/btc-signer/script.js";
import { hash160, signECDSA, taprootTweakPrivKey } from "@scure/btc-signer/utils.js";
import { signSchnorr } from "../bip340.ts";
import {
  decodeAddress,
  type ScriptTemplate,
  scriptOfTemplate,
  templateOfScript,
} from "../bitcoin-address.ts";
import { type RawTransaction, serializeTransaction } from "./raw-transaction.ts";
import {
  legacySighash,
  SIGHASH_ALL,
  SIGHASH_DEFAULT,
  taprootKeySighash,
  witnessV0Sighash,
} from "./sighash.ts";
import { messageBytes, type Satisfaction, toSign, toSpend } from "./virtual-transactions.ts";

export type SigningErrorCode =
  | "malformed_private_key"
  | "malformed_address"
  | "malformed_message"
  /** The address is not one that this key alone can sign for. */
  | "not_address_of_key"
  /** A legacy or nested address has no simple form. */
  | "full_form_needed";

export class MessageSigningError extends Error {
  readonly code: SigningErrorCode;
  constructor(code: SigningErrorCode, message: string) {
    super(message);
    this.name = "MessageSigningError";
    this.code = code;
  }
}

const NOTHING = new Uint8Array();

const signWith = (privateKey: Uint8Array, digest: Uint8Array): Uint8Array =>
  concatBytes(signECDSA(digest, privateKey), Uint8Array.of(SIGHASH_ALL));

const push = (data: Uint8Array): Uint8Array => Uint8Array.of(data.length, ...data);

const keyHashWitness = (
  privateKey: Uint8Array,
  tx: RawTransaction,
  publicKey: Uint8Array,
): readonly Uint8Array[] => {
  const scriptCode = scriptOfTemplate({ type: "p2pkh", data: hash160(publicKey) });
  return [signWith(privateKey, witnessV0Sighash(tx, 0, scriptCode, 0n, SIGHASH_ALL)), publicKey];
};

/** How the key satisfies the script, or undefined when the script is not one of this key alone. */
const satisfy = (
  privateKey: Uint8Array,
  template: ScriptTemplate | undefined,
  spent: RawTransaction,
): Satisfaction | undefined => {
  const tx = toSign(spent);
  const publicKey = secp256k1.getPublicKey(privateKey, true);
  switch (template?.type) {
    case "p2wpkh":
      if (!equalBytes(hash160(publicKey), template.data)) return undefined;
      return { scriptSig: NOTHING, witness: keyHashWitness(privateKey, tx, publicKey) };
    case "p2sh": {
      const program = scriptOfTemplate({ type: "p2wpkh", version: 0, data: hash160(publicKey) });
      if (!equalBytes(hash160(program), template.data)) return undefined;
      return { scriptSig: push(program), witness: keyHashWitness(privateKey, tx, publicKey) };
    }
    case "p2pkh": {
      const used = [publicKey, secp256k1.getPublicKey(privateKey, false)].find((key) =>
        equalBytes(hash160(key), template.data),
      );
      if (used === undefined) return undefined;
      const digest = legacySighash(tx, 0, scriptOfTemplate(template), SIGHASH_ALL);
      return { scriptSig: concatBytes(push(signWith(privateKey, digest)), push(used)), witness: [] };
    }
    case "p2tr": {
      // BIP-86: the output key commits to the key and to no script.
      const outputKey = taprootTweakPrivKey(privateKey);
      if (!equalBytes(schnorr.getPublicKey(outputKey), template.data)) return undefined;
      const digest = taprootKeySighash(tx, 0, spent.outputs, SIGHASH_DEFAULT)!;
      return { scriptSig: NOTHING, witness: [signSchnorr(outputKey, digest)] };
    }
    default:
      return undefined;
  }
};

/**
 * Signs a message (text is taken as UTF-8) for an address of the key, by BIP-322 version 2.0.0: p2wpkh and
 * p2tr (BIP-86: the key without scripts) in the simple form unless `ful` is asked for, p2pkh (of the
 * compressed or the uncompressed key) and p2wpkh nested in p2sh in the full form. `privateKey`: 32 bytes.
 * The result has its prefix. ECDSA signatures are deterministic (RFC 6979), those for p2tr are not.
 *
 * Throws MessageSigningError.
 */
export const signMessage = (
  privateKey: Uint8Array,
  address: string,
  message: Uint8Array | string,
  form?: "smp" | "ful",
): string => {
  if (!secp256k1.utils.isValidSecretKey(privateKey))
    throw new MessageSigningError(
      "malformed_private_key",
      "a private key is 32 bytes below the curve's order",
    );
  const owner = decodeAddress(address);
  if ("error" in owner) throw new MessageSigningError("malformed_address", "this is not a Bitcoin address");
  const signed = messageBytes(message);
  if (signed === undefined)
    throw new MessageSigningError(
      "malformed_message",
      "the text has half a surrogate pair, so no UTF-8 form",
    );
  const isNative = owner.type !== "p2pkh" && owner.type !== "p2sh";
  if (form === "smp" && !isNative)
    throw new MessageSigningError("full_form_needed", "a legacy or nested address signs in the full form");

  const spent = toSpend(owner.script, signed);
  const satisfaction = satisfy(privateKey, templateOfScript(owner.script), spent);
  if (satisfaction === undefined)
    throw new MessageSigningError("not_address_of_key", "the address is not one of this key alone");
  return form === "smp" || (form === undefined && isNative)
    ? `smp${base64.encode(RawWitness.encode([...satisfaction.witness]))}`
    : `ful${base64.encode(serializeTransaction(toSign(spent, satisfaction)))}`;
};
