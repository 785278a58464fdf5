import { assert } from "../assert.ts";
import { copyBytes, type Texts } from "../columns.ts";
import { emptyPackedTable, type PackedTable } from "../packed-table.ts";
import { type Authkey, NO_PAIRS } from "./authkeys.ts";

/** A key with what proves it. */
export interface ProvenKey extends Authkey {
  /** Base64: the HMAC key, or the password's hash. */
  readonly secret: string;
}

/** Authkeys by token, those of the usual kind in packed rows. */
export type KeyTable = PackedTable<Authkey, ProvenKey>;

/** As a client's own program gets them: nearly all. */
export const isUsual = ({ allOfHome, expires, label, limits, pairs, type }: Authkey): boolean =>
  allOfHome &&
  type === "hmac-sha256" &&
  pairs.length === 0 &&
  expires === undefined &&
  label === undefined &&
  limits === undefined;

export const usualKey = (token: string, home: number, secret: string): ProvenKey => ({
  token,
  home,
  secret,
  type: "hmac-sha256",
  allOfHome: true,
  pairs: NO_PAIRS,
  expires: undefined,
  label: undefined,
  limits: undefined,
});

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NO_DIGIT = 255;
const VALUES = new Uint8Array(256).fill(NO_DIGIT);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

/** Of an HMAC-SHA256 key as the hub makes them. */
const SECRET_BYTES = 32;
/** 43 digits and "=" (RFC 4648): the last digit has two bits that stand for nothing and are 0. */
const SECRET_DIGITS = 43;

/** False where another text than this one would be read from the bytes. By hand: a start reads millions. */
const writeSecret = (secret: string, row: DataView, at: number): boolean => {
  if (secret.length !== SECRET_DIGITS + 1 || secret.charCodeAt(SECRET_DIGITS) !== 0x3d) return false;
  let bits = 0;
  let held = 0;
  let to = at;
  for (let i = 0; i < SECRET_DIGITS; i++) {
    const letter = secret.charCodeAt(i);
    const value = letter < 256 ? VALUES[letter]! : NO_DIGIT;
    if (value === NO_DIGIT) return false;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    row.setUint8(to++, bits >> held);
  }
  return (bits & 3) === 0;
};

/** @param onMoved places of keys are others now */
export const emptyKeyTable = (onMoved: (to: Int32Array) => void): KeyTable =>
  emptyPackedTable<Authkey, ProvenKey>({
    textOf: ({ token }) => token,
    ownerOf: ({ home }) => home,
    bytes: SECRET_BYTES,
    write: (key, row, at) => isUsual(key) && writeSecret(key.secret, row, at),
    read: (token, home) => ({
      token,
      home,
      type: "hmac-sha256",
      allOfHome: true,
      pairs: NO_PAIRS,
      expires: undefined,
      label: undefined,
      limits: undefined,
    }),
    onMoved,
  });

/** In a dump the secrets of many are one text, base64 of all their bytes, where each is of as many as the hub makes; else a list. */
export const secretsInOne = (secrets: readonly string[]): Texts => {
  const bytes = Buffer.alloc(SECRET_BYTES * secrets.length);
  const row = new DataView(bytes.buffer, bytes.byteOffset);
  return secrets.every((secret, i) => writeSecret(secret, row, SECRET_BYTES * i))
    ? bytes.toString("base64")
    : secrets;
};

/**
 * Adds many of the usual kind that are not there yet, and answers the place of the first one.
 * @param secrets of `secretsInOne`
 */
export const addUsualKeys = (
  keys: KeyTable,
  tokens: Texts,
  homes: readonly number[],
  secrets: string,
): number => {
  const bytes = Buffer.from(secrets, "base64");
  assert(bytes.length === SECRET_BYTES * homes.length, "each key has its secret");
  const row = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return keys.addAll(tokens, {
    owners: homes,
    write: (i, to, at) => copyBytes(row, SECRET_BYTES * i, to, at, SECRET_BYTES),
    thing: (i, token) =>
      usualKey(token, homes[i]!, bytes.toString("base64", SECRET_BYTES * i, SECRET_BYTES * (i + 1))),
  });
};

/** Base64: the HMAC key, or the password's hash. */
export const secretOf = (keys: KeyTable, token: string): string | undefined => {
  const place = keys.placeOf(token);
  if (place < 0) return undefined;
  const kept = keys.kept(place);
  return "secret" in kept ? kept.secret : kept.bytes.toString("base64", kept.at, kept.at + SECRET_BYTES);
};
