import { currencyIndex, type PostInvoice, type State } from "@coinholder/engine";
import {
  type Amount,
  decodeAddress,
  isLatitude,
  isLongitude,
  parseAmount,
  type Refusal,
  refusal,
  type TimeMs,
  verifyMessage,
} from "@coinholder/protocol";

/** How old an invoice may be when it is first seen, and how far ahead its `t` may be. */
export const OLDEST_MS = 15 * 60 * 1000;
export const SKEW_MS = 2 * 60 * 1000;
/** How long one lives unless it says, and at most. */
export const LIFE_MS = 15 * 60 * 1000;
export const LONGEST_LIFE_MS = 24 * 60 * 60 * 1000;

export interface InvoiceText {
  readonly btc_address: string;
  readonly amount: string;
  readonly currency: string;
  readonly info: {
    readonly hub_url?: string;
    readonly memo?: string;
    readonly t?: number;
    readonly lat?: string;
    readonly lng?: string;
    readonly random?: string;
    readonly expires_t?: number;
  };
}

const bad = (reason: string): { refused: Refusal } => ({
  refused: refusal("invoice_malformed", { reason }, `Not an invoice: ${reason}.`),
});

const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText =
  (most: number) =>
  (value: unknown): boolean =>
    typeof value === "string" && value.length <= most && value.isWellFormed();

const INFO: Record<keyof InvoiceText["info"], (value: unknown) => boolean> = {
  hub_url: isText(200),
  memo: isText(500),
  t: isTime,
  lat: (value) => typeof value === "string" && isLatitude(value),
  lng: (value) => typeof value === "string" && isLongitude(value),
  random: isText(32),
  expires_t: isTime,
};

/** Reads `invoice_json` (PROTOCOL: Invoices). Whether it is still of use is another question. */
export const readInvoice = (json: string): { invoice: InvoiceText } | { refused: Refusal } => {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return bad("it is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return bad("it is not an object");
  const { btc_address, amount, currency, info = {}, ...more } = value as Record<string, unknown>;
  const strange = Object.keys(more)[0];
  if (strange !== undefined) return bad(`it has no member ${strange.slice(0, 40)}`);
  if (typeof btc_address !== "string" || "error" in decodeAddress(btc_address))
    return bad("btc_address is no bitcoin address");
  if (typeof currency !== "string" || !/^[A-Z][A-Z0-9]{2,9}$/.test(currency))
    return bad("currency is no code in upper case");
  if (typeof amount !== "string" || "problem" in parseAmount(amount, 12))
    return bad("amount is no decimal amount above zero");
  if (currency === "BTC" && "problem" in parseAmount(amount, 8, 2_100_000_000_000_000))
    return bad("amount is no amount of BTC");
  if (typeof info !== "object" || info === null || Array.isArray(info)) return bad("info is not an object");
  for (const [name, member] of Object.entries(info)) {
    const fits = Object.hasOwn(INFO, name) ? INFO[name as keyof typeof INFO] : undefined;
    if (!fits) return bad(`info has no member ${name.slice(0, 40)}`);
    if (!fits(member)) return bad(`info.${name} has not the form it needs`);
  }
  const place = info as InvoiceText["info"];
  if ((place.lat === undefined) !== (place.lng === undefined))
    return bad("info has one of lat and lng without the other");
  return { invoice: { btc_address, amount, currency, info: place } };
};

/** When it stops to be payable. */
export const expiryOf = ({ info }: InvoiceText, now: TimeMs): TimeMs => {
  const from = info.t ?? now;
  return Math.min(info.expires_t ?? from + LIFE_MS, from + LONGEST_LIFE_MS) as TimeMs;
};

/** Whether it is neither too old, nor from the future, nor over. */
export const checkTime = (invoice: InvoiceText, now: TimeMs): { refused: Refusal } | undefined => {
  const { t } = invoice.info;
  if (t !== undefined && t > now + SKEW_MS)
    return { refused: refusal("invoice_time", { reason: "future", now }) };
  if (t !== undefined && t < now - OLDEST_MS)
    return { refused: refusal("invoice_time", { reason: "old", now }) };
  return expiryOf(invoice, now) <= now
    ? { refused: refusal("invoice_time", { reason: "expired", now }) }
    : undefined;
};

/** Whether the invoice's own address signed these bytes (BIP-322). */
export const checkSignature = (
  address: string,
  text: string,
  signature: string,
): { refused: Refusal } | undefined => {
  const verdict = verifyMessage(address, text, signature);
  return verdict.result === "valid"
    ? undefined
    : { refused: refusal("invoice_signature_invalid", { verdict: verdict.result, reason: verdict.reason }) };
};

/** What the engine keeps of it. */
export const postingOf = (
  state: State,
  json: string,
  signature: string,
  invoice: InvoiceText,
  now: TimeMs,
): Omit<PostInvoice, "kind"> => {
  const { btc_address, currency, info } = invoice;
  const known = currencyIndex(state.config, currency);
  const read =
    known === undefined ? undefined : parseAmount(invoice.amount, state.config.currencies[known]!.decimals);
  return {
    json,
    signature,
    address: btc_address,
    currency,
    amount: read && "amount" in read ? read.amount : (0 as Amount),
    expires: expiryOf(invoice, now),
    ...(info.lat === undefined || info.lng === undefined
      ? {}
      : { lat: Number(info.lat), lng: Number(info.lng) }),
    ...(info.random === undefined ? {} : { random: info.random }),
    ...(info.t === undefined ? {} : { posted: info.t as TimeMs }),
  };
};
