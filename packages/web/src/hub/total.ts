import { decimalsOf, type Price, unitsOf, worth } from "./money.ts";

/** What balances (keys in lower case, as the hub writes them) come to in one currency; undefined where a price is missing. */
export const totalIn = (
  balances: Readonly<Record<string, string>>,
  currency: string,
  prices: readonly Price[],
): bigint | undefined => {
  let total = 0n;
  for (const [key, amount] of Object.entries(balances)) {
    const code = key.toUpperCase();
    const value = worth(unitsOf(amount, decimalsOf(code)), code, currency, prices);
    if (value === undefined) return undefined;
    total += value;
  }
  return total;
};
