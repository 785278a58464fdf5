import { hash } from "node:crypto";

// OpenSSL hashes a transaction in less time than Node takes to make a Buffer for the result. So results come as
// strings of one letter a byte (Latin-1) and are written where they belong.

const DIGEST_BYTES = 32;
const inner = Buffer.alloc(DIGEST_BYTES);

const writeDigest = (digest: string, target: Buffer, at: number): void => {
  for (let i = 0; i < DIGEST_BYTES; i++) target[at + i] = digest.charCodeAt(i);
};

/** Writes the double SHA-256 of `bytes` to `target` at `at`. */
export const sha256dInto = (bytes: Uint8Array, target: Buffer, at: number): void => {
  writeDigest(hash("sha256", bytes, "binary"), inner, 0);
  writeDigest(hash("sha256", inner, "binary"), target, at);
};

export const sha256d = (bytes: Uint8Array): Buffer => {
  const digest = Buffer.alloc(DIGEST_BYTES);
  sha256dInto(bytes, digest, 0);
  return digest;
};
