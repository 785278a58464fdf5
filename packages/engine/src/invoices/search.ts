import type { TimeMs } from "@coinholder/protocol";
import type { State } from "../state.ts";
import { type Invoice, isPayable } from "./invoices.ts";
import { distanceM, within } from "./nearby.ts";

/** Two tills closer than this with one code cannot be told apart by it. */
const SAME_PLACE_M = 400;

export interface Search {
  readonly since?: TimeMs;
  readonly place?: { readonly lat: number; readonly lng: number; readonly radiusM: number };
  readonly random?: string;
  readonly limit: number;
  readonly after?: Cursor;
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

const isLive = (invoice: Invoice, t: TimeMs): boolean => t < invoice.expires && isPayable(invoice);

const isAmbiguous = (state: State, invoice: Invoice, t: TimeMs): boolean => {
  const { random, lat, lng } = invoice;
  if (random === undefined || lat === undefined || lng === undefined) return false;
  for (const item of state.invoices.nearby.byCode.get(random) ?? [])
    if (
      item !== invoice &&
      item.lat !== undefined &&
      item.lng !== undefined &&
      distanceM(lat, lng, item.lat, item.lng) <= SAME_PLACE_M &&
      isLive(item, t)
    )
      return true;
  return false;
};

function* newestFirst(state: State, search: Search): Generator<Invoice> {
  const { byCode, byNumber } = state.invoices.nearby;
  const below = search.after?.number ?? state.invoices.last + 1;
  if (search.random !== undefined) {
    const same = [...(byCode.get(search.random) ?? [])].filter((invoice) => invoice.number < below);
    yield* same.sort((a, b) => b.number - a.number);
    return;
  }
  // Listed ones lie close together as a rule, so that walking down finds a page at once. Where too many are gone, sort.
  let misses = byNumber.size;
  let number = Math.min(below - 1, state.invoices.last);
  for (; number > 0 && misses >= 0; number--) {
    const invoice = byNumber.get(number);
    if (invoice) yield invoice;
    else misses--;
  }
  if (number === 0) return;
  const left = [...byNumber.values()].filter((invoice) => invoice.number <= number);
  yield* left.sort((a, b) => b.number - a.number);
}

function* nearestFirst(
  state: State,
  search: Search,
  place: NonNullable<Search["place"]>,
): Generator<{ item: Invoice; distance: number }> {
  const found = [...within(state.invoices.nearby, place.lat, place.lng, place.radiusM)];
  found.sort((a, b) => a.distance - b.distance || a.item.number - b.item.number);
  const { after } = search;
  for (const one of found) {
    const isAfter =
      after?.distance === undefined ||
      one.distance > after.distance ||
      (one.distance === after.distance && one.item.number > after.number);
    if (isAfter) yield one;
  }
}

/** Live invoices: nearest first where a place is given, else newest first. */
export const searchInvoices = (
  state: State,
  search: Search,
  t: TimeMs,
): { found: Found[]; more: boolean } => {
  const found: Found[] = [];
  const candidates: Iterable<{ item: Invoice; distance: number | undefined }> = search.place
    ? nearestFirst(state, search, search.place)
    : (function* () {
        for (const item of newestFirst(state, search)) yield { item, distance: undefined };
      })();
  for (const { item, distance } of candidates) {
    if (!isLive(item, t)) continue;
    if (search.random !== undefined && item.random !== search.random) continue;
    if (search.since !== undefined && item.posted! < search.since) continue;
    if (found.length === search.limit) return { found, more: true };
    found.push({ invoice: item, distance, ambiguous: isAmbiguous(state, item, t) });
  }
  return { found, more: false };
};
