import type { Answer, FunctionName, Overview, Parameters } from "@coinholder/protocol";
import { type CallOptions, type Connection, callFunction } from "./call.ts";
import {
  authenticationType,
  bySeed,
  type Credentials,
  type ExchangeKeys,
  withAccount,
} from "./credentials.ts";
import { HubError } from "./hub-error.ts";
import { atOrigin, readOverview } from "./read-overview.ts";
import { isOurs } from "./seed-answer.ts";
import { type StreamEvent, type SubscribeOptions, subscribe } from "./stream.ts";
import { type WrappedExchange, wrappedHub } from "./wrapped.ts";

export type CallArguments<N extends FunctionName> =
  // biome-ignore lint/complexity/noBannedTypes: {} is assignable to parameters that may all be left out
  {} extends Parameters<N>
    ? [params?: Parameters<N>, options?: CallOptions]
    : [params: Parameters<N>, options?: CallOptions];

/** A hub, as one account (or nobody) sees it. Every call throws HubError when it gives no answer. */
export interface Hub {
  readonly overview: Overview;
  readonly credentials: Credentials | undefined;
  /** Calls a function of the protocol's table. Whole numbers, true and false, and lists are encoded as the hub wants them. */
  readonly call: <N extends FunctionName>(name: N, ...rest: CallArguments<N>) => Promise<Answer<N>>;
  /** The same for a name that is known only when the program runs; nothing is checked by the compiler. */
  readonly callByName: (
    name: string,
    params?: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ) => Promise<unknown>;
  /** Reads channels of the hub's stream, across broken connections: see stream.ts. */
  readonly subscribe: (
    channels: string | readonly string[],
    options?: SubscribeOptions,
  ) => AsyncGenerator<StreamEvent, void, undefined>;
  /** The same hub for another account of the same key, or with other credentials. */
  readonly as: (who: string | Credentials) => Hub;
}

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** How long one try of a call may take, in ms; 30,000 unless given. A long poll adds its `wait_ms`. */
  readonly timeoutMs?: number;
  /** Calls go to the origin that the overview was read from, by whatever name it calls itself: for a page that the hub itself serves. */
  readonly sameOrigin?: true;
  /** For `ccxt:`: given to the constructor of ccxt's exchange (`{ sandbox: true }` and whatever else it takes). */
  readonly ccxt?: Readonly<Record<string, unknown>>;
}

const checkType = (overview: Overview, credentials: Credentials): void => {
  const types = [overview.req_authentication_type, ...(overview.req_authentication_types ?? [])];
  const type = authenticationType(credentials);
  if (!types.includes(type))
    throw new HubError(
      "authentication_type_unsupported",
      type === 1
        ? "This hub takes signed calls only: an HMAC authkey is needed."
        : "This hub takes passwords only.",
    );
};

const asTheHubHasIt = <C extends Credentials | undefined>({ overview }: Connection, credentials: C) =>
  credentials === undefined || isOurs(overview) ? credentials : bySeed(credentials);

const hubFor = (connection: Connection, credentials: Credentials | undefined): Hub => {
  if (credentials !== undefined) checkType(connection.overview, credentials);
  const callByName: Hub["callByName"] = (name, params = {}, options = {}) =>
    callFunction(connection, credentials, name, params, options);
  return {
    overview: connection.overview,
    credentials,
    call: (async (name: string, params?: Record<string, unknown>, options?: CallOptions) =>
      callByName(name, params, options)) as Hub["call"],
    callByName,
    subscribe: (channels, options) =>
      subscribe(connection, credentials, typeof channels === "string" ? [channels] : channels, options),
    as: (who) => {
      if (typeof who !== "string") return hubFor(connection, asTheHubHasIt(connection, who));
      if (credentials === undefined)
        throw new TypeError("as(account) needs credentials to use on that account");
      return hubFor(connection, withAccount(credentials, who));
    },
  };
};

/** Wrappers are loaded when they are asked for: a page that never does need not carry them. */
const connectWrapper = async (
  url: string,
  credentials: Credentials | ExchangeKeys | undefined,
  options: ConnectOptions,
): Promise<WrappedExchange | undefined> => {
  if (url.startsWith("mtgox:")) return (await import("./mtgox/connect.ts")).connectMtgox(url, credentials);
  if (url.startsWith("ccxt:"))
    return (await import("./ccxt/connect.ts")).connectCcxt(url, credentials, options);
  return undefined;
};

/**
 * Reads the overview of the hub at `url` and gives a hub to call. Without credentials only public functions answer.
 * `mtgox:https://...` with `{ name, pass }` speaks Mt Gox's API of 2011, `ccxt:kraken` with that exchange's keys speaks to any
 * exchange that ccxt knows; both look like hubs. Throws HubError.
 */
export const connect = async (
  url: string,
  credentials?: Credentials | ExchangeKeys,
  options: ConnectOptions = {},
): Promise<Hub> => {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const wrapped = await connectWrapper(url, credentials, options);
  if (wrapped !== undefined) return wrappedHub(wrapped, timeoutMs);
  if (credentials !== undefined && "apiKey" in credentials)
    throw new TypeError("a hub takes an authkey or name and pass, not an exchange's keys");
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  const told = await readOverview(url, signal);
  const overview = options.sameOrigin ? atOrigin(told, new URL(url).origin) : told;
  const keyReading = isOurs(overview) ? "base64" : undefined;
  const connection: Connection = { overview, timeoutMs, clockOffsetMs: 0, keyReading };
  return hubFor(connection, asTheHubHasIt(connection, credentials));
};
