import type { Amount } from "@coinholder/protocol";
import type { Price } from "./order.ts";

/**
 * floor((a * b + rest) / scale) and what remains of it, exactly. The usual sizes stay in plain numbers; larger ones go
 * through BigInt.
 */
export const scaled = (
  a: number,
  b: number,
  rest: number,
  scale: number,
): { whole: Amount; rest: number } => {
  const product = a * b + rest;
  if (product <= Number.MAX_SAFE_INTEGER) {
    const remainder = product % scale;
    return { whole: ((product - remainder) / scale) as Amount, rest: remainder };
  }
  const exact = BigInt(a) * BigInt(b) + BigInt(rest);
  return { whole: Number(exact / BigInt(scale)) as Amount, rest: Number(exact % BigInt(scale)) };
};

/** What `quantity` costs at `price`, rounded up, on top of the fraction already paid for. */
export const costOf = (quantity: number, price: Price, fraction: number, scale: number): Amount => {
  const { whole, rest } = scaled(quantity, price, fraction, scale);
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
  const quote = BigInt(buys ? give : want);
  const base = BigInt(buys ? want : give);
  const step = base * BigInt(tick);
  const ticks = buys ? (quote * BigInt(scale)) / step : (quote * BigInt(scale) + step - 1n) / step;
  const price = ticks * BigInt(tick);
  return price > 0n && price <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(price) : undefined;
};
