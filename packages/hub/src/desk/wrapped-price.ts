import type { Hub } from "@coinholder/client";
import { tickerPrice } from "./outside-price.ts";
import { NoPrice, type Polled, polled } from "./polled.ts";

/** An exchange's list of markets is long, and is read when it is connected to. */
const CONNECT_MS = 30_000;
const TICKER_MS = 5_000;
/** After a failure: a connection asks much of an exchange that may be busy enough. */
const RECONNECT_MS = 30_000;

/** Ends in time whether or not the other side's code listens to signals. */
const within = <T>(ms: number, work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    const given = (): void => reject(new NoPrice("timeout"));
    if (stop.aborted) given();
    stop.addEventListener("abort", given, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener("abort", given));
  });

/** Connects to a wrapped exchange; without keys, since prices are public. */
export type Connect = (url: string, signal: AbortSignal) => Promise<Pick<Hub, "callByName">>;

// Loaded when such a source is configured: a hub without one needs no client.
const connectExchange: Connect = async (url, signal) => {
  const { connect } = await import("@coinholder/client");
  return connect(url, undefined, { signal, timeoutMs: CONNECT_MS });
};

/**
 * The `ticker` of an exchange that a wrapper makes look like a hub.
 * @param url `ccxt:kraken` or `mtgox:https://...`
 * @param market base/quote
 */
export const wrappedPrice = (
  url: string,
  market: string,
  quoteDecimals: number,
  everyMs: number,
  connect: Connect = connectExchange,
  reconnectMs = RECONNECT_MS,
): Polled => {
  let hub: Awaited<ReturnType<Connect>> | undefined;
  let failure: { readonly error: unknown; readonly untilMs: number } | undefined;

  const connected = async (signal: AbortSignal): Promise<NonNullable<typeof hub>> => {
    if (hub !== undefined) return hub;
    if (failure !== undefined && performance.now() < failure.untilMs) throw failure.error;
    try {
      hub = await within(CONNECT_MS, connect(url, signal), signal);
      return hub;
    } catch (error) {
      failure = { error, untilMs: performance.now() + reconnectMs };
      throw error;
    }
  };

  return polled(async (signal) => {
    const exchange = await connected(signal);
    const options = { signal, timeoutMs: TICKER_MS };
    const answer = await within(TICKER_MS + 1000, exchange.callByName("ticker", { market }, options), signal);
    const price = tickerPrice(answer, quoteDecimals);
    if (price === undefined) throw new NoPrice("malformed");
    return price;
  }, everyMs);
};
