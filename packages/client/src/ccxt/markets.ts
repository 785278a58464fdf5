import type { Overview } from "@coinholder/protocol";
import type { CcxtExchange, CcxtMarket, Told } from "./ccxt-exchange.ts";
import { compare, type Decimal, decimal, magnitude, power, write, ZERO } from "./decimal.ts";

/** A market that can be asked for in the protocol's words. */
export interface Market {
  readonly name: string;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly of: CcxtMarket;
}

const CODE = /^[A-Z][A-Z0-9]{2,9}$/;
/** ccxt's counting modes. */
const DECIMAL_PLACES = 2;
const SIGNIFICANT_DIGITS = 3;
/** Told and taken where the exchange says nothing finer or coarser: no exchange in use writes prices finer. */
const FINEST = power(-8);

/** What a spot symbol trades, also on a market that has closed since; undefined for derivatives (`BTC/USD:USD`). */
export const pairOf = (symbol: string | undefined): Pick<Market, "name" | "base" | "quote"> | undefined => {
  const [, base, quote] = /^([^/:]+)\/([^/:]+)$/.exec(symbol ?? "") ?? [];
  return base === undefined || quote === undefined ? undefined : { name: `${base}/${quote}`, base, quote };
};

/** All spot markets that are open now, by name. */
export const readMarkets = ({ markets }: CcxtExchange): ReadonlyMap<string, Market> => {
  const found = new Map<string, Market>();
  for (const of of Object.values(markets)) {
    const { symbol, base, quote } = of;
    const name = `${base}/${quote}`;
    // With a settlement currency or an expiry in its symbol it is not spot, whatever it says of itself.
    if (of.spot !== true || of.active === false || symbol !== name) continue;
    if (CODE.test(base) && CODE.test(quote)) found.set(name, { name, symbol, base, quote, of });
  }
  return found;
};

/** The smallest step, in one of ccxt's ways of counting; `exponent`: of the number's first digit, for significant digits. */
const stepOf = (mode: number, told: Told, exponent: number | undefined): Decimal => {
  const precision = decimal(told);
  if (precision === undefined) return FINEST;
  if (mode === DECIMAL_PLACES) return power(-Number(precision.units / 10n ** BigInt(precision.places)));
  if (mode === SIGNIFICANT_DIGITS) {
    if (exponent === undefined) return FINEST;
    const step = power(exponent - Number(precision.units / 10n ** BigInt(precision.places)) + 1);
    return compare(step, FINEST) < 0 ? FINEST : step;
  }
  return compare(precision, ZERO) > 0 ? precision : FINEST;
};

/** The price's step, in quote per whole base, near the price quote / base. */
export const tickOf = (
  { precisionMode }: CcxtExchange,
  { of }: Market,
  quote: Decimal,
  base: Decimal,
): Decimal =>
  stepOf(
    precisionMode,
    of.precision.price,
    precisionMode === SIGNIFICANT_DIGITS ? magnitude(quote, base) : undefined,
  );
/** The quantity's step. Bitfinex counts only its prices by significant digits; its quantities have places. */
export const lotOf = ({ precisionMode }: CcxtExchange, { of }: Market): Decimal =>
  stepOf(
    precisionMode === SIGNIFICANT_DIGITS ? DECIMAL_PLACES : precisionMode,
    of.precision.amount,
    undefined,
  );

/** A fraction as basis points: whole ones, never told lower than it is. */
const basisPoints = (told: Told): number | undefined => {
  const read = decimal(told);
  if (read === undefined) return undefined;
  const [above, below] = [read.units * 10_000n, 10n ** BigInt(read.places)];
  return Number(above > 0n ? (above + below - 1n) / below : above / below);
};
export const feesOf = ({ of }: Market): { maker_fee_bps?: number; taker_fee_bps?: number } => {
  const [maker, taker] = [basisPoints(of.maker), basisPoints(of.taker)];
  return {
    ...(maker === undefined ? {} : { maker_fee_bps: maker }),
    ...(taker === undefined ? {} : { taker_fee_bps: taker }),
  };
};

/** Decimals of a currency at the exchange. */
export const placesOf = (exchange: CcxtExchange, code: string): number => {
  const told = exchange.currencies[code]?.precision;
  const step = stepOf(
    exchange.precisionMode === SIGNIFICANT_DIGITS ? 4 : exchange.precisionMode,
    told,
    undefined,
  );
  const text = write(step);
  const fraction = text.includes(".") ? text.replace(/0+$/, "").split(".")[1]! : "";
  return fraction.length;
};

export const overviewOf = (
  exchange: CcxtExchange,
  markets: ReadonlyMap<string, Market>,
): Pick<Overview, "name" | "network" | "currencies" | "markets"> => {
  const codes = new Set([...markets.values()].flatMap(({ base, quote }) => [base, quote]));
  return {
    name: exchange.name,
    network: exchange.isSandboxModeEnabled === true ? "testnet" : "mainnet",
    currencies: [...codes].sort().map((code) => ({ code, decimals: placesOf(exchange, code) })),
    markets: [...markets.values()].map((market) => ({
      name: market.name,
      base: market.base,
      quote: market.quote,
      tick: write(stepOf(exchange.precisionMode, market.of.precision.price, undefined)),
      lot: write(lotOf(exchange, market)),
      ...feesOf(market),
    })),
  };
};
