import { type Amount, parseAmount } from "@coinholder/protocol";

const PLACES = 20;
const PLAIN_DECIMAL = /^([0-9]{1,30})(?:\.([0-9]{1,20}))?$/;

/** A decimal amount of any currency, as a number that equals another's where they are worth the same; undefined: none by its form. */
export const exactly = (text: unknown): bigint | undefined => {
  const [, whole, fraction = ""] = (typeof text === "string" && PLAIN_DECIMAL.exec(text)) || [];
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(PLACES, "0"));
};

/** Satoshi of an amount of BTC. */
export const satoshi = (text: string): Amount | undefined => {
  const read = parseAmount(text, 8);
  return "amount" in read ? read.amount : undefined;
};
