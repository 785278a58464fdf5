import { decodeAddress, isLatitude, isLongitude } from "@coinholder/protocol";
import { paths } from "../app/paths.ts";
import type { Spot } from "./geo.ts";

// What a till's QR code says. An invoice in BTC: a BIP-21 link, which every wallet reads; what it has beside the address, amount and
// message is for us, and others pass over it as the BIP says. An invoice in another currency cannot be paid by a mere amount of BTC: its
// code is a link to the page of the till's hub. Either names the address, so that no copied code or place can take the invoice's place.

export interface InvoicePointer {
  readonly address: string;
  readonly code?: string;
  readonly place?: Spot;
}

interface Asked {
  readonly btc_address: string;
  readonly amount: string;
  readonly currency: string;
  readonly info: {
    readonly memo?: string;
    readonly lat?: string;
    readonly lng?: string;
    readonly random?: string;
  };
}

// Not URLSearchParams' own text: wallets read %20, but not all read + as a space.
const query = (members: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(members)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join("&");

export const pointerOf = ({ btc_address, info: { lat, lng, random } }: Asked): InvoicePointer => ({
  address: btc_address,
  ...(random === undefined ? {} : { code: random }),
  ...(lat === undefined || lng === undefined ? {} : { place: { lat, lng } }),
});

/** The page's view of one invoice. */
export const pathOf = ({ address, code, place }: InvoicePointer): string => {
  const rest = query({ code, lat: place?.lat, lng: place?.lng });
  return `${paths.nearby}/pay/${address}${rest === "" ? "" : `?${rest}`}`;
};

/** What the till shows as a QR code. */
export const payText = (invoice: Asked, origin: string): string => {
  const { amount, btc_address, currency, info } = invoice;
  if (currency !== "BTC") return `${origin}${pathOf(pointerOf(invoice))}`;
  const { lat, lng, memo, random } = info;
  return `bitcoin:${btc_address}?${query({ amount, message: memo, code: random, lat, lng })}`;
};

export const readPointer = (
  address: string,
  { code, lat, lng }: Readonly<Record<string, string | undefined>>,
): InvoicePointer | undefined => {
  if ("error" in decodeAddress(address)) return undefined;
  const placed = lat !== undefined && lng !== undefined && isLatitude(lat) && isLongitude(lng);
  return {
    address,
    ...(code === undefined || code === "" || code.length > 32 ? {} : { code }),
    ...(placed ? { place: { lat, lng } } : {}),
  };
};

/** Reads what a till's code says, of whichever hub; undefined where it is none. */
export const readPayText = (text: string): InvoicePointer | undefined => {
  const read = /^bitcoin:([a-z0-9]+)(?:\?(.*))?$/i.exec(text.trim());
  const link = new RegExp(`^https?://[^/]+${paths.nearby}/pay/([a-z0-9]+)(?:\\?(.*))?$`, "i").exec(
    text.trim(),
  );
  const [, address, members] = read ?? link ?? [];
  if (address === undefined) return undefined;
  return readPointer(address, Object.fromEntries(new URLSearchParams(members)));
};
