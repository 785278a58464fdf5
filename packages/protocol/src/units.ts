/** A number that only passes where its unit is expected: mixing two units up is a compile error. */
declare const unit: unique symbol;
export type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Money: a whole number of a currency's smallest unit (satoshi, cent). Always a safe integer. */
export type Amount = Unit<"smallest unit of a currency">;
/** Bitcoin: satoshi. An amount whose currency is known to be BTC. */
export type Sats = Amount & { readonly __currency?: "BTC" };
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type TimeMs = Unit<"milliseconds since 1970">;
/** Position of a command in the journal, from 1. */
export type Seq = Unit<"journal position">;

const wrongUnit = (value: number, what: string): never => {
  throw new RangeError(`${what} must be a whole number that is exactly representable, not ${value}`);
};

/** Asserts a whole, exactly representable number and names it an amount (it may be negative: a change). */
export const amount = (value: number): Amount =>
  Number.isSafeInteger(value) ? (value as Amount) : wrongUnit(value, "an amount");

export const timeMs = (value: number): TimeMs =>
  Number.isSafeInteger(value) && value >= 0 ? (value as TimeMs) : wrongUnit(value, "a time");

export const seq = (value: number): Seq =>
  Number.isSafeInteger(value) && value >= 0 ? (value as Seq) : wrongUnit(value, "a journal position");

export const add = (a: Amount, b: Amount): Amount => amount(a + b);
export const subtract = (a: Amount, b: Amount): Amount => amount(a - b);
export const ZERO = 0 as Amount;
