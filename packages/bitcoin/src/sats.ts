import { amount, type Sats } from "@coinholder/protocol";

/** 21 million BTC: no output and no sum of outputs is larger (MAX_MONEY, consensus/amount.h of Bitcoin Core). */
export const MAX_SATS = 2_100_000_000_000_000;

/** Asserts a whole number of satoshi between nothing and all there are. */
export const sats = (value: number): Sats => {
  if (!(value >= 0 && value <= MAX_SATS)) throw new RangeError(`not an amount of satoshi: ${value}`);
  return amount(value) as Sats;
};
