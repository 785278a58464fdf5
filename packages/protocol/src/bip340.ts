import { schnorr } from "@noble/curves/secp256k1.js";

export { taggedHash } from "./tagged-hash.ts";

/**
 * BIP-340 signature (64 bytes) over a message of any length, which is not hashed first.
 * `aux` (32 bytes) is fresh randomness unless given; with a fixed one the signature is deterministic.
 * Throws when the private key is not 32 bytes from 1 to the curve's order - 1.
 */
export const signSchnorr = (privateKey: Uint8Array, message: Uint8Array, aux?: Uint8Array): Uint8Array =>
  aux === undefined ? schnorr.sign(message, privateKey) : schnorr.sign(message, privateKey, aux);

/** Whether `signature` (64 bytes) by the x-only `publicKey` (32 bytes) fits `message`. Never throws: other lengths are false. */
export const verifySchnorr = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  publicKey.length === 32 && signature.length === 64 && schnorr.verify(signature, message, publicKey);
