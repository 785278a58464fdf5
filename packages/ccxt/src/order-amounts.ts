import { formatAmount } from "@coinholder/protocol";
import { InvalidOrder, Precise } from "ccxt";

/** What an order's amounts are counted in. */
export interface OrderSteps {
  readonly baseDecimals: number;
  readonly quoteDecimals: number;
  /** Quote per whole base. */
  readonly tick: string;
  /** Base. */
  readonly lot: string;
  /** Whether the hub takes a price by name. */
  readonly byName: boolean;
}

export interface OrderAmounts {
  /** Parameters of `place-order` and `amend-order`. */
  readonly said: { readonly trade_amt: string; readonly for_amt: string; readonly price?: string };
  /** Of base, cut to the lot. */
  readonly amount: string;
  /** The limit that the hub makes of it. */
  readonly price: string;
}

/** Whole units of 10^-decimals, cut or (`up`) raised where the text is finer. Exponents are read too: ccxt's numbers may have them. */
const unitsOf = (text: string, decimals: number, up: boolean): bigint => {
  const [whole = "", fraction = ""] = new Precise(text).toString().split(".");
  const rest = fraction.slice(decimals);
  const units = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, "0"));
  return units + (up && /[1-9]/.test(rest) ? 1n : 0n);
};

const divided = (value: bigint, by: bigint, up: boolean): bigint =>
  up ? (value + by - 1n) / by : value / by;

/**
 * «Buy or sell `amount` at `price`» as the two amounts of `place-order`. A hub that takes `price` by name (ours) is told just that price,
 * rounded to the tick in the owner's favour, and what it comes to.
 *
 * A hub of the seed takes the ratio of the amounts as the limit: what it costs is rounded away from the owner where that leads
 * back to just the price asked, and in the owner's favour where a smallest unit of the quote currency is too coarse for that (0.001 BTC at
 * 65000.01 would be 65.00001): the limit is then the next better one, never a worse one. With `now` (what trades at once or
 * never) the price bounds the whole cost there: it is always rounded away from the owner, by less than one smallest unit in all.
 * @throws InvalidOrder
 */
export const orderAmounts = (
  buys: boolean,
  amount: string,
  price: string,
  { baseDecimals, quoteDecimals, tick, lot, byName }: OrderSteps,
  now = false,
): OrderAmounts => {
  const lotUnits = unitsOf(lot, baseDecimals, false);
  const base = divided(unitsOf(amount, baseDecimals, false), lotUnits, false) * lotUnits;
  if (base <= 0n)
    throw new InvalidOrder(`coinholder: an amount of ${amount} is less than the market's ${lot}`);
  const tickUnits = unitsOf(tick, quoteDecimals, false);
  const limit = divided(unitsOf(price, quoteDecimals, !buys), tickUnits, !buys) * tickUnits;
  if (limit <= 0n)
    throw new InvalidOrder(`coinholder: a price of ${price} is less than the market's ${tick}`);
  const scale = 10n ** BigInt(baseDecimals);
  const hubsLimit = (quote: bigint): bigint =>
    byName ? limit : divided(quote * scale, base * tickUnits, !buys) * tickUnits;
  const generous = divided(base * limit, scale, buys);
  const quote =
    byName || (generous > 0n && (now || hubsLimit(generous) === limit))
      ? generous
      : divided(base * limit, scale, !buys);
  if (quote <= 0n || hubsLimit(quote) <= 0n)
    throw new InvalidOrder(
      `coinholder: ${amount} at ${price} comes to less than the quote currency can tell`,
    );
  const baseText = formatAmount(base, baseDecimals);
  const quoteText = formatAmount(quote, quoteDecimals);
  const priceText = formatAmount(hubsLimit(quote), quoteDecimals);
  return {
    said: {
      ...(buys ? { trade_amt: quoteText, for_amt: baseText } : { trade_amt: baseText, for_amt: quoteText }),
      ...(byName ? { price: priceText } : {}),
    },
    amount: baseText,
    price: priceText,
  };
};

/**
 * How bad the price may get when `amount` is taken from these levels now: the worst level that it needs, and `slippage`
 * (a share, "0.01") beyond. Undefined where nobody offers anything.
 */
export const worstPrice = (
  buys: boolean,
  amount: string,
  levels: readonly (readonly [price: string, quantity: string])[],
  slippage: string,
): string | undefined => {
  let found = "0";
  let worst: string | undefined;
  for (const [price, quantity] of levels) {
    worst = price;
    found = Precise.stringAdd(found, quantity)!;
    if (Precise.stringGe(found, amount)) break;
  }
  if (worst === undefined) return undefined;
  const share = buys ? Precise.stringAdd("1", slippage) : Precise.stringSub("1", slippage);
  return Precise.stringMul(worst, share)!;
};
