import { readFileSync } from "node:fs";
import type { Currency, EngineConfig, Market } from "@coinholder/engine";
import type { Amount } from "@coinholder/protocol";
import { parseAmount } from "@coinholder/protocol";

/** A hub's configuration as its operator writes it; every member may be left out. */
export interface HubConfig {
  /** Shown in the overview. */
  readonly name: string;
  readonly engine: EngineConfig;
  /** Satoshi per vbyte when the node gives no estimate. */
  readonly fallbackFeeRate: number;
  /** Accounts that one source may make in an hour. */
  readonly accountsPerHour: number;
}

const BTC_MAX = 2_100_000_000_000_000 as Amount;
const FIAT_MAX = 9_000_000_000_000_000 as Amount;

interface FileCurrency {
  code: string;
  decimals: number;
}
interface FileMarket {
  base: string;
  quote: string;
  tick?: string;
  lot?: string;
  maker_fee_bps?: number;
  taker_fee_bps?: number;
}
interface File {
  name?: string;
  currencies?: FileCurrency[];
  markets?: FileMarket[];
  confirmations?: number;
  final_after?: number;
  fallback_fee_rate?: number;
  accounts_per_hour?: number;
}

const DEFAULTS = {
  name: "Coinholder hub",
  currencies: [
    { code: "BTC", decimals: 8 },
    { code: "USD", decimals: 2 },
    { code: "EUR", decimals: 2 },
    { code: "CAD", decimals: 2 },
  ],
  markets: [
    { base: "BTC", quote: "USD" },
    { base: "BTC", quote: "EUR" },
    { base: "BTC", quote: "CAD" },
  ] as FileMarket[],
  confirmations: 1,
  final_after: 6,
  fallback_fee_rate: 2,
  accounts_per_hour: 60,
} satisfies Required<File>;

const wrong = (what: string): never => {
  throw new Error(`configuration file: ${what}`);
};

const step = (text: string, decimals: number, what: string): number => {
  const read = parseAmount(text, decimals);
  return "amount" in read ? read.amount : wrong(`${what} ${text} is not an amount of that currency`);
};

const market = (currencies: readonly Currency[], of: FileMarket): Market => {
  const decimals = (code: string): number =>
    currencies.find((currency) => currency.code === code)?.decimals ??
    wrong(`market ${of.base}/${of.quote}: there is no currency ${code}`);
  const quote = decimals(of.quote);
  return {
    base: of.base,
    quote: of.quote,
    tick: of.tick === undefined ? (quote >= 2 ? 10 ** (quote - 2) : 1) : step(of.tick, quote, "tick"),
    lot: of.lot === undefined ? 1 : step(of.lot, decimals(of.base), "lot"),
    makerFeeBps: of.maker_fee_bps ?? 0,
    takerFeeBps: of.taker_fee_bps ?? 0,
  };
};

const whole = (value: number, least: number, what: string): number =>
  Number.isSafeInteger(value) && value >= least
    ? value
    : wrong(`${what} must be a whole number of at least ${least}`);

/** Reads the file, or answers the defaults where there is none. Throws with what is wrong. */
export const readConfig = (path: string | undefined): HubConfig => {
  let file: File = {};
  if (path !== undefined) {
    try {
      file = JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
      wrong(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const strange = Object.keys(file).find((key) => !Object.hasOwn(DEFAULTS, key));
    if (strange !== undefined)
      wrong(`there is no setting ${strange}; there are: ${Object.keys(DEFAULTS).join(", ")}`);
  }
  const all = { ...DEFAULTS, ...file };
  const currencies = all.currencies.map(({ code, decimals }) => ({
    code,
    decimals,
    max: code === "BTC" ? BTC_MAX : FIAT_MAX,
  }));
  return {
    name: all.name,
    engine: {
      currencies,
      markets: all.markets.map((one) => market(currencies, one)),
      confirmations: all.confirmations,
      finalAfter: all.final_after,
    },
    fallbackFeeRate: whole(all.fallback_fee_rate, 1, "fallback_fee_rate"),
    accountsPerHour: whole(all.accounts_per_hour, 1, "accounts_per_hour"),
  };
};
