import { randomBytes } from "node:crypto";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** 80 random bits as 16 letters (base32, RFC 4648, lower case). */
const random16 = (): string => {
  let text = "";
  for (const byte of randomBytes(16)) text += ALPHABET[byte & 31];
  return text;
};

/** An account identifier, an authkey's token and a chosen name never share a shape. */
export const newAccountId = (): string => `ac-${random16()}`;
export const newToken = (): string => `ak-${random16()}`;
export const newOptionId = (): string => `op-${random16()}`;
export const newWebhookId = (): string => `wh-${random16()}`;
export const newQuoteId = (): string => `q-${random16()}`;
/** An HMAC key: base64 of 32 random bytes. */
export const newHmacKey = (): string => randomBytes(32).toString("base64");
export const newSalt = (): string => randomBytes(16).toString("base64");
