import type { TimeMs } from "@coinholder/protocol";
import type { Price, PriceSource } from "./price.ts";

const PLAIN_DECIMAL = /^[0-9]{1,15}(?:\.[0-9]{1,30})?$/;

/** A decimal as whole smallest units, rounded down or up where it is finer; undefined if it is none, or too large to count. */
const readUnits = (text: unknown, decimals: number, roundUp: boolean): number | undefined => {
  if (typeof text !== "string" || !PLAIN_DECIMAL.test(text)) return undefined;
  const [whole = "", fraction = ""] = text.split(".");
  const kept = Number(whole + fraction.slice(0, decimals).padEnd(decimals, "0"));
  const units = kept + (roundUp && /[1-9]/.test(fraction.slice(decimals)) ? 1 : 0);
  return Number.isSafeInteger(units) ? units : undefined;
};

/** An answer such as a hub's `ticker` gives: `bid` and `ask` as decimal strings, `t` in milliseconds since 1970. */
export const readPrice = (text: string, quoteDecimals: number): Price | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { bid, ask, t } = value as Record<string, unknown>;
  const price = { bid: readUnits(bid, quoteDecimals, false), ask: readUnits(ask, quoteDecimals, true) };
  return price.bid === undefined || price.ask === undefined || !Number.isSafeInteger(t)
    ? undefined
    : { bid: price.bid, ask: price.ask, t: t as TimeMs };
};

const TIMEOUT_MS = 5000;
const LARGEST_BYTES = 64 * 1024;

const fetchText = async (url: string, signal: AbortSignal): Promise<string | undefined> => {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > LARGEST_BYTES) return undefined;
    parts.push(part);
  }
  return response.ok ? Buffer.concat(parts).toString("utf8") : undefined;
};

/**
 * A reference outside: asked every `everyMs`. What cannot be had or read leaves the last price standing, which grows stale.
 * @param url of JSON as `readPrice` takes it: another hub's `/api/ticker?market=BTC/USD`, or what an operator puts before an exchange
 */
export const outsidePrice = (url: string, quoteDecimals: number, everyMs: number): PriceSource => {
  let last: Price | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stop = new AbortController();
  const ask = async (): Promise<void> => {
    try {
      const text = await fetchText(url, stop.signal);
      last = (text === undefined ? undefined : readPrice(text, quoteDecimals)) ?? last;
    } catch {
      // Not reachable at the moment: the price that there is grows stale.
    }
    if (stop.signal.aborted) return;
    timer = setTimeout(ask, everyMs);
    timer.unref();
  };
  void ask();
  return {
    latest: () => last,
    close: () => {
      stop.abort();
      clearTimeout(timer);
    },
  };
};
