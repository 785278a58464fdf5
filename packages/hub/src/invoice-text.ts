import { currencyIndex, type PostInvoice, type State } from "@coinholder/engine";
import {
  type Amount,
  isLatitude,
  isLongitude,
  type Network,
  parseAmount,
  type Refusal,
  readObject,
  refusal,
  type TimeMs,
  verifyMessage,
} from "@coinholder/protocol";
import { canonicalAddress } from "./canonical-address.ts";

/** Bytes of `invoice_json` (PROTOCOL: Invoices). */
const LARGEST_BYTES = 4096;

/** How old an invoice may be when it is first seen, and how far ahead its `t` may be. */
export const OLDEST_MS = 15 * 60 * 1000;
export const SKEW_MS = 2 * 60 * 1000;
/** How long one lives unless it says, and at most. */
export const LIFE_MS = 15 * 60 * 1000;
export const LONGEST_LIFE_MS = 24 * 60 * 60 * 1000;

/** What the address signs to withdraw its invoice. */
export const withdrawalText = (address: string): string => `withdraw-invoice:${address}`;

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
// An escape of JSON can hide what no text may have: wallets show it in terminals and pages.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const isText =
  (most: number) =>
  (value: unknown): boolean =>
    typeof value === "string" && value.length <= most && value.isWellFormed() && !CONTROL.test(value);

// With as many places as it has: its currency may be unknown here.
const isAmount = (text: string): boolean => {
  const places = text.split(".")[1]?.length ?? 0;
  return places <= 12 && "amount" in parseAmount(text, places);
};

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
export const readInvoice = (
  json: string,
  network: Network,
): { invoice: InvoiceText; address: string } | { refused: Refusal } => {
  if (Buffer.byteLength(json) > LARGEST_BYTES) return bad(`it has more than ${LARGEST_BYTES} bytes`);
  const read = readObject(json);
  if ("problem" in read) return bad(read.problem);
  const { btc_address, amount, currency, info = {}, ...more } = read.object;
  const strange = Object.keys(more)[0];
  if (strange !== undefined) return bad(`it has no member ${strange.slice(0, 40)}`);
  const canonical = typeof btc_address === "string" ? canonicalAddress(btc_address, network) : undefined;
  if (typeof btc_address !== "string" || !canonical) return bad("btc_address is no text");
  if ("problem" in canonical)
    return bad(
      canonical.problem === "wrong_network"
        ? "btc_address is of another network"
        : "btc_address is no bitcoin address",
    );
  if (typeof currency !== "string" || !/^[A-Z][A-Z0-9]{2,9}$/.test(currency))
    return bad("currency is no code in upper case");
  if (typeof amount !== "string" || !isAmount(amount)) return bad("amount is no decimal amount above zero");
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
  return { invoice: { btc_address, amount, currency, info: place }, address: canonical.address };
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

/** What the engine keeps of it, under its canonical address. */
export const postingOf = (
  state: State,
  json: string,
  signature: string,
  { invoice, address }: { readonly invoice: InvoiceText; readonly address: string },
  now: TimeMs,
): Omit<PostInvoice, "kind"> => {
  const { currency, info } = invoice;
  const known = currencyIndex(state.config, currency);
  const read =
    known === undefined ? undefined : parseAmount(invoice.amount, state.config.currencies[known]!.decimals);
  return {
    json,
    signature,
    address,
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
