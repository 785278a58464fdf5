import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

const prefixes = new Map<string, Uint8Array>();

const prefixOf = (tag: string): Uint8Array => {
  const known = prefixes.get(tag);
  if (known !== undefined) return known;
  const hash = sha256(utf8ToBytes(tag));
  const prefix = concatBytes(hash, hash);
  prefixes.set(tag, prefix);
  return prefix;
};

/**
 * BIP-340 tagged hash: sha256(sha256(tag) ‖ sha256(tag) ‖ bytes...). 32 bytes.
 * The tag is one of our own ASCII constants, never a stranger's text (each tag's prefix is kept in memory).
 */
export const taggedHash = (tag: string, ...bytes: readonly Uint8Array[]): Uint8Array =>
  sha256(concatBytes(prefixOf(tag), ...bytes));
