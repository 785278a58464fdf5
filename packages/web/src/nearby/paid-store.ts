import type { ToldTransfer } from "@coinholder/protocol";

// What was paid lately from this browser: for whom a payment of `my-transfers` was is not told there.

export interface PaidNote {
  readonly transfer_id: string;
  /** As the payment's answer told it. */
  readonly status: ToldTransfer["status"];
  readonly address: string;
  readonly amount: string;
  readonly currency: string;
  readonly memo?: string;
  readonly code?: string;
  /** ms since 1970 */
  readonly t: number;
}

const MOST = 20;
const placeOf = (account: string): string => `coinholder.paid:${account}`;

export const paidNotes = (account: string): PaidNote[] =>
  JSON.parse(localStorage.getItem(placeOf(account)) ?? "[]") as PaidNote[];

export const notePaid = (account: string, note: PaidNote): void => {
  const others = paidNotes(account).filter(({ transfer_id }) => transfer_id !== note.transfer_id);
  localStorage.setItem(placeOf(account), JSON.stringify([note, ...others].slice(0, MOST)));
};
