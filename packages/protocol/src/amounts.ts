import type { Amount } from "./units.ts";

/** Why a text is no amount. `too_large` is relative to `max`. */
export type AmountProblem = "malformed" | "not_positive" | "too_precise" | "too_large";

const PLAIN_DECIMAL = /^[0-9]+(?:\.[0-9]+)?$/;
const LONGEST = 64;

/**
 * Reads a decimal string such as "17.50" as whole smallest units, exactly. Refused, never rounded: signs, exponents,
 * bare points, zero, more places than the currency has, more than `max` (PROTOCOL: Calls).
 * @param decimals places of the currency (BTC: 8)
 * @param max the largest amount accepted, in smallest units
 */
export const parseAmount = (
  text: string,
  decimals: number,
  max: number = Number.MAX_SAFE_INTEGER,
): { amount: Amount } | { problem: AmountProblem } => {
  if (text.length > LONGEST || !PLAIN_DECIMAL.test(text)) return { problem: "malformed" };
  const point = text.indexOf(".");
  const whole = point < 0 ? text : text.slice(0, point);
  const fraction = point < 0 ? "" : text.slice(point + 1);
  if (fraction.length > decimals) return { problem: "too_precise" };
  const digits = (whole + fraction.padEnd(decimals, "0")).replace(/^0+/, "");
  if (digits === "") return { problem: "not_positive" };
  if (digits.length > 16) return { problem: "too_large" };
  const units = Number(digits);
  if (!Number.isSafeInteger(units) || units > max) return { problem: "too_large" };
  return { amount: units as Amount };
};

/**
 * Writes smallest units as a decimal string: exact, with at least two places where the currency has them
 * ("17.50", "0.00012345", and "-3.00" for a debt). Sums over many amounts may be a bigint.
 */
export const formatAmount = (amount: Amount | number | bigint, decimals: number): string => {
  if (typeof amount === "number" && !Number.isSafeInteger(amount))
    throw new RangeError(`${amount} is no whole number of smallest units`);
  const digits = String(amount)
    .replace("-", "")
    .padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  let fraction = digits.slice(digits.length - decimals);
  while (fraction.length > 2 && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return (amount < 0 ? "-" : "") + whole + (fraction === "" ? "" : `.${fraction}`);
};

const MOST_BTC = 2_100_000_000_000_000 as Amount;
/** Whole numbers up to 2^53 are exact; what is left of them is room for sums. */
const MOST_ELSE = 9_000_000_000_000_000 as Amount;

/** The most of a currency that a hub counts, of one amount as of all together, in smallest units. */
export const mostOf = (currency: string): Amount => (currency === "BTC" ? MOST_BTC : MOST_ELSE);
