import { formatAmount, readWritten, roundedAt, type WrittenNumber } from "@coinholder/protocol";

export interface Wish {
  readonly buys: boolean;
  readonly amount: string;
  readonly price: string;
}

export interface OfMarket {
  readonly usdPlaces: number;
  /** In the smallest unit of USD. */
  readonly tick: number;
}

/** Finer than this, a number's digits are looked at as noise of floating point. */
const PLACES = 8;

/** An amount of BTC as bots write it, in plain digits; undefined: it is none. */
export const btcText = (text: string): string | undefined => {
  const read = readWritten(text, PLACES);
  return read === undefined ? undefined : plain(read);
};

const plain = ({ digits, places }: WrittenNumber): string => formatAmount(digits, places);

/** The smallest whole number at or above a/b, and the largest at or below. */
const above = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
const below = (a: bigint, b: bigint): bigint => a / b;

/**
 * Amount and price as the hub takes orders: what is given for what, and the price by name, rounded to the tick in the owner's
 * favour. Undefined: not numbers, not above zero, too large, or a sale that comes to less than the smallest sum of USD.
 */
export const orderFor = (
  { buys, amount, price }: Wish,
  { usdPlaces, tick }: OfMarket,
): { readonly btc: string; readonly usd: string; readonly price: string } | undefined => {
  const [btc, each] = [readWritten(amount, PLACES), readWritten(price, PLACES)];
  if (btc === undefined || each === undefined || btc.digits <= 0n || each.digits <= 0n) return undefined;
  const step = BigInt(tick);
  const units = roundedAt(each, usdPlaces, buys ? "down" : "up");
  const limit = (buys ? below(units, step) : above(units, step)) * step;
  const usd = (buys ? above : below)(limit * btc.digits, 10n ** BigInt(btc.places));
  // More than the hub can hold, and perhaps longer than it reads.
  if (usd <= 0n || usd > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return {
    // Finer BTC than there is are refused by the hub, which sees them as they were written.
    btc: formatAmount(btc.digits, btc.places),
    usd: formatAmount(usd, usdPlaces),
    price: formatAmount(limit, usdPlaces),
  };
};
