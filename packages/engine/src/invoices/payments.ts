import type { Amount, TimeMs } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import { counted } from "../counted.ts";
import type { Effect } from "../effects.ts";
import type { State } from "../state.ts";
import { type FiatSide, type Invoice, isListed } from "./invoices.ts";
import { insertNearby, removeNearby } from "./nearby.ts";

const changed = (state: State, invoice: Invoice, effects: Effect[]): void => {
  if (isListed(invoice, state.t)) insertNearby(state.invoices.nearby, invoice);
  else removeNearby(state.invoices.nearby, invoice);
  effects.push({ is: "invoice", address: invoice.address });
};

/** Longer than an invoice can live: until then nobody here pays it again. */
const PAID_OUTSIDE_KEPT_MS = 2 * 24 * 60 * 60 * 1000;

export const paidOutside = (state: State, address: string, t: TimeMs): void => {
  state.invoices.paidOutside.delete(address);
  state.invoices.paidOutside.set(address, (t + PAID_OUTSIDE_KEPT_MS) as TimeMs);
};

/** Anyone can pay an invoice as often as he likes, also one that is paid: so many of its transfers are told. */
export const MOST_TOLD = 1_000;
const tellPaidBy = ({ transfers }: Invoice, transfer: number): void => {
  if (transfers.length < MOST_TOLD) transfers.push(transfer);
};

/** A transfer inside the hub arrived at the invoice's address. */
export const receivedInside = (
  state: State,
  invoice: Invoice,
  amount: Amount,
  transfer: number,
  effects: Effect[],
): void => {
  invoice.received = counted(invoice.received, amount) as Amount;
  tellPaidBy(invoice, transfer);
  changed(state, invoice, effects);
};

/** What an option paid for satoshi given, or what a payer gave: in the invoice's currency. */
export const receivedFiat = (
  state: State,
  address: string,
  { amount, given, transfer }: { readonly amount: Amount; readonly given: Amount; readonly transfer: number },
  effects: Effect[],
): void => {
  const invoice = state.invoices.byAddress.get(address);
  assert(invoice?.fiat !== undefined, "an invoice in another currency is paid in it");
  invoice.fiat.received = counted(invoice.fiat.received, amount) as Amount;
  invoice.fiat.given = (invoice.fiat.given + given) as Amount;
  tellPaidBy(invoice, transfer);
  changed(state, invoice, effects);
};

const changePart = ({ parts }: FiatSide, txid: string, change: number): void => {
  const part = parts.find((one) => one.txid === txid);
  if (!part) parts.push({ txid, credited: change as Amount, used: 0 as Amount });
  else part.credited = (part.credited + change) as Amount;
};

export interface ReceivedByChain {
  readonly address: string;
  readonly txid: string;
  /** Satoshi that were credited, or (negative) taken back. */
  readonly change: number;
  readonly transfer: number;
}

/** A payment by chain was credited, or taken back. Answers whether there is such an invoice. */
export const receivedByChain = (
  state: State,
  { address, change, transfer, txid }: ReceivedByChain,
  effects: Effect[],
): boolean => {
  const invoice = state.invoices.byAddress.get(address);
  if (!invoice) return false;
  invoice.received = counted(invoice.received, change) as Amount;
  assert(invoice.received >= 0, "an invoice loses no more than it received");
  if (invoice.fiat) changePart(invoice.fiat, txid, change);
  if (change > 0) tellPaidBy(invoice, transfer);
  else invoice.transfers = invoice.transfers.filter((one) => one !== transfer);
  changed(state, invoice, effects);
  return true;
};

/** A payment by chain came in sight, or (negative) is so no longer. */
export const seenByChain = (state: State, address: string, change: number, effects: Effect[]): void => {
  const invoice = state.invoices.byAddress.get(address);
  if (!invoice) return;
  invoice.seen = (invoice.seen + change) as Amount;
  assert(invoice.seen >= 0, "an invoice has no less than nothing in sight");
  changed(state, invoice, effects);
};
