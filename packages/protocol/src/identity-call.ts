import { base64 } from "@scure/base";
import { decodeBase64 } from "./bip322/canonical-base64.ts";
import { taggedHash, verifySchnorr } from "./bip340.ts";

/** Carries the signature of a call that a hub makes in its own name, instead of with an account's authkey (PROTOCOL: Options). */
export const IDENTITY_SIGNATURE_HEADER = "x-identity-signature";

/** Parameters that belong to such a call, beside the function's own. */
export const IDENTITY_PARAMS = [
  "f",
  "identity_url",
  "identity_public_key",
  "nonce_ms",
  "nonce_random",
  "hub_url",
] as const;

/** Who calls: where it publishes its key, and the key (x-only, 32 bytes in base64). */
export interface CallingIdentity {
  readonly identity_url: string;
  readonly identity_public_key: string;
}

const CALL_TAG = "coinholder/call";

/** What is signed: the tagged hash (BIP-340) of the body's bytes, as they are. 32 bytes. */
export const identityCallHash = (body: Uint8Array): Uint8Array => taggedHash(CALL_TAG, body);

/** @param sign BIP-340 by the hub's identity key. Answers base64: what goes into X-Identity-Signature. */
export const signIdentityCall = (body: Uint8Array, sign: (message: Uint8Array) => Uint8Array): string =>
  base64.encode(sign(identityCallHash(body)));

/**
 * The parameters that such a call carries beside the function's own.
 * @param hubUrl the called hub's public URL: the call is worth nothing anywhere else
 */
export const identityCallParams = (
  functionName: string,
  { identity_url, identity_public_key }: CallingIdentity,
  hubUrl: string,
  nowMs: number,
  randomToken: string,
): Record<(typeof IDENTITY_PARAMS)[number], string> => ({
  f: functionName,
  identity_url,
  identity_public_key,
  nonce_ms: String(nowMs),
  nonce_random: randomToken,
  hub_url: hubUrl,
});

/** The key of a call's `identity_public_key`; undefined if it is none by its form. */
export const readIdentityKey = (publicKey: string): Uint8Array | undefined => {
  const key = decodeBase64(publicKey);
  return key?.length === 32 ? key : undefined;
};

/** Whether that key signed these bytes. Whether `identity_url` publishes it is another question. */
export const identityCalled = (body: Uint8Array, publicKey: Uint8Array, signature: string): boolean => {
  const signed = decodeBase64(signature);
  return signed?.length === 64 && verifySchnorr(publicKey, identityCallHash(body), signed);
};
