import type { TimeMs } from "@coinholder/protocol";
import type { State } from "../state.ts";
import { type Invoice, isListed } from "./invoices.ts";
import { nearestFirst, newestFirst, someNearby } from "./nearby.ts";

/** Two tills closer than this with one code cannot be told apart by it. */
const SAME_PLACE_M = 400;
const ALWAYS = Number.NEGATIVE_INFINITY;

/** Which are looked for. */
export interface Sought {
  readonly since?: TimeMs;
  readonly place?: { readonly lat: number; readonly lng: number; readonly radiusM: number };
  readonly random?: string;
  readonly after?: Cursor;
}

export interface Search extends Sought {
  readonly limit: number;
}

/** The last result of the page before: its distance (with a place) and number. */
export interface Cursor {
  readonly distance?: number;
  readonly number: number;
}

export interface Found {
  readonly invoice: Invoice;
  readonly distance: number | undefined;
  readonly ambiguous: boolean;
}

const closeTo = (lat: number, lng: number, t: TimeMs) => ({
  lat,
  lng,
  radiusM: SAME_PLACE_M,
  since: ALWAYS,
  t,
});

/** Live ones with its code close by, nearest first; none where it has no code or no place. Found as they are taken. */
export function* sameCodeNear(state: State, invoice: Invoice, t: TimeMs): Generator<Invoice> {
  const { random, lat, lng } = invoice;
  if (random === undefined || lat === undefined || lng === undefined) return;
  for (const { item } of nearestFirst(state.invoices.nearby, random, closeTo(lat, lng, t)))
    if (item !== invoice && isListed(item, t)) yield item;
}

/** Whether another live invoice close by has the same code; `but` does not count. */
export const isAmbiguous = (state: State, invoice: Invoice, t: TimeMs, but?: Invoice): boolean => {
  const { random, lat, lng } = invoice;
  if (random === undefined || lat === undefined || lng === undefined) return false;
  const isOther = (item: Invoice): boolean => item !== invoice && item !== but && isListed(item, t);
  return someNearby(state.invoices.nearby, random, closeTo(lat, lng, t), isOther);
};

/** Live invoices: nearest first where a place is given, else newest first. Found as they are taken. */
export function* findInvoices(
  state: State,
  { since = ALWAYS as TimeMs, place, random, after }: Sought,
  t: TimeMs,
): Generator<{ invoice: Invoice; distance: number | undefined }> {
  const { nearby, last } = state.invoices;
  if (place) {
    const from =
      after?.distance === undefined ? undefined : { distance: after.distance, number: after.number };
    for (const { item, distance } of nearestFirst(nearby, random, { ...place, since, t, after: from }))
      if (isListed(item, t)) yield { invoice: item, distance };
  } else
    for (const invoice of newestFirst(nearby, random, after?.number ?? last + 1, { since, t }))
      if (isListed(invoice, t)) yield { invoice, distance: undefined };
}

/** One page of them; `more`: there are others after it. */
export const searchInvoices = (
  state: State,
  search: Search,
  t: TimeMs,
): { found: Found[]; more: boolean } => {
  const found: Found[] = [];
  for (const { invoice, distance } of findInvoices(state, search, t)) {
    if (found.length === search.limit) return { found, more: true };
    found.push({ invoice, distance, ambiguous: isAmbiguous(state, invoice, t) });
  }
  return { found, more: false };
};
