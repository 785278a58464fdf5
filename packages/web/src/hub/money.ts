import { type AmountProblem, formatAmount, mostOf, parseAmount } from "@coinholder/protocol";
import { overview } from "./current.ts";

// Amounts are decimal strings as the hub writes them, or whole smallest units as bigint. Never floats.

/** Places of a currency, by its code in either case. */
export const decimalsOf = (currency: string): number => {
  const code = currency.toUpperCase();
  return overview.value?.currencies?.find((one) => one.code === code)?.decimals ?? 8;
};

/** Codes of all currencies of the hub. */
export const currencyCodes = (): string[] => overview.value?.currencies?.map(({ code }) => code) ?? ["BTC"];

/** Smallest units of a decimal string that the hub wrote; zero and negative ones too. Throws for what is none. */
export const unitsOf = (text: string, decimals: number): bigint => {
  const read = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text);
  const fraction = read?.[3] ?? "";
  if (!read || fraction.length > decimals)
    throw new RangeError(`«${text}» is no amount of ${decimals} places`);
  const units = BigInt(read[2]! + fraction.padEnd(decimals, "0"));
  return read[1] === "-" ? -units : units;
};

export const amountText = (units: bigint, currency: string): string =>
  formatAmount(units, decimalsOf(currency));

/** Digits of the whole part in groups of three from the right, those of the fraction (if long) from the left. */
export const groupsOf = (whole: string, fraction: string): { whole: string[]; fraction: string[] } => ({
  whole: whole.match(/\d{1,3}(?=(?:\d{3})*$)/g) ?? [],
  fraction: fraction.length > 4 ? (fraction.match(/\d{1,3}/g) ?? []) : [fraction],
});

const NARROW_SPACE = "\u202f";

/** A decimal string with its digits parted, for sentences; elsewhere `Digits` does it. `readTyped` takes it too. */
export const partedText = (text: string): string => {
  const [, sign = "", digits, rest = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (digits === undefined) return text;
  const { fraction, whole } = groupsOf(digits, rest);
  return sign + whole.join(NARROW_SPACE) + (rest === "" ? "" : `.${fraction.join(NARROW_SPACE)}`);
};

/** One thousand to some, one to others. */
const AMBIGUOUS = /^[1-9][0-9]{0,2},[0-9]{3}$/;

/**
 * What a person typed, as the hub takes it ("1.5"), or why it cannot be taken. Spaces and a comma for the point are forgiven, but never
 * where the comma might part thousands.
 */
export const readTyped = (
  typed: string,
  currency: string,
): { readonly amount: string } | { readonly problem: AmountProblem | "empty" } => {
  const bare = typed.replace(/[\s\u202f]/g, "");
  const plain = AMBIGUOUS.test(bare) ? bare : bare.replace(/^([0-9]*),([0-9]+)$/, "$1.$2");
  if (plain === "") return { problem: "empty" };
  const text = plain.startsWith(".") ? `0${plain}` : plain.replace(/\.$/, "");
  const decimals = decimalsOf(currency);
  const read = parseAmount(text, decimals, mostOf(currency.toUpperCase()));
  return "problem" in read ? read : { amount: formatAmount(read.amount, decimals) };
};

/** `amount` of the base at a price (quote per whole base), in smallest units of the quote; cut, not rounded up. */
export const valueAt = (
  amount: bigint,
  baseDecimals: number,
  price: string,
  quoteDecimals: number,
): bigint => {
  const priceDecimals = price.split(".")[1]?.length ?? 0;
  const product = amount * unitsOf(price, priceDecimals) * 10n ** BigInt(quoteDecimals);
  return product / 10n ** BigInt(baseDecimals + priceDecimals);
};

/** A price of one currency in another, by a market's last trade. */
export interface Price {
  readonly base: string;
  readonly quote: string;
  readonly price: string;
}

/** What an amount of one currency is worth in another, in its smallest units; undefined where no market tells. */
export const worth = (
  units: bigint,
  from: string,
  to: string,
  prices: readonly Price[],
): bigint | undefined => {
  if (from === to) return units;
  const straight = prices.find(({ base, quote }) => base === from && quote === to);
  if (straight) return valueAt(units, decimalsOf(from), straight.price, decimalsOf(to));
  const inverse = prices.find(({ base, quote }) => base === to && quote === from);
  if (inverse) {
    const priceDecimals = inverse.price.split(".")[1]?.length ?? 0;
    const price = unitsOf(inverse.price, priceDecimals);
    if (price === 0n) return undefined;
    return (
      (units * 10n ** BigInt(decimalsOf(to) + priceDecimals)) / (price * 10n ** BigInt(decimalsOf(from)))
    );
  }
  // By way of one more currency, which is BTC for most.
  for (const { base, quote } of prices) {
    const between = base === from ? quote : quote === from ? base : undefined;
    if (between === undefined || between === to) continue;
    const rest = prices.filter((one) => one.base !== base || one.quote !== quote);
    const first = worth(units, from, between, prices);
    const second = first === undefined ? undefined : worth(first, between, to, rest);
    if (second !== undefined) return second;
  }
  return undefined;
};
