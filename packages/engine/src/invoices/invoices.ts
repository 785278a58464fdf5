import type { Amount, TimeMs } from "@coinholder/protocol";
import type { Caller } from "../accounts/admit.ts";
import { assert } from "../assert.ts";
import { issueAddress } from "../bitcoin/addresses.ts";
import type { PostInvoice, Stamped, WithdrawInvoice } from "../command.ts";
import type { Effect } from "../effects.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import { emptyNearby, insertNearby, type Nearby, removeNearby } from "./nearby.ts";

/** Live invoices that one account may have. */
export const MOST_LIVE_INVOICES = 10_000;
/** How long an account's ended invoices are kept. */
export const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

export type InvoiceState = "open" | "seen" | "paid" | "underpaid" | "overpaid" | "expired" | "withdrawn";

export interface Invoice {
  /** Order in which they came. */
  readonly number: number;
  readonly address: string;
  readonly json: string;
  readonly signature: string;
  readonly currency: string;
  readonly amount: Amount;
  readonly lat: number | undefined;
  readonly lng: number | undefined;
  readonly random: string | undefined;
  readonly posted: TimeMs | undefined;
  readonly expires: TimeMs;
  /** The account that made it here; undefined for one that came from elsewhere. */
  readonly owner: AccountIndex | undefined;
  withdrawn: boolean;
  /** Satoshi in sight that do not count yet. */
  seen: Amount;
  /** Satoshi that count. */
  received: Amount;
  transfers: readonly number[];
}

export interface Invoices {
  readonly byAddress: Map<string, Invoice>;
  /** Live ones with a time, by place, time and code. */
  readonly nearby: Nearby<Invoice>;
  /** Addresses by the minute (since 1970) in which their invoice ends or can be forgotten. */
  readonly endings: Map<number, string[]>;
  /** The first minute whose endings are not yet carried out. */
  settledTo: number;
  /** The account's own, oldest first. */
  readonly ofAccount: Map<AccountIndex, Invoice[]>;
  /** Invoices from elsewhere that were paid by chain: address -> until when to remember. */
  readonly paidOutside: Map<string, TimeMs>;
  /** Withdrawals to remember: address -> until when. */
  readonly withdrawn: Map<string, TimeMs>;
  last: number;
}

export const emptyInvoices = (): Invoices => ({
  byAddress: new Map(),
  nearby: emptyNearby(),
  endings: new Map(),
  settledTo: 0,
  ofAccount: new Map(),
  paidOutside: new Map(),
  withdrawn: new Map(),
  last: 0,
});

export const stateOfInvoice = (invoice: Invoice, t: TimeMs): InvoiceState => {
  if (invoice.withdrawn) return "withdrawn";
  if (invoice.received > 0)
    return invoice.received === invoice.amount
      ? "paid"
      : invoice.received < invoice.amount
        ? "underpaid"
        : "overpaid";
  if (invoice.seen > 0) return "seen";
  return t >= invoice.expires ? "expired" : "open";
};

const MINUTE_MS = 60_000;
const minuteOf = (t: TimeMs): number => Math.floor(t / MINUTE_MS);

/** Notes when an invoice ends and, for an account's own, when it can be forgotten. */
export const noteEndings = (invoices: Invoices, invoice: Invoice): void => {
  const at = [
    invoice.expires,
    ...(invoice.owner === undefined ? [] : [(invoice.expires + KEPT_MS) as TimeMs]),
  ];
  for (const minute of at.map(minuteOf)) {
    if (minute < invoices.settledTo) continue;
    const same = invoices.endings.get(minute);
    if (same) same.push(invoice.address);
    else invoices.endings.set(minute, [invoice.address]);
  }
};

/**
 * Whether it still waits for a payment that is not in sight: a few satoshi sent to a till must not block it. One in a currency
 * that the hub does not have has the amount 0.
 */
export const isPayable = (invoice: Invoice): boolean =>
  !invoice.withdrawn &&
  (invoice.received + invoice.seen < invoice.amount || invoice.received + invoice.seen === 0);

/** Whether it belongs into the index of what is found. */
export const isListed = (invoice: Invoice, t: TimeMs): boolean =>
  invoice.posted !== undefined && isPayable(invoice) && t < invoice.expires;

export const keepOwn = (invoices: Invoices, account: AccountIndex, invoice: Invoice): void => {
  const own = invoices.ofAccount.get(account);
  if (own) own.push(invoice);
  else invoices.ofAccount.set(account, [invoice]);
};

const unlist = (state: State, invoice: Invoice): void => {
  removeNearby(state.invoices.nearby, invoice);
};

const endInvoice = (state: State, invoice: Invoice, t: TimeMs): void => {
  const { byAddress, ofAccount } = state.invoices;
  unlist(state, invoice);
  // Others' are forgotten at once: the age limit refuses their return.
  if (invoice.owner === undefined) byAddress.delete(invoice.address);
  else if (invoice.expires + KEPT_MS <= t) {
    byAddress.delete(invoice.address);
    const own = ofAccount.get(invoice.owner)!;
    own.splice(own.indexOf(invoice), 1);
    if (own.length === 0) ofAccount.delete(invoice.owner);
  }
};

/** Takes what has ended out of the index, and forgets what is old. Carried out with each command on invoices. */
const settleEnded = (state: State, t: TimeMs): void => {
  const { invoices } = state;
  const now = minuteOf(t);
  // A first start, or one after years: no need to walk minute by minute from 1970.
  if (invoices.endings.size === 0) invoices.settledTo = now;
  for (; invoices.settledTo < now; invoices.settledTo++) {
    for (const address of invoices.endings.get(invoices.settledTo) ?? []) {
      const invoice = invoices.byAddress.get(address);
      if (invoice && invoice.expires <= t) endInvoice(state, invoice, t);
    }
    invoices.endings.delete(invoices.settledTo);
  }
  for (const remembered of [invoices.withdrawn, invoices.paidOutside])
    for (const [address, until] of remembered) {
      if (until > t) break;
      remembered.delete(address);
    }
};

/** Refusals in order: invoice_withdrawn, invoice_conflict, invoice_limit_reached. The same bytes again do nothing. */
export const postInvoice = (
  state: State,
  command: Stamped<PostInvoice>,
  caller: Caller | undefined,
): object | Refused => {
  const { invoices } = state;
  const { address, json, t } = command;
  const known = invoices.byAddress.get(address);
  const until = invoices.withdrawn.get(address);
  if ((until !== undefined && until > t) || known?.withdrawn) return refuse("invoice_withdrawn");
  if (known) return known.json === json ? { known: true } : refuse("invoice_conflict");
  // Payments to it may be under way, which an invoice that came later would not count and then lose.
  if (!caller && state.chain.addresses.has(address)) return refuse("invoice_conflict");
  const own = caller && invoices.ofAccount.get(caller.account.index);
  if (
    own &&
    own.length >= MOST_LIVE_INVOICES &&
    own.filter((invoice) => invoice.expires > t && !invoice.withdrawn).length >= MOST_LIVE_INVOICES
  )
    return refuse("invoice_limit_reached", { most: MOST_LIVE_INVOICES });

  settleEnded(state, t);
  if (caller) {
    assert(command.index !== undefined, "an own invoice has a fresh address");
    issueAddress(state, address, command.index, caller.account.index);
  }
  const invoice: Invoice = {
    number: ++invoices.last,
    address,
    json,
    signature: command.signature,
    currency: command.currency,
    amount: command.amount,
    lat: command.lat,
    lng: command.lng,
    random: command.random,
    posted: command.posted,
    expires: command.expires,
    owner: caller?.account.index,
    withdrawn: false,
    seen: 0 as Amount,
    received: 0 as Amount,
    transfers: [],
  };
  invoices.byAddress.set(address, invoice);
  if (isListed(invoice, t)) insertNearby(invoices.nearby, invoice);
  noteEndings(invoices, invoice);
  if (caller) keepOwn(invoices, caller.account.index, invoice);
  return {};
};

/** With the address's signature (checked before) or by its owner. One that was paid cannot be taken back. */
export const withdrawInvoice = (
  state: State,
  command: Stamped<WithdrawInvoice>,
  caller: Caller | undefined,
  effects: Effect[],
): object | Refused => {
  const { invoices } = state;
  const { address, t } = command;
  const invoice = invoices.byAddress.get(address);
  if (caller && (!invoice || invoice.owner !== caller.account.index)) return refuse("invoice_unknown");
  if (invoice && !invoice.withdrawn) {
    const standing = stateOfInvoice(invoice, t);
    if (standing !== "open" && standing !== "expired") return refuse("invoice_not_open", { state: standing });
    unlist(state, invoice);
    invoice.withdrawn = true;
    effects.push({ is: "invoice", address });
  }
  settleEnded(state, t);
  invoices.withdrawn.delete(address);
  invoices.withdrawn.set(address, command.until);
  return {};
};

const changed = (state: State, invoice: Invoice, effects: Effect[]): void => {
  if (isListed(invoice, state.t)) insertNearby(state.invoices.nearby, invoice);
  else unlist(state, invoice);
  effects.push({ is: "invoice", address: invoice.address });
};

/** Longer than an invoice can live: until then nobody here pays it again. */
const PAID_OUTSIDE_KEPT_MS = 2 * 24 * 60 * 60 * 1000;

export const paidOutside = (state: State, address: string, t: TimeMs): void => {
  state.invoices.paidOutside.delete(address);
  state.invoices.paidOutside.set(address, (t + PAID_OUTSIDE_KEPT_MS) as TimeMs);
};

/** A transfer inside the hub arrived at the invoice's address. */
export const receivedInside = (
  state: State,
  invoice: Invoice,
  amount: Amount,
  transfer: number,
  effects: Effect[],
): void => {
  invoice.received = (invoice.received + amount) as Amount;
  invoice.transfers = [...invoice.transfers, transfer];
  changed(state, invoice, effects);
};

/** A payment by chain began to count, or (negative) was taken back. Answers whether there is such an invoice. */
export const receivedByChain = (
  state: State,
  address: string,
  change: number,
  transfer: number,
  effects: Effect[],
): boolean => {
  const invoice = state.invoices.byAddress.get(address);
  if (!invoice) return false;
  invoice.received = (invoice.received + change) as Amount;
  assert(invoice.received >= 0, "an invoice loses no more than it received");
  invoice.transfers =
    change > 0 ? [...invoice.transfers, transfer] : invoice.transfers.filter((one) => one !== transfer);
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
