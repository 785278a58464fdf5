import type { Answer } from "@coinholder/protocol";

/** An invoice as its owner sees it; the stream tells neither `paid_t` nor `transfers`. */
export type Row = Omit<Answer<"my-invoices">["invoices"][number], "transfers">;
export type State = Row["state"];

/** When the local day of a time began, ms since 1970. */
export const startOfDay = (t: number): number => new Date(t).setHours(0, 0, 0, 0);

/** Expiry comes by time alone, and is told by nobody. */
export const stateAt = ({ invoice: { info }, state }: Row, now: number): State =>
  state === "open" && info.expires_t !== undefined && info.expires_t <= now ? "expired" : state;

/** When it is counted: when it was paid, else when it was posted. */
export const countedAt = ({ invoice: { info }, paid_t }: Row): number => paid_t ?? info.t ?? 0;

/**
 * BTC that came for an invoice in another currency without being exchanged: the account's as BTC. While they may still be exchanged
 * they are a payment in sight.
 */
export const unexchangedIn = ({ state, unexchanged }: Row): string | undefined =>
  state === "seen" ? undefined : unexchanged;

/** Whether such BTC are all that came: nothing of what was asked for is paid. */
export const onlyBitcoin = (row: Row): boolean =>
  unexchangedIn(row) !== undefined && row.state === "underpaid" && /^[0.]*$/.test(row.settled ?? "");

/** What came of an invoice, in its own currency. */
export const cameIn = ({ invoice: { currency }, received, settled }: Row): string =>
  currency === "BTC" ? received : (settled ?? "0.00");

export interface Total {
  readonly currency: string;
  /** Smallest units. */
  readonly units: bigint;
  readonly sales: number;
}

/**
 * What was taken since `since`, by currency. Of an invoice in another currency than BTC what came in that currency counts; BTC that came
 * for it and were not exchanged stand beside, in the list.
 * @param unitsOf smallest units of an amount of a currency
 */
export const totalsOf = (
  rows: readonly Row[],
  since: number,
  unitsOf: (amount: string, currency: string) => bigint,
): Total[] => {
  const totals = new Map<string, Total>();
  for (const row of rows) {
    if (countedAt(row) < since) continue;
    const { currency } = row.invoice;
    const units = unitsOf(cameIn(row), currency);
    if (units === 0n) continue;
    const before = totals.get(currency) ?? { currency, units: 0n, sales: 0 };
    totals.set(currency, { currency, units: before.units + units, sales: before.sales + 1 });
  }
  return [...totals.values()].sort((a, b) => b.sales - a.sales || (a.currency < b.currency ? -1 : 1));
};
