import type { Amount } from "@coinholder/protocol";
import { RECENT_BLOCKS } from "./bitcoin/chain.ts";

/** What the engine must know to decide; it is journaled (`configure`), so that a replay decides the same. */
export interface EngineConfig {
  /** BTC is always the first. Their order is their number in the ledger: a currency is never taken out or moved. */
  readonly currencies: readonly Currency[];
  readonly markets: readonly Market[];
  /** How deep a deposit must be to count, by the sum that its block brought to its address. Ascending; the last has no bound. */
  readonly confirmations: readonly ConfirmationTier[];
  /** Blocks after which a withdrawal is `final`. */
  readonly finalAfter: number;
  /** A reorganisation that undoes more blocks than this stops all payments by chain. */
  readonly deepReorg: number;
  /** After which a new allowed address, or the end of the list, takes effect. */
  readonly allowlistDelayMs: number;
  /** Absent: no options are sold. */
  readonly options?: OptionCaps | undefined;
}

/** How many options may be open at once: each binds what the desk has. */
export interface OptionCaps {
  readonly most: number;
  readonly mostPerBuyer: number;
}

export interface ConfirmationTier {
  /** Satoshi, included; null: any. */
  readonly upTo: Amount | null;
  /** Including the block that the deposit is in. */
  readonly blocks: number;
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
  /** Other fees for those who trade much, by rising volume. */
  readonly feeTiers?: readonly FeeTier[] | undefined;
}

export interface FeeTier {
  /** Of 30 days, in quote: who reaches it pays these fees. */
  readonly volume: Amount;
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

/** What is counted in blocks must be over before the blocks are forgotten. */
const isDepth = (blocks: number): boolean =>
  Number.isInteger(blocks) && blocks >= 1 && blocks <= RECENT_BLOCKS;

const checkDepths = ({ confirmations, finalAfter, deepReorg, allowlistDelayMs }: EngineConfig): void => {
  if (confirmations.at(-1)?.upTo !== null) wrong("the last tier of confirmations must have no bound");
  for (const [i, { upTo, blocks }] of confirmations.entries()) {
    const before = confirmations[i - 1];
    if (!isDepth(blocks)) wrong(`confirmations must be 1 to ${RECENT_BLOCKS}`);
    if (before && blocks < before.blocks) wrong("more needs as many confirmations as less, or more");
    if (
      upTo === null
        ? i < confirmations.length - 1
        : !Number.isSafeInteger(upTo) || upTo <= (before?.upTo ?? 0)
    )
      wrong("tiers of confirmations must go up, each to a whole number of satoshi");
  }
  if (!isDepth(finalAfter)) wrong(`finalAfter must be 1 to ${RECENT_BLOCKS}`);
  if (!isDepth(deepReorg)) wrong(`deepReorg must be 1 to ${RECENT_BLOCKS}`);
  if (!Number.isSafeInteger(allowlistDelayMs) || allowlistDelayMs < 0)
    wrong("allowlistDelayMs must be a whole number of milliseconds");
};

const checkFees = (market: Market): void => {
  const name = marketName(market);
  const { feeTiers = [] } = market;
  for (const { makerFeeBps, takerFeeBps } of [market, ...feeTiers])
    for (const bps of [makerFeeBps, takerFeeBps])
      if (!Number.isInteger(bps) || bps < 0 || bps > 10_000)
        wrong(`market ${name}: fees are 0 to 10000 basis points`);
  let before = 0;
  for (const { volume } of feeTiers) {
    if (!Number.isSafeInteger(volume) || volume <= before)
      wrong(`market ${name}: volumes of fee tiers rise, in whole smallest units of quote`);
    before = volume;
  }
};

const checkOptionCaps = ({ most, mostPerBuyer }: OptionCaps): void => {
  for (const cap of [most, mostPerBuyer])
    if (!Number.isSafeInteger(cap) || cap < 1) wrong("caps on open options are whole numbers of at least 1");
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
    checkFees(market);
  }
  checkDepths(next);
  if (next.options) checkOptionCaps(next.options);
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
