import { type Currency, type EngineConfig, type Market, marketName } from "@coinholder/engine";
import { type Amount, parseAmount } from "@coinholder/protocol";
import type { Caution } from "./guard.ts";
import type { Margin } from "./terms.ts";

/** The hub's trading desk, which sells options. */
export interface DeskConfig {
  /** Identifier or name of the account that it trades from: what it sells is held there. */
  readonly account: string;
  readonly lifeMs: number;
  readonly caps: NonNullable<EngineConfig["options"]>;
  readonly pairs: readonly DeskPair[];
}

export interface DeskPair extends Margin, Caution {
  readonly base: string;
  readonly quote: string;
  /** Smallest base units of the largest option. */
  readonly most: Amount;
  readonly price: PriceConfig;
}

export type PriceConfig =
  | { readonly from: "book"; readonly market: number }
  /** Smallest quote units per whole base unit. */
  | { readonly from: "rate"; readonly rate: number }
  | { readonly from: "url"; readonly url: string }
  | ({ readonly from: "sources" } & SourcesConfig);

/** Several sources that make one price: combine.ts. */
export interface SourcesConfig {
  /** `ccxt:kraken`, `mtgox:https://...`, or the URL of what answers as a hub's `ticker` does. */
  readonly urls: readonly string[];
  readonly quorum: number;
  readonly outlierBps: number;
}

export interface FilePair {
  /** base/quote */
  market: string;
  /** `"book"` (the hub's own), `{"rate": "65000.00"}`, `{"url": "https://..."}` or `{"sources": ["ccxt:kraken", ...]}` */
  price?: "book" | FilePrice;
  spread_bps?: number;
  premium_bps?: number;
  most?: string;
  stale_s?: number;
  wild_bps?: number;
  wild_s?: number;
}
export interface FilePrice {
  rate?: string;
  url?: string;
  sources?: string[];
  quorum?: number;
  outlier_bps?: number;
}
export interface FileDesk {
  account?: string;
  life_s?: number;
  most_open?: number;
  most_open_per_buyer?: number;
  markets?: FilePair[];
}

const DESK = {
  /** The operator's own. */
  account: "operator",
  life_s: 30,
  most_open: 100,
  most_open_per_buyer: 5,
  markets: [] as FilePair[],
} satisfies FileDesk;

const PAIR = {
  market: "",
  price: "book" as NonNullable<FilePair["price"]>,
  spread_bps: 100,
  premium_bps: 0,
  most: "0.1",
  stale_s: 15,
  wild_bps: 300,
  wild_s: 60,
} satisfies FilePair;

const PRICE = { rate: "", url: "", sources: [], quorum: 0, outlier_bps: 200 } satisfies FilePrice;
const MOST_SOURCES = 16;

const LONGEST_LIFE_S = 3600;

const wrong = (what: string): never => {
  throw new Error(`configuration file: desk: ${what}`);
};

const whole = (value: unknown, least: number, most: number, what: string): number =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
    ? (value as number)
    : wrong(`${what} must be a whole number from ${least} to ${most}`);

const known = <T extends object>(file: T, defaults: object, what: string): T => {
  if (typeof file !== "object" || file === null || Array.isArray(file)) wrong(`${what} is an object`);
  const strange = Object.keys(file).find((key) => !Object.hasOwn(defaults, key));
  return strange === undefined ? file : wrong(`${what} has no setting ${strange}`);
};

const amountOf = (text: string, { code, decimals, max }: Currency, what: string): Amount => {
  const read = typeof text === "string" ? parseAmount(text, decimals, max) : undefined;
  return read && "amount" in read ? read.amount : wrong(`${what} ${text} is no amount of ${code}`);
};

const isHttp = (url: unknown): boolean =>
  typeof url === "string" && URL.canParse(url) && /^https?:/.test(url);

const isSource = (url: unknown): boolean =>
  typeof url === "string" &&
  (/^ccxt:[a-z0-9]+$/.test(url) || isHttp(url.startsWith("mtgox:") ? url.slice("mtgox:".length) : url));

const sourcesOf = ({ sources, quorum, outlier_bps }: FilePrice, name: string): PriceConfig => {
  if (!Array.isArray(sources) || sources.length === 0 || sources.length > MOST_SOURCES)
    return wrong(`sources of ${name} lists 1 to ${MOST_SOURCES}`);
  const strange = sources.find((url) => !isSource(url));
  if (strange !== undefined)
    return wrong(`source ${strange} of ${name} is not ccxt:NAME, mtgox:https://... or an http(s) URL`);
  // One that counts twice would outvote others.
  if (new Set(sources).size < sources.length) return wrong(`sources of ${name} has one twice`);
  const majority = Math.floor(sources.length / 2) + 1;
  return {
    from: "sources",
    urls: sources,
    quorum: whole(quorum ?? majority, 1, sources.length, `quorum of ${name}`),
    outlierBps: whole(outlier_bps ?? PRICE.outlier_bps, 1, 9999, `outlier_bps of ${name}`),
  };
};

const priceOf = (
  of: NonNullable<FilePair["price"]>,
  quote: Currency,
  market: number,
  name: string,
): PriceConfig => {
  if (of === "book")
    return market < 0
      ? wrong(`${name}: the hub has no market of that name to quote from`)
      : { from: "book", market };
  const file = known(of, PRICE, `price of ${name}`);
  const { rate, url, sources, quorum, outlier_bps } = file;
  const kinds = [rate, url, sources].filter((kind) => kind !== undefined).length;
  const alone = kinds === 1 && (sources !== undefined || (quorum === undefined && outlier_bps === undefined));
  if (alone && rate !== undefined)
    return {
      from: "rate",
      rate: amountOf(rate, { ...quote, max: Number.MAX_SAFE_INTEGER as Amount }, `rate of ${name}`),
    };
  if (alone && url !== undefined && isHttp(url)) return { from: "url", url };
  if (alone && sources !== undefined) return sourcesOf(file, name);
  return wrong(
    `price of ${name} is "book", {"rate": "65000.00"}, {"url": "https://..."} or {"sources": ["ccxt:kraken", ...]}`,
  );
};

const pairOf = (file: FilePair, currencies: readonly Currency[], markets: readonly Market[]): DeskPair => {
  const one = { ...PAIR, ...known(file, PAIR, "a market") };
  const [base, quote] = String(one.market)
    .split("/")
    .map((code) => currencies.find((currency) => currency.code === code));
  if (!base || !quote || base === quote || one.market !== `${base.code}/${quote.code}`)
    return wrong(`market ${one.market} is not of two of the hub's currencies, base/quote`);
  const name = one.market;
  const market = markets.findIndex((of) => marketName(of) === name);
  return {
    base: base.code,
    quote: quote.code,
    price: priceOf(one.price, quote, market, name),
    most: amountOf(one.most, base, `most of ${name}`),
    spreadBps: whole(one.spread_bps, 0, 9999, `spread_bps of ${name}`),
    premiumBps: whole(one.premium_bps, 0, 10_000, `premium_bps of ${name}`),
    staleMs: whole(one.stale_s, 1, 3600, `stale_s of ${name}`) * 1000,
    wildBps: whole(one.wild_bps, 1, 1_000_000, `wild_bps of ${name}`),
    wildMs: whole(one.wild_s, 1, 3600, `wild_s of ${name}`) * 1000,
  };
};

/** Reads what stands under `desk` in the configuration file. Throws with what is wrong. */
export const readDesk = (
  file: FileDesk,
  currencies: readonly Currency[],
  markets: readonly Market[],
): DeskConfig => {
  const all = { ...DESK, ...known(file, DESK, "it") };
  if (typeof all.account !== "string" || all.account === "")
    wrong("account is an account's identifier or name");
  if (!Array.isArray(all.markets) || all.markets.length === 0) wrong("markets lists at least one");
  const pairs = all.markets.map((one) => pairOf(one, currencies, markets));
  for (const { base, quote } of pairs)
    if (
      pairs.filter((one) => [base, quote].includes(one.base) && [base, quote].includes(one.quote)).length > 1
    )
      wrong(`${base}/${quote} stands twice`);
  return {
    account: all.account,
    lifeMs: whole(all.life_s, 1, LONGEST_LIFE_S, "life_s") * 1000,
    caps: {
      most: whole(all.most_open, 1, 10_000, "most_open"),
      mostPerBuyer: whole(all.most_open_per_buyer, 1, 10_000, "most_open_per_buyer"),
    },
    pairs,
  };
};
