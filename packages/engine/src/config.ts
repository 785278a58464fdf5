import type { Amount } from "@coinholder/protocol";

/** What the engine must know to decide; it is journaled (`configure`), so that a replay decides the same. */
export interface EngineConfig {
  /** BTC is always the first. Their order is their number in the ledger: a currency is never taken out or moved. */
  readonly currencies: readonly Currency[];
  readonly markets: readonly Market[];
  /** Blocks on top of and including its own after which a deposit counts. */
  readonly confirmations: number;
  /** Blocks after which a withdrawal is `final`. */
  readonly finalAfter: number;
}

export interface Currency {
  readonly code: string;
  /** Decimal places. */
  readonly decimals: number;
  /** Largest amount, in smallest units. */
  readonly max: Amount;
}

export interface Market {
  readonly base: string;
  readonly quote: string;
  /** Smallest step of a price, in smallest quote units per whole base unit. */
  readonly tick: number;
  /** Smallest step of a quantity, in smallest base units. */
  readonly lot: number;
  /** Hundredths of a percent of what the maker receives. */
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
}

/** Position in `config.currencies`. */
export type CurrencyIndex = number & { readonly __is?: "currency index" };
export const BTC: CurrencyIndex = 0;

export const currencyIndex = (config: EngineConfig, code: string): CurrencyIndex | undefined => {
  const index = config.currencies.findIndex((currency) => currency.code === code);
  return index < 0 ? undefined : index;
};

export const marketName = (market: Market): string => `${market.base}/${market.quote}`;

const wrong = (what: string): never => {
  throw new Error(`configuration: ${what}`);
};

/** Throws with the reason when a configuration cannot be run, or cannot follow the one before it. */
export const checkConfig = (next: EngineConfig, before?: EngineConfig): void => {
  if (next.currencies[0]?.code !== "BTC" || next.currencies[0].decimals !== 8)
    wrong("the first currency must be BTC with 8 places");
  if (next.currencies.length > 256) wrong("there can be 256 currencies");
  const codes = new Set<string>();
  for (const { code, decimals, max } of next.currencies) {
    if (!/^[A-Z][A-Z0-9]{2,9}$/.test(code) || codes.has(code)) wrong(`bad or repeated currency code ${code}`);
    codes.add(code);
    if (!Number.isInteger(decimals) || decimals < 0 || decimals > 12)
      wrong(`${code}: decimals must be 0 to 12`);
    if (!Number.isSafeInteger(max) || max <= 0)
      wrong(`${code}: max must be a whole number of smallest units`);
  }
  const pairs = new Set<string>();
  for (const market of next.markets) {
    const name = marketName(market);
    if (!codes.has(market.base) || !codes.has(market.quote) || market.base === market.quote)
      wrong(`market ${name}: unknown currency`);
    if (pairs.has(name) || pairs.has(`${market.quote}/${market.base}`)) wrong(`market ${name} stands twice`);
    pairs.add(name);
    if (!Number.isSafeInteger(market.tick) || market.tick < 1)
      wrong(`market ${name}: tick must be at least 1 smallest unit`);
    if (!Number.isSafeInteger(market.lot) || market.lot < 1)
      wrong(`market ${name}: lot must be at least 1 smallest unit`);
    for (const bps of [market.makerFeeBps, market.takerFeeBps])
      if (!Number.isInteger(bps) || bps < 0 || bps > 10_000)
        wrong(`market ${name}: fees are 0 to 10000 basis points`);
  }
  if (!Number.isInteger(next.confirmations) || next.confirmations < 1)
    wrong("confirmations must be at least 1");
  if (!Number.isInteger(next.finalAfter) || next.finalAfter < next.confirmations)
    wrong("finalAfter must not be less than confirmations");
  before?.currencies.forEach((old, i) => {
    const now = next.currencies[i];
    if (now?.code !== old.code || now.decimals !== old.decimals)
      wrong(
        `${old.code} was at place ${i} with ${old.decimals} places; currencies are only added at the end`,
      );
  });
  before?.markets.forEach((old, i) => {
    const now = next.markets[i];
    if (!now || marketName(now) !== marketName(old) || now.tick !== old.tick || now.lot !== old.lot)
      wrong(`market ${marketName(old)} was at place ${i}; markets keep their place, tick and lot`);
  });
};
