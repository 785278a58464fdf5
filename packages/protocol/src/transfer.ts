import { bytesToHex } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import { decodeBase64 } from "./bip322/canonical-base64.ts";
import { parseTransaction, type RawTransaction, transactionId } from "./bip322/raw-transaction.ts";
import { taggedHash, verifySchnorr } from "./bip340.ts";
import { readObject } from "./json-names.ts";

/** A Bitcoin transaction, and the hub that says it is its own (PROTOCOL: Transfers between hubs). */
export interface TransferText {
  /** Where that hub publishes its key. */
  readonly identity_url: string;
  /** x-only secp256k1 key (BIP-340), 32 bytes in base64. */
  readonly identity_public_key: string;
  /** The signed transaction, in base64. */
  readonly bitcoin_transfer: string;
}

/** The same, read. */
export interface Transfer extends TransferText {
  readonly publicKey: Uint8Array;
  readonly raw: Uint8Array;
  readonly transaction: RawTransaction;
  readonly txid: string;
}

/** Inputs of a transfer, as many as a proof may have (BIP-322 leaves it to its reader). */
export const MAX_TRANSFER_INPUTS = 100;
/** Characters of `transfer_json`: a transaction of 100 inputs and as many outputs has room. */
export const MAX_TRANSFER_CHARS = 100_000;
const TRANSFER_TAG = "coinholder/transfer";

/** What the identity signs: the tagged hash (BIP-340) of the text's bytes, as they are. 32 bytes. */
export const transferHash = (json: string): Uint8Array =>
  taggedHash(TRANSFER_TAG, new TextEncoder().encode(json));

/** What the keys of the coins sign (BIP-322, proof of funds). */
export const transferProofMessage = (json: string): string =>
  `${TRANSFER_TAG}:${bytesToHex(transferHash(json))}`;

/** @param sign BIP-340 by the hub's identity key. Answers base64. */
export const signTransfer = (json: string, sign: (message: Uint8Array) => Uint8Array): string =>
  base64.encode(sign(transferHash(json)));

export const writeTransfer = (
  of: Pick<TransferText, "identity_url" | "identity_public_key">,
  raw: Uint8Array,
): string =>
  JSON.stringify({
    identity_url: of.identity_url,
    identity_public_key: of.identity_public_key,
    bitcoin_transfer: base64.encode(raw),
  } satisfies TransferText);

const MEMBERS = ["identity_url", "identity_public_key", "bitcoin_transfer"] as const;

/** Reads `transfer_json`: any valid JSON in which each member stands once, and no other. */
export const readTransfer = (json: string): { transfer: Transfer } | { problem: string } => {
  if (json.length > MAX_TRANSFER_CHARS)
    return { problem: `it has more than ${MAX_TRANSFER_CHARS} characters` };
  // What has no UTF-8 form would be signed as something else than it reads.
  if (!json.isWellFormed()) return { problem: "it has half a surrogate pair" };
  const read = readObject(json);
  if ("problem" in read) return read;
  const strange = Object.keys(read.object).find((name) => !(MEMBERS as readonly string[]).includes(name));
  if (strange !== undefined) return { problem: `it has no member ${strange.slice(0, 40)}` };
  for (const name of MEMBERS)
    if (typeof read.object[name] !== "string") return { problem: `${name} is no text` };
  const text = read.object as unknown as TransferText;
  const { identity_url, identity_public_key, bitcoin_transfer } = text;
  if (identity_url.length > 200 || !/^https?:\/\/[\x21-\x7e]+$/.test(identity_url))
    return { problem: "identity_url is no web address" };
  const publicKey = decodeBase64(identity_public_key);
  if (publicKey?.length !== 32) return { problem: "identity_public_key is not 32 bytes in base64" };
  const raw = decodeBase64(bitcoin_transfer);
  const transaction = raw && parseTransaction(raw);
  if (!raw || !transaction) return { problem: "bitcoin_transfer is no transaction in base64" };
  if (transaction.inputs.length === 0 || transaction.outputs.length === 0)
    return { problem: "bitcoin_transfer spends or pays nothing" };
  const txid = transactionId(transaction);
  return { transfer: { ...text, publicKey, raw, transaction, txid } };
};

/** Whether the identity named in it signed these bytes. Whether `identity_url` publishes that key is another question. */
export const identitySigned = (json: string, { publicKey }: Transfer, signature: string): boolean => {
  const signed = decodeBase64(signature);
  return signed?.length === 64 && verifySchnorr(publicKey, transferHash(json), signed);
};
