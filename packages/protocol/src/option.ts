import { base64 } from "@scure/base";
import { decodeBase64 } from "./bip322/canonical-base64.ts";
import { taggedHash, verifySchnorr } from "./bip340.ts";
import { decodeAddress } from "./bitcoin-address.ts";
import { readObject } from "./json-names.ts";

/**
 * What an issuer signs: the right to trade `trade_amt` of `trade_cur` for `for_amt` of `for_cur`, once, at the issuer, before
 * `expires_t` (PROTOCOL: Options).
 */
export interface OptionText {
  readonly option_id: string;
  /** The hub that sold it and honours it. */
  readonly issuer_url: string;
  /** BTC that come here in time exercise it. */
  readonly btc_address: string;
  readonly trade_amt: string;
  readonly trade_cur: string;
  readonly for_amt: string;
  readonly for_cur: string;
  /** What the option itself cost, in `trade_cur`; "0" where the spread is all. */
  readonly premium: string;
  /** Milliseconds since 1970. */
  readonly expires_t: number;
}

/** Characters of `option_json`. */
const LONGEST = 4096;
const OPTION_TAG = "coinholder/option";

/** What is signed: the tagged hash (BIP-340) of the text's bytes, as they are. 32 bytes. */
export const optionHash = (json: string): Uint8Array =>
  taggedHash(OPTION_TAG, new TextEncoder().encode(json));

/** @param sign BIP-340 by the issuer's identity key. Answers base64. */
export const signOption = (json: string, sign: (message: Uint8Array) => Uint8Array): string =>
  base64.encode(sign(optionHash(json)));

const PLAIN_DECIMAL = /^[0-9]{1,20}(?:\.[0-9]{1,20})?$/;
const isAmount = (value: unknown): boolean => typeof value === "string" && PLAIN_DECIMAL.test(value);
const isPositive = (value: unknown): boolean => isAmount(value) && /[1-9]/.test(value as string);
const isCurrency = (value: unknown): boolean =>
  typeof value === "string" && /^[A-Z][A-Z0-9]{2,9}$/.test(value);
const isWebAddress = (value: unknown): boolean =>
  typeof value === "string" && value.length <= 200 && /^https?:\/\/[\x21-\x7e]+$/.test(value);

const MEMBERS: Record<keyof OptionText, (value: unknown) => boolean> = {
  option_id: (value) => typeof value === "string" && /^[\x21-\x7e]{1,64}$/.test(value),
  issuer_url: isWebAddress,
  btc_address: (value) => typeof value === "string" && !("error" in decodeAddress(value)),
  trade_amt: isPositive,
  trade_cur: isCurrency,
  for_amt: isPositive,
  for_cur: isCurrency,
  premium: isAmount,
  expires_t: (value) => Number.isSafeInteger(value) && (value as number) > 0,
};

/** Reads `option_json`: each member stands exactly once, and there are no others. */
export const readOption = (json: string): { option: OptionText } | { problem: string } => {
  if (json.length > LONGEST) return { problem: `it has more than ${LONGEST} characters` };
  const read = readObject(json);
  if ("problem" in read) return read;
  const strange = Object.keys(read.object).find((name) => !Object.hasOwn(MEMBERS, name));
  if (strange !== undefined) return { problem: `it has no member ${strange.slice(0, 40)}` };
  for (const [name, fits] of Object.entries(MEMBERS))
    if (!fits(read.object[name])) return { problem: `${name} has not the form it needs` };
  const option = read.object as unknown as OptionText;
  return option.trade_cur === option.for_cur ? { problem: "it trades a currency for itself" } : { option };
};

export type OptionVerdict =
  | { readonly result: "valid"; readonly option: OptionText }
  /** `malformed` tells in `problem` what is wrong with the text; the others, that the key or the signature is no such thing, or that they do not fit. */
  | {
      readonly result: "invalid";
      readonly reason: "malformed" | "key_malformed" | "signature_malformed" | "wrong_signature";
      readonly problem?: string;
    };

/**
 * Whether the issuer signed these bytes. It says nothing about the issuer, nor whether the option is still open: `public_key` must be
 * what the `identity` of the hub at `issuer_url` publishes, and `expires_t` is for the caller to look at.
 * @param publicKey x-only, 32 bytes in base64, as an overview's `identity.public_key`
 * @param signature 64 bytes in base64
 */
export const verifyOption = (json: string, signature: string, publicKey: string): OptionVerdict => {
  const read = readOption(json);
  if ("problem" in read) return { result: "invalid", reason: "malformed", problem: read.problem };
  const key = decodeBase64(publicKey);
  if (key?.length !== 32) return { result: "invalid", reason: "key_malformed" };
  const signed = decodeBase64(signature);
  if (signed?.length !== 64) return { result: "invalid", reason: "signature_malformed" };
  return verifySchnorr(key, optionHash(json), signed)
    ? { result: "valid", option: read.option }
    : { result: "invalid", reason: "wrong_signature" };
};
