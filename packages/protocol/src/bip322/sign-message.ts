import { secp256k1 } from "@noble/curves/secp256k1.js";
import { base64 } from "@scure/base";
import { RawWitness } from "@scure/btc-signer/script.js";
import { decodeAddress } from "../bitcoin-address.ts";
import { serializeTransaction } from "./raw-transaction.ts";
import { satisfy } from "./satisfy.ts";
import { messageBytes, toSign, toSpend } from "./virtual-transactions.ts";

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
  const satisfaction = satisfy(privateKey, toSign(spent), 0, spent.outputs);
  if (satisfaction === undefined)
    throw new MessageSigningError("not_address_of_key", "the address is not one of this key alone");
  return form === "smp" || (form === undefined && isNative)
    ? `smp${base64.encode(RawWitness.encode([...satisfaction.witness]))}`
    : `ful${base64.encode(serializeTransaction(toSign(spent, satisfaction)))}`;
};
