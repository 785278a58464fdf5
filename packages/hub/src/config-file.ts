import { readFileSync } from "node:fs";
import type { AddressType, Network } from "@coinholder/bitcoin";
import type { ConfirmationTier, Currency, EngineConfig, FeeTier, Market } from "@coinholder/engine";
import type { Amount, Sats } from "@coinholder/protocol";
import { mostOf, parseAmount } from "@coinholder/protocol";
import { type DeskConfig, type FileDesk, readDesk } from "./desk/config.ts";
import { type FilePeer, type PeerConfig, readPeers } from "./peers/config.ts";

/** A hub's configuration as its operator writes it; every member may be left out. */
export interface HubConfig {
  /** Shown in the overview. */
  readonly name: string;
  readonly engine: EngineConfig;
  readonly fees: FeeConfig;
  readonly wallet: WalletConfig;
  /** Withdrawals wait so long for others to share a transaction with. */
  readonly batchWindowMs: number;
  /** A payout that is in no block after so many gets a higher fee. */
  readonly bumpAfterBlocks: number;
  /** Accounts that one source may make in an hour. */
  readonly accountsPerHour: number;
  /** Stream connections that one source may have at a time. */
  readonly streamConnectionsPerSource: number;
  /** Undefined: no options are sold. */
  readonly desk: DeskConfig | undefined;
  /** Hubs that are told of invoices. */
  readonly peers: readonly PeerConfig[];
}

/** Fee rates in whole satoshi per vbyte. */
export interface FeeConfig {
  readonly floor: number;
  readonly ceiling: number;
  /** When the node gives no estimate. */
  readonly fallback: number;
  /** A transaction costs at most so many percent of what it pays, or `capLeast` where that is more. */
  readonly capPercent: number;
  readonly capLeast: Sats;
}

export interface WalletConfig {
  /** Of addresses given out and of change: BIP-84 or BIP-86. */
  readonly addressType: AddressType;
  /** Above this the operator is told to sweep. */
  readonly hotCeiling: Sats | undefined;
  /** Where sweeps go: an output descriptor (BIP-380). */
  readonly coldDescriptor: string | undefined;
  /** The most that the wallet signs away within 24 hours, and in one transaction. */
  readonly dailyLimit: Sats | undefined;
  readonly payoutLimit: Sats | undefined;
  /** Confirmed coins that the wallet tries to have, so that a payment need not wait for another's change. */
  readonly readyCoins: number;
}

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
  fee_tiers?: FileFeeTier[];
}
interface FileFeeTier {
  volume: string;
  maker_fee_bps: number;
  taker_fee_bps: number;
}
interface FileTier {
  up_to?: string;
  blocks: number;
}
interface File {
  name?: string;
  currencies?: FileCurrency[];
  markets?: FileMarket[];
  confirmations?: number | FileTier[];
  final_after?: number;
  deep_reorg?: number;
  allowlist_delay_hours?: number;
  fee_rate_floor?: number;
  fee_rate_ceiling?: number;
  fallback_fee_rate?: number;
  fee_cap_percent?: number;
  fee_cap_least?: string;
  batch_window_ms?: number;
  bump_after_blocks?: number;
  ready_coins?: number;
  address_type?: string;
  hot_ceiling?: string;
  cold_descriptor?: string;
  daily_limit?: string;
  payout_limit?: string;
  accounts_per_hour?: number;
  stream_connections_per_source?: number;
  desk?: FileDesk;
  peers?: FilePeer[];
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
  confirmations: [{ up_to: "0.01", blocks: 1 }, { up_to: "1", blocks: 3 }, { blocks: 6 }] as
    | number
    | FileTier[],
  final_after: 6,
  deep_reorg: 6,
  allowlist_delay_hours: 24,
  fee_rate_floor: 1,
  fee_rate_ceiling: 500,
  fallback_fee_rate: 2,
  fee_cap_percent: 25,
  fee_cap_least: "0.0005",
  batch_window_ms: 1000,
  bump_after_blocks: 3,
  ready_coins: 4,
  address_type: "p2wpkh",
  accounts_per_hour: 60,
  stream_connections_per_source: 100,
} satisfies File;

/** On a chain of one's own nobody waits: what comes counts with its block, and goes at once. */
const REGTEST_DEFAULTS = { confirmations: 1, batch_window_ms: 0 } satisfies File;

/** Settings that are off unless given. */
const OPTIONAL = [
  "hot_ceiling",
  "cold_descriptor",
  "daily_limit",
  "payout_limit",
  "desk",
  "peers",
] satisfies (keyof File)[];
const SETTINGS: readonly string[] = [...Object.keys(DEFAULTS), ...OPTIONAL];

const wrong = (what: string): never => {
  throw new Error(`configuration file: ${what}`);
};

const step = (text: string, decimals: number, what: string): number => {
  if (typeof text !== "string") return wrong(`${what} is a text such as "0.5"`);
  const read = parseAmount(text, decimals);
  return "amount" in read ? read.amount : wrong(`${what} ${text} is not an amount of that currency`);
};

const feeTiers = (of: readonly FileFeeTier[], decimals: number): FeeTier[] => {
  if (!Array.isArray(of)) wrong("fee_tiers is a list of {volume, maker_fee_bps, taker_fee_bps}");
  return of.map(({ volume, maker_fee_bps, taker_fee_bps }) => ({
    volume: step(volume, decimals, "fee_tiers: volume") as Amount,
    makerFeeBps: maker_fee_bps,
    takerFeeBps: taker_fee_bps,
  }));
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
    ...(of.fee_tiers === undefined ? {} : { feeTiers: feeTiers(of.fee_tiers, quote) }),
  };
};

const whole = (value: number, least: number, what: string): number =>
  Number.isSafeInteger(value) && value >= least
    ? value
    : wrong(`${what} must be a whole number of at least ${least}`);

const btc = (text: string, what: string): Sats => step(text, 8, what) as Sats;

const tiers = (of: number | readonly FileTier[]): ConfirmationTier[] => {
  if (typeof of === "number") return [{ upTo: null, blocks: whole(of, 1, "confirmations") }];
  if (!Array.isArray(of)) wrong("confirmations is a number, or a list of {up_to, blocks}");
  return of.map(({ up_to, blocks }) => ({
    upTo: up_to === undefined ? null : btc(up_to, "confirmations: up_to"),
    blocks: whole(blocks, 1, "confirmations: blocks"),
  }));
};

const peers = (of: readonly FilePeer[], file: string): PeerConfig[] => {
  try {
    return readPeers(of, file);
  } catch (error) {
    return wrong((error as Error).message);
  }
};

const addressType = (text: string): AddressType =>
  text === "p2wpkh" || text === "p2tr" ? text : wrong("address_type is p2wpkh or p2tr");

const readFile = (path: string | undefined): File => {
  if (path === undefined) return {};
  let file: File = {};
  try {
    file = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    wrong(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const strange = Object.keys(file).find((key) => !SETTINGS.includes(key));
  if (strange !== undefined) wrong(`there is no setting ${strange}; there are: ${SETTINGS.join(", ")}`);
  return file;
};

/**
 * Reads the file, or answers the defaults where there is none. Throws with what is wrong.
 * @param network some defaults are of the chain that the hub is on
 */
export const readConfig = (path: string | undefined, network: Network = "regtest"): HubConfig => {
  const defaults = network === "regtest" ? { ...DEFAULTS, ...REGTEST_DEFAULTS } : DEFAULTS;
  const all: typeof DEFAULTS & File = { ...defaults, ...readFile(path) };
  const currencies = all.currencies.map(({ code, decimals }) => ({
    code,
    decimals,
    max: mostOf(code),
  }));
  const markets = all.markets.map((one) => market(currencies, one));
  const desk = all.desk === undefined ? undefined : readDesk(all.desk, currencies, markets);
  const given = (text: string | undefined, what: string): Sats | undefined =>
    text === undefined ? undefined : btc(text, what);
  const floor = whole(all.fee_rate_floor, 1, "fee_rate_floor");
  const ceiling = whole(all.fee_rate_ceiling, floor, "fee_rate_ceiling");
  return {
    name: all.name,
    engine: {
      currencies,
      markets,
      confirmations: tiers(all.confirmations),
      finalAfter: whole(all.final_after, 1, "final_after"),
      deepReorg: whole(all.deep_reorg, 1, "deep_reorg"),
      allowlistDelayMs: whole(all.allowlist_delay_hours, 0, "allowlist_delay_hours") * 3_600_000,
      ...(desk === undefined ? {} : { options: desk.caps }),
    },
    fees: {
      floor,
      ceiling,
      fallback: Math.min(ceiling, Math.max(floor, whole(all.fallback_fee_rate, 1, "fallback_fee_rate"))),
      capPercent: whole(all.fee_cap_percent, 0, "fee_cap_percent"),
      capLeast: btc(all.fee_cap_least, "fee_cap_least"),
    },
    wallet: {
      addressType: addressType(all.address_type),
      hotCeiling: given(all.hot_ceiling, "hot_ceiling"),
      coldDescriptor: all.cold_descriptor,
      dailyLimit: given(all.daily_limit, "daily_limit"),
      payoutLimit: given(all.payout_limit, "payout_limit"),
      readyCoins: whole(all.ready_coins, 1, "ready_coins"),
    },
    batchWindowMs: whole(all.batch_window_ms, 0, "batch_window_ms"),
    bumpAfterBlocks: whole(all.bump_after_blocks, 1, "bump_after_blocks"),
    accountsPerHour: whole(all.accounts_per_hour, 1, "accounts_per_hour"),
    streamConnectionsPerSource: whole(all.stream_connections_per_source, 1, "stream_connections_per_source"),
    desk,
    peers: all.peers === undefined ? [] : peers(all.peers, path!),
  };
};
