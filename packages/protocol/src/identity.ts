import { bytesToHex } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import { decodeBase64 } from "./bip322/canonical-base64.ts";
import { taggedHash, verifySchnorr } from "./bip340.ts";
import { readObject } from "./json-names.ts";

/** A key before the one that is published now, and its signature over the one that came after it. Base64. */
export interface PreviousKey {
  readonly public_key: string;
  readonly signature: string;
}

/** What a hub publishes at its `identity_url` (PROTOCOL: Transfers between hubs). */
export interface IdentityText {
  /** x-only secp256k1 key (BIP-340), 32 bytes in base64. */
  readonly public_key: string;
  /** Oldest first, each having signed the next; the last one signed `public_key`. */
  readonly previous: readonly PreviousKey[];
}

/** The same, read, and each signature verified. */
export interface PublishedIdentity {
  readonly publicKey: Uint8Array;
  /** Oldest first. */
  readonly previous: readonly Uint8Array[];
}

/** Keys before the newest that are read, and that this program publishes: each signature takes about a millisecond. */
export const MAX_PREVIOUS_KEYS = 32;
/** Bytes of what `identity_url` answers. */
export const MAX_IDENTITY_BYTES = 64 * 1024;
const IDENTITY_TAG = "coinholder/identity";

/** What an old key signs to name the next (BIP-340): the tagged hash of its 32 bytes. */
export const nextKeyHash = (next: Uint8Array): Uint8Array => taggedHash(IDENTITY_TAG, next);

/** @param sign BIP-340 by the old key. Answers base64. */
export const signNextKey = (next: Uint8Array, sign: (message: Uint8Array) => Uint8Array): string =>
  base64.encode(sign(nextKeyHash(next)));

const keyOf = (text: unknown): Uint8Array | undefined => {
  const bytes = typeof text === "string" ? decodeBase64(text) : undefined;
  return bytes?.length === 32 ? bytes : undefined;
};

/**
 * Reads what an `identity_url` answered. Members that are not of it are another program's business.
 * @param isKnown whether somebody here has heard of a key (hex): signatures cost time, so those before the first known one are not
 * looked at, and such keys not told
 */
export const readIdentity = (
  json: string,
  isKnown: (key: string) => boolean = () => true,
): { identity: PublishedIdentity } | { problem: string } => {
  if (json.length > MAX_IDENTITY_BYTES)
    return { problem: `it has more than ${MAX_IDENTITY_BYTES} characters` };
  const read = readObject(json);
  if ("problem" in read) return read;
  const { public_key, previous } = read.object;
  const publicKey = keyOf(public_key);
  if (!publicKey) return { problem: "public_key is not 32 bytes in base64" };
  if (!Array.isArray(previous)) return { problem: "previous is no list" };
  if (previous.length > MAX_PREVIOUS_KEYS)
    return { problem: `previous has more than ${MAX_PREVIOUS_KEYS} keys` };
  const keys = previous.map((one: { public_key?: unknown } | null) => keyOf(one?.public_key));
  const all = [...keys, publicKey];
  const first = keys.findIndex((key) => key !== undefined && isKnown(bytesToHex(key)));
  const from = first < 0 ? keys.length : first;
  for (const [at, key] of keys.entries()) {
    const { signature } = (previous[at] ?? {}) as { signature?: unknown };
    const signed = typeof signature === "string" ? decodeBase64(signature) : undefined;
    if (!key || signed?.length !== 64)
      return { problem: `previous[${at}] is no key and signature in base64` };
    if (at >= from && !verifySchnorr(key, nextKeyHash(all[at + 1] ?? new Uint8Array()), signed))
      return { problem: `previous[${at}] did not sign the key after it` };
  }
  const texts = new Set(all.map((key) => base64.encode(key!)));
  if (texts.size < all.length) return { problem: "a key stands twice" };
  return { identity: { publicKey, previous: keys.slice(from) as Uint8Array[] } };
};
