import type { FunctionName } from "./functions/table.ts";
import { CANDLE_INTERVALS, type CandleInterval } from "./stream-candles.ts";
import { type NearbyPlace, readNearby } from "./stream-nearby.ts";

/** What a signed subscription gives as `f`, and what takes channels back. */
export const SUBSCRIBE = "subscribe";
export const UNSUBSCRIBE = "unsubscribe";

/** How often a reader hears from the hub even when nothing happens, in ms. */
export const HEARTBEAT_MS = 15_000;

/** Changes of a book are gathered for so long, in ms, once one was told. */
export const MERGE_MS = 100;

/** Channels that one connection may read at a time. */
export const MOST_CHANNELS = 100;

/** Candles are told at most so often, in ms. */
export const CANDLES_MS = 1_000;

/** Channels that anyone may read, one for each market: `book:BTC/USD`; of candles one for each interval too: `candles:BTC/USD:1m`. */
export const marketChannels = {
  book: "The order book: all its levels, then those that have changed. Numbered by `seq` of `depth`.",
  trades: "Trades, numbered by their `trade_id`.",
  ticker: "Last price, best bid and ask, and the last 24 hours, at most once a second. Numbered as the book.",
  candles:
    "The last 200 candles of an interval of `candles`, then those that have changed or begun, at most once a second. Numbered by `seq` of that function.",
} as const;
export type MarketChannel = keyof typeof marketChannels;

/** Open to anyone too, one for each place that is asked for: `nearby:45.5089:-73.5617:400:417`. */
export const NEARBY = "nearby";

/** Channels of the account that signs, each with the function whose permission it needs and whose answer it keeps current. */
export const accountChannels = {
  balances: "my-balance",
  orders: "my-open-orders",
  fills: "my-trades",
  transfers: "my-transfers",
  invoices: "my-invoices",
} as const satisfies Record<string, FunctionName>;
export type AccountChannel = keyof typeof accountChannels;

/** A channel as a reader asks for it. */
export interface AskedChannel {
  /** As it stands in messages: `book:BTC/USD`, `candles:BTC/USD:1m`, `balances`. */
  readonly channel: string;
  readonly kind: MarketChannel | AccountChannel | typeof NEARBY;
  /** Of a market's channel. */
  readonly market?: string;
  /** Of candles. */
  readonly interval?: CandleInterval;
  /** Of invoices nearby. */
  readonly near?: NearbyPlace;
  /** The last number that the reader has: it wants what came after. */
  readonly after?: number;
}

// A kind, what it is of (each kind says how many parts and which), and a number.
const FORM = /^([a-z]+)((?::[A-Za-z0-9./_%-]{1,300}){0,6})(?:@(0|[1-9][0-9]{0,15}))?$/;
const MARKET = /^[A-Z0-9]{1,16}\/[A-Z0-9]{1,16}$/;

const isInterval = (text: string | undefined): text is CandleInterval =>
  CANDLE_INTERVALS.includes(text as CandleInterval);

/** What a channel is of, or undefined where there is none of that kind. */
const readParts = (
  kind: string,
  parts: readonly string[],
): Pick<AskedChannel, "market" | "interval" | "near"> | undefined => {
  if (kind === NEARBY) {
    const near = readNearby(parts);
    return near && { near };
  }
  const [market, interval, ...more] = parts;
  if (market === undefined) return Object.hasOwn(accountChannels, kind) ? {} : undefined;
  if (!Object.hasOwn(marketChannels, kind) || !MARKET.test(market) || more.length > 0) return undefined;
  if (kind === "candles") return isInterval(interval) ? { market, interval } : undefined;
  return interval === undefined ? { market } : undefined;
};

/** Reads `book:BTC/USD@1042,balances`. Answers what is wrong with it where it is not of that form. */
export const readChannels = (text: string): { channels: AskedChannel[] } | { problem: string } => {
  const channels: AskedChannel[] = [];
  const names = new Set<string>();
  const parts = text.split(",");
  if (parts.length > MOST_CHANNELS) return { problem: `must not be more than ${MOST_CHANNELS} channels` };
  for (const part of parts) {
    const [, kind = "", of = "", number] = FORM.exec(part) ?? [];
    const after = number === undefined ? undefined : Number(number);
    if (after !== undefined && !Number.isSafeInteger(after)) return { problem: "has a number out of range" };
    const channel = kind + of;
    if (names.has(channel)) return { problem: `names ${channel} twice` };
    names.add(channel);
    const read = readParts(kind, of.split(":").slice(1));
    if (!read) return { problem: `must be channels joined by commas; «${part.slice(0, 40)}» is none` };
    channels.push({
      channel,
      kind: kind as AskedChannel["kind"],
      ...read,
      ...(after === undefined ? {} : { after }),
    });
  }
  return { channels };
};

export const writeChannels = (of: readonly Pick<AskedChannel, "channel" | "after">[]): string =>
  of.map(({ channel, after }) => (after === undefined ? channel : `${channel}@${after}`)).join(",");

/** Why the hub ends a connection. */
export const closings = {
  slow_reader: "The connection has not taken what it was sent. Subscribe again, from your last numbers.",
  hub_stopping: "The hub stops. Subscribe again in a moment, from your last numbers.",
  too_many_messages: "Too many messages came over the connection, or too many that are none.",
  nothing_subscribed: "No channel is left on the connection.",
} as const;
export type Closing = keyof typeof closings;

interface OfChannel {
  readonly channel: string;
  /** Whose, where the channel is an account's. */
  readonly account?: string;
}

/** How the channel stands. Every later message continues from `seq`. */
export interface StreamSnapshot extends OfChannel {
  readonly type: "snapshot";
  readonly seq: number;
  readonly t: number;
  readonly data: unknown;
}

/** What came after: `first` is one more than the number before it, `last` the number that it leads to. */
export interface StreamUpdate extends OfChannel {
  readonly type: "update";
  readonly first: number;
  readonly last: number;
  readonly t: number;
  readonly data: unknown;
}

export type StreamMessage =
  | StreamSnapshot
  | StreamUpdate
  /** What was asked for is read from now on. */
  | { readonly type: "subscribed"; readonly channels: readonly string[]; readonly id?: string }
  | { readonly type: "unsubscribed"; readonly channels: readonly string[]; readonly id?: string }
  /** Nothing was missed, or what was missed follows. */
  | (OfChannel & { readonly type: "resumed"; readonly seq: number })
  /** What came after that number is not kept any more; a snapshot follows. */
  | (OfChannel & { readonly type: "gap"; readonly after: number })
  | { readonly type: "heartbeat"; readonly t: number }
  /** A call over the connection was refused. */
  | { readonly type: "error"; readonly error: StreamError; readonly id?: string }
  /** The key may not read the channel any more. */
  | (OfChannel & { readonly type: "ended"; readonly error: StreamError })
  | { readonly type: "closing"; readonly reason: Closing; readonly message: string };

export interface StreamError {
  readonly code: string;
  readonly message: string;
  readonly [particular: string]: unknown;
}
