import type { Answer } from "./functions/table.ts";
import { isLatitude, isLongitude } from "./param.ts";
import type { StreamSnapshot, StreamUpdate } from "./stream.ts";

/** Invoices that the snapshot of such a channel tells at most. */
export const MOST_NEARBY = 100;
/** As the parameters of `search-invoices`. */
export const FARTHEST_M = 100_000;
const LONGEST_CODE = 32;

/** What a channel of invoices nearby is of. */
export interface NearbyPlace {
  /** Degrees north and east. */
  readonly lat: number;
  readonly lng: number;
  readonly radius_m: number;
  /** Only those with that code. */
  readonly random?: string;
}

// Of channel names; encodeURIComponent leaves a few as they are that those do not have.
const written = (code: string): string =>
  encodeURIComponent(code).replace(
    /[!'()*~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/**
 * The name of the channel that tells which invoices are found near a place.
 * @param place degrees as `search-invoices` takes them, at most nine places after the point
 */
export const nearbyChannel = (place: {
  readonly lat: string;
  readonly lng: string;
  readonly radius_m: number;
  readonly random?: string;
}): string => {
  const { lat, lng, radius_m, random } = place;
  const name = [lat, lng, String(radius_m), ...(random === undefined ? [] : [written(random)])];
  if (!readNearby(name)) throw new TypeError(`No place nearby: ${name.join(" ")}`);
  return ["nearby", ...name].join(":");
};

/** Reads latitude, longitude, radius in metres and, where only that is looked for, a code in percent-encoding. */
export const readNearby = (parts: readonly string[]): NearbyPlace | undefined => {
  const [lat = "", lng = "", radius = "", code, ...more] = parts;
  if (!isLatitude(lat) || !isLongitude(lng) || !/^[1-9][0-9]{0,5}$/.test(radius) || more.length > 0)
    return undefined;
  const place = { lat: Number(lat), lng: Number(lng), radius_m: Number(radius) };
  if (place.radius_m > FARTHEST_M) return undefined;
  if (code === undefined) return place;
  const random = decoded(code);
  return random === undefined || random.length > LONGEST_CODE ? undefined : { ...place, random };
};

/** As the function `search-invoices` tells it to who gives a place. */
export type NearbyInvoice = Answer<"search-invoices">["invoices"][number];

/** What a snapshot of a channel `nearby:...` has as `data`: nearest first; `more_exist` says that the list was cut. */
export interface NearbyData {
  readonly invoices: readonly NearbyInvoice[];
  readonly more_exist: boolean;
}

/** What an update of a channel `nearby:...` has as `data`, each member where there is something to tell. */
export interface NearbyChanges {
  /** Found from now on. One that is known already takes its place. */
  readonly appeared?: readonly NearbyInvoice[];
  /** Not found any more; `paid` also when a payment of the whole is in sight only. One that is not known may be passed over. */
  readonly disappeared?: readonly { readonly btc_address: string; readonly why: NearbyEnd }[];
  /** Stands differently, because another with its code came or went. */
  readonly changed?: readonly { readonly btc_address: string; readonly ambiguous: boolean }[];
}
export type NearbyEnd = "paid" | "withdrawn" | "expired";

/** Invoices nearby as they are drawn from the stream. */
export interface DrawnNearby {
  readonly seq: number;
  /** Nearest first, to the metre. */
  readonly invoices: readonly NearbyInvoice[];
  /** Whether the snapshot was cut: there are some that are not told, farther away than those of the snapshot. */
  readonly more_exist: boolean;
}

/** What is nearby after a message of the channel; undefined where the message does not follow: then a snapshot is needed. */
export const drawNearby = (
  drawn: DrawnNearby | undefined,
  message: StreamSnapshot | StreamUpdate,
): DrawnNearby | undefined => {
  if (message.type === "snapshot") return { seq: message.seq, ...(message.data as NearbyData) };
  if (drawn === undefined || message.first !== drawn.seq + 1) return undefined;
  const { appeared = [], disappeared = [], changed = [] } = message.data as NearbyChanges;
  const known = new Map(drawn.invoices.map((invoice) => [invoice.btc_address, invoice]));
  for (const { btc_address } of disappeared) known.delete(btc_address);
  for (const invoice of appeared) known.set(invoice.btc_address, invoice);
  for (const { btc_address, ambiguous } of changed) {
    const invoice = known.get(btc_address);
    if (invoice) known.set(btc_address, { ...invoice, ambiguous });
  }
  const invoices = [...known.values()].sort((a, b) => a.distance_m! - b.distance_m!);
  return { seq: message.last, invoices, more_exist: drawn.more_exist };
};
