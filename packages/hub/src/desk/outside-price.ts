import type { TimeMs } from "@coinholder/protocol";
import { NoPrice, type Polled, polled } from "./polled.ts";
import type { Price } from "./price.ts";

const PLAIN_DECIMAL = /^[0-9]{1,15}(?:\.[0-9]{1,30})?$/;

/** A decimal as whole smallest units, rounded down or up where it is finer; undefined if it is none, or too large to count. */
const readUnits = (text: unknown, decimals: number, roundUp: boolean): number | undefined => {
  if (typeof text !== "string" || !PLAIN_DECIMAL.test(text)) return undefined;
  const [whole = "", fraction = ""] = text.split(".");
  const kept = Number(whole + fraction.slice(0, decimals).padEnd(decimals, "0"));
  const units = kept + (roundUp && /[1-9]/.test(fraction.slice(decimals)) ? 1 : 0);
  return Number.isSafeInteger(units) ? units : undefined;
};

/** What a hub's `ticker` answers: `bid` and `ask` as decimal strings, `t` in milliseconds since 1970. Undefined: it is none such. */
export const tickerPrice = (value: unknown, quoteDecimals: number): Price | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  const { bid, ask, t } = value as Record<string, unknown>;
  const price = { bid: readUnits(bid, quoteDecimals, false), ask: readUnits(ask, quoteDecimals, true) };
  return price.bid === undefined || price.ask === undefined || !Number.isSafeInteger(t)
    ? undefined
    : { bid: price.bid, ask: price.ask, t: t as TimeMs };
};

/** The same from JSON. */
export const readPrice = (text: string, quoteDecimals: number): Price | undefined => {
  try {
    return tickerPrice(JSON.parse(text), quoteDecimals);
  } catch {
    return undefined;
  }
};

const TIMEOUT_MS = 5000;
const LARGEST_BYTES = 64 * 1024;

const fetchText = async (url: string, signal: AbortSignal): Promise<string> => {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > LARGEST_BYTES) throw new NoPrice("too_large");
    parts.push(part);
  }
  if (!response.ok) throw new NoPrice(`status_${response.status}`);
  return Buffer.concat(parts).toString("utf8");
};

/**
 * A reference outside: asked every `everyMs`. What cannot be had or read leaves the last price standing, which grows stale.
 * @param url of JSON as `readPrice` takes it: another hub's `/api/ticker?market=BTC/USD`, or what an operator puts before an exchange
 */
export const outsidePrice = (url: string, quoteDecimals: number, everyMs: number): Polled =>
  polled(async (signal) => {
    const price = readPrice(await fetchText(url, signal), quoteDecimals);
    if (price === undefined) throw new NoPrice("malformed");
    return price;
  }, everyMs);
