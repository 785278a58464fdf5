import type { Amount } from "@coinholder/protocol";
import type { Price } from "./order.ts";

/**
 * floor((a * b + rest) / scale), exactly. The usual sizes stay in plain numbers, where the quotient of whole numbers below 2^53 is
 * never rounded up to the next one; larger ones go through BigInt.
 */
export const wholeOf = (a: number, b: number, rest: number, scale: number): Amount => {
  const product = a * b + rest;
  return (
    product <= Number.MAX_SAFE_INTEGER ? Math.floor(product / scale) : largeWholeOf(a, b, rest, scale)
  ) as Amount;
};

/** What remains of the same; `whole` is what `wholeOf` came to. Two functions of numbers, as an object for both would be made each time. */
export const restOf = (a: number, b: number, rest: number, scale: number, whole: number): number => {
  const product = a * b + rest;
  return product <= Number.MAX_SAFE_INTEGER ? product - whole * scale : largeRestOf(a, b, rest, scale);
};

const largeWholeOf = (a: number, b: number, rest: number, scale: number): number =>
  Number((BigInt(a) * BigInt(b) + BigInt(rest)) / BigInt(scale));
const largeRestOf = (a: number, b: number, rest: number, scale: number): number =>
  Number((BigInt(a) * BigInt(b) + BigInt(rest)) % BigInt(scale));

/** What `quantity` costs at `price`, rounded up, on top of the fraction already paid for. */
export const costOf = (quantity: number, price: Price, fraction: number, scale: number): Amount => {
  const whole = wholeOf(quantity, price, fraction, scale);
  const rest = restOf(quantity, price, fraction, scale, whole);
  return (whole + (rest > 0 ? 1 : 0) - (fraction > 0 ? 1 : 0)) as Amount;
};

/**
 * The limit of «I give `give` for `want`», rounded to the tick in the owner's favour: a buyer's down, a seller's up.
 * Undefined where it is below one tick or too large to count.
 */
export const limitPrice = (
  buys: boolean,
  give: Amount,
  want: Amount,
  scale: number,
  tick: number,
): Price | undefined => {
  const quote = buys ? give : want;
  const base = buys ? want : give;
  const value = quote * scale;
  const step = base * tick;
  if (value <= Number.MAX_SAFE_INTEGER && step <= Number.MAX_SAFE_INTEGER) {
    const floor = Math.floor(value / step);
    const price = (buys || floor * step === value ? floor : floor + 1) * tick;
    return price > 0 && price <= Number.MAX_SAFE_INTEGER ? price : undefined;
  }
  return largeLimitPrice(buys, BigInt(quote) * BigInt(scale), BigInt(base) * BigInt(tick), BigInt(tick));
};

const largeLimitPrice = (buys: boolean, value: bigint, step: bigint, tick: bigint): Price | undefined => {
  const price = (buys ? value / step : (value + step - 1n) / step) * tick;
  return price > 0n && price <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(price) : undefined;
};

/** Whether an amount is a whole number of steps. */
export const isMultiple = (amount: number, step: number): boolean =>
  Math.floor(amount / step) * step === amount;
