import {
  accountChannels,
  callNonce,
  type ErrorCode,
  encodeForm,
  HEARTBEAT_MS,
  readChannels,
  SIGNATURE_HEADER,
  type StreamMessage,
  type StreamSnapshot,
  type StreamUpdate,
  SUBSCRIBE,
  TOKEN_HEADER,
  writeChannels,
} from "@coinholder/protocol";
import type { Connection } from "./call.ts";
import type { Credentials } from "./credentials.ts";
import { HubError } from "./hub-error.ts";
import { pause } from "./pause.ts";
import { randomToken } from "./random-token.ts";
import { signBytes } from "./signing-key.ts";
import { readEvents } from "./stream-events.ts";

/** What a subscription yields: how a channel stands, what came after, what was missed, and what ended. */
export type StreamEvent = StreamSnapshot | StreamUpdate | Extract<StreamMessage, { type: "gap" | "ended" }>;

export interface SubscribeOptions {
  /** Ends the subscription; the iterator is then done. */
  readonly signal?: AbortSignal;
  /** Told when the channels are read, and when the connection is gone and another is tried. */
  readonly onState?: (state: "live" | "reconnecting") => void;
}

/** Pauses before a new connection, in ms; the last one is kept to. */
const PAUSES_MS = [200, 600, 1_800, 5_000, 15_000];
/** A connection that breaks sooner has cured nothing: the pauses go on growing. In ms. */
const LASTED_MS = 1_000;

/** Refusals that time, a fresh signature or the right clock may cure. */
const PASSING = new Set(["rate_limited", "nonce_stale", "nonce_used"]);

/** A 5xx is the hub's trouble, or a proxy's while the hub behind it starts anew. */
const isFinal = ({ code, status }: HubError): boolean =>
  status >= 400 && (status < 500 ? !PASSING.has(code) : code === "unsupported");

/** Refusals of the key, which all channels of the account share. */
const OF_KEY = new Set(["authentication_failed", "authkey_expired"]);

const needsSigning = (channel: string): boolean => Object.hasOwn(accountChannels, channel);

/** The channels still read, each with the number that it has come to. */
type Places = Map<string, number | undefined>;

const placesOf = (channels: readonly string[]): Places => {
  const read = readChannels(channels.join(","));
  if ("problem" in read) throw new TypeError(`channels ${read.problem}`);
  return new Map(read.channels.map(({ channel, after }) => [channel, after]));
};

/** The channels that a refusal is about, where it is not about all. */
const refusedOf = ({ code, particulars: { channel } }: HubError, places: Places): string[] => {
  const all = [...places.keys()];
  const refused = OF_KEY.has(code) ? all.filter(needsSigning) : all.filter((one) => one === channel);
  return refused.length < all.length ? refused : [];
};

const endedBy = ({ code, message, particulars }: HubError, channel: string): StreamEvent => ({
  type: "ended",
  channel,
  error: { ...particulars, code: code as ErrorCode, message },
});

const requestOf = async (
  { overview, clockOffsetMs, keyReading }: Connection,
  credentials: Credentials | undefined,
  places: Places,
): Promise<{ url: string; headers: Record<string, string> }> => {
  if (overview.stream_url === undefined)
    throw new HubError("function_unknown", "This hub has no stream.", { status: 404 });
  const channels = writeChannels(
    [...places].map(([channel, after]) => (after === undefined ? { channel } : { channel, after })),
  );
  if (![...places.keys()].some(needsSigning))
    return { url: `${overview.stream_url}?${encodeForm({ channels })}`, headers: {} };
  if (credentials === undefined)
    throw new HubError("authentication_missing", "An account's channel needs credentials.", { status: 401 });
  if ("pass" in credentials)
    throw new HubError("authentication_type_unsupported", "An account's channel needs an HMAC authkey.");
  const now = Date.now() + clockOffsetMs;
  const query = encodeForm({ channels, ...callNonce(SUBSCRIBE, credentials.account, now, randomToken()) });
  return {
    url: `${overview.stream_url}?${query}`,
    headers: {
      [TOKEN_HEADER]: credentials.token,
      [SIGNATURE_HEADER]: await signBytes(credentials.key, new TextEncoder().encode(query), keyReading),
    },
  };
};

/** Whether a message is news: notes where its channel has come to, and throws where it does not follow on that. */
const isNews = (places: Places, message: StreamMessage): message is StreamEvent => {
  if (!("channel" in message) || !places.has(message.channel)) return false;
  const { channel } = message;
  if (message.type === "ended") places.delete(channel);
  else if (message.type === "snapshot") places.set(channel, message.seq);
  else if (message.type === "update") {
    const at = places.get(channel);
    if (at !== undefined && message.last <= at) return false;
    if (at === undefined || message.first !== at + 1) {
      places.set(channel, undefined);
      throw new HubError("connection_lost", `The channel ${channel} has a gap.`);
    }
    places.set(channel, message.last);
  }
  return message.type !== "resumed";
};

/**
 * Reads channels of the stream (`book:BTC/USD`, `balances`; with `@number` from there on), over server-sent events, in Node
 * and in browsers. After a broken connection it goes on by itself where it was: every number comes once, or `gap` and a
 * snapshot say that it could not. A channel that the hub refuses is told as `ended`, and the others are read. Throws HubError when
 * the hub refuses all that is left for good; all else is tried again, with pauses.
 */
export async function* subscribe(
  connection: Connection,
  credentials: Credentials | undefined,
  channels: readonly string[],
  options: SubscribeOptions = {},
): AsyncGenerator<StreamEvent, void, undefined> {
  const places = placesOf(channels);
  const left = new AbortController();
  const over = options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]);
  let tries = 0;
  let clockCorrected = false;
  try {
    while (!over.aborted && places.size > 0) {
      const { url, headers } = await requestOf(connection, credentials, places);
      let live: number | undefined;
      try {
        for await (const message of readEvents(url, headers, over, 2 * HEARTBEAT_MS)) {
          if (message.type === "subscribed") {
            live = performance.now();
            // Clocks may be set more than once in a subscription's life.
            clockCorrected = false;
            options.onState?.("live");
          }
          if (isNews(places, message)) yield message;
        }
      } catch (error) {
        if (over.aborted) return;
        if (!(error instanceof HubError)) throw error;
        const { now } = error.particulars;
        if (error.code === "nonce_stale" && Number.isSafeInteger(now)) {
          connection.clockOffsetMs = (now as number) - Date.now();
          if (!clockCorrected) {
            clockCorrected = true;
            continue;
          }
        }
        if (isFinal(error)) {
          const refused = refusedOf(error, places);
          if (refused.length === 0) throw error;
          for (const channel of refused) {
            places.delete(channel);
            yield endedBy(error, channel);
          }
          continue;
        }
      }
      if (over.aborted || places.size === 0) return;
      if (live !== undefined && performance.now() - live >= LASTED_MS) tries = 0;
      options.onState?.("reconnecting");
      await pause(PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]!, over);
    }
  } finally {
    left.abort();
  }
}
