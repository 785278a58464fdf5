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
/** Live invoices that are kept of those from elsewhere: in all, and of those that strangers posted. */
export const MOST_OUTSIDE = 100_000;
export const MOST_OF_STRANGERS = 20_000;
/** Withdrawals that are remembered; beyond it the oldest are forgotten. */
export const MOST_WITHDRAWN = 100_000;
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
  /** The first MOST_TOLD of those that paid it. */
  transfers: number[];
  /** Of an account's own in another currency than BTC. */
  readonly fiat: FiatSide | undefined;
  /** From elsewhere, and posted by nobody who has a key of the operator's. */
  readonly stranger: true | undefined;
  /** Of one from elsewhere: its address's signature that withdrew it. The last member, since it is set later. */
  withdrawal: string | undefined;
}

/** An invoice in another currency is paid in that currency. BTC that come for it are exchanged by an option, or stay the payee's. */
export interface FiatSide {
  /** In smallest units of the invoice's currency. */
  received: Amount;
  /** Satoshi that options took for it. */
  given: Amount;
  /** By transaction, what came by chain. */
  readonly parts: Part[];
}
export interface Part {
  readonly txid: string;
  /** Satoshi that count, or were credited before. */
  credited: Amount;
  /** Satoshi of those that an option took. */
  used: Amount;
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
  /** How many of those from elsewhere are kept, and of them those that strangers posted. Follows from `byAddress`. */
  readonly outside: { all: number; strangers: number };
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
  outside: { all: 0, strangers: 0 },
});

export const stateOfInvoice = (invoice: Invoice, t: TimeMs): InvoiceState => {
  if (invoice.withdrawn) return "withdrawn";
  const { amount, fiat, received } = invoice;
  // BTC that no option took are the payee's, beside what was asked for.
  const beside = fiat !== undefined && received > fiat.given;
  const came = fiat ? fiat.received : received;
  if (came > 0 || beside) return came < amount ? "underpaid" : came > amount || beside ? "overpaid" : "paid";
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

/** What is due of one in another currency, in its smallest units. */
export const dueInFiat = ({ amount, fiat }: Invoice): Amount =>
  Math.max(0, amount - (fiat?.received ?? 0)) as Amount;

/**
 * Whether it still waits for a payment that is not in sight: a few satoshi sent to a till must not block it. One from elsewhere in a
 * currency that the hub does not have has the amount 0.
 */
export const isPayable = (invoice: Invoice): boolean =>
  !invoice.withdrawn &&
  (invoice.fiat
    ? dueInFiat(invoice) > 0
    : invoice.received + invoice.seen < invoice.amount || invoice.received + invoice.seen === 0);

/** Why it cannot be paid, if it cannot: invoice_withdrawn, invoice_not_open. */
export const refusedAsPaid = (invoice: Invoice, t: TimeMs): Refused | undefined => {
  const standing = stateOfInvoice(invoice, t);
  if (standing === "withdrawn") return refuse("invoice_withdrawn");
  return standing === "expired" || !isPayable(invoice)
    ? refuse("invoice_not_open", { state: standing })
    : undefined;
};

/** Whether it belongs into the index of what is found. */
export const isListed = (invoice: Invoice, t: TimeMs): boolean =>
  invoice.posted !== undefined && isPayable(invoice) && t < invoice.expires;

export const keepOwn = (invoices: Invoices, account: AccountIndex, invoice: Invoice): void => {
  const own = invoices.ofAccount.get(account);
  if (own) own.push(invoice);
  else invoices.ofAccount.set(account, [invoice]);
};

/** Counts one that is kept from now on, or (negative) no more. */
export const countOutside = ({ outside }: Invoices, { owner, stranger }: Invoice, change: 1 | -1): void => {
  if (owner !== undefined) return;
  outside.all += change;
  if (stranger) outside.strangers += change;
};

const unlist = (state: State, invoice: Invoice): void => {
  removeNearby(state.invoices.nearby, invoice);
};

const endInvoice = (state: State, invoice: Invoice, t: TimeMs): void => {
  const { byAddress, ofAccount } = state.invoices;
  unlist(state, invoice);
  // Others' are forgotten at once: the age limit refuses their return.
  if (invoice.owner === undefined) {
    byAddress.delete(invoice.address);
    countOutside(state.invoices, invoice, -1);
  } else if (invoice.expires + KEPT_MS <= t) {
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

/** Whether there is room for one from elsewhere, once what has ended is forgotten: that is done only when one is taken. */
const isFull = (
  { byAddress, endings, outside, settledTo }: Invoices,
  stranger: boolean,
  t: TimeMs,
): boolean => {
  const fullOf = (ended: typeof outside): boolean =>
    outside.all - ended.all >= MOST_OUTSIDE ||
    (stranger && outside.strangers - ended.strangers >= MOST_OF_STRANGERS);
  if (!fullOf({ all: 0, strangers: 0 })) return false;
  const ended = { all: 0, strangers: 0 };
  for (let minute = settledTo; endings.size > 0 && minute < minuteOf(t); minute++)
    for (const address of endings.get(minute) ?? []) {
      const invoice = byAddress.get(address);
      if (invoice?.owner !== undefined || !invoice || invoice.expires > t) continue;
      ended.all++;
      if (invoice.stranger) ended.strangers++;
    }
  return fullOf(ended);
};

/** Refusals in order: invoice_withdrawn, invoice_conflict, invoices_full, invoice_limit_reached. The same bytes again do nothing. */
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
  if (!caller && isFull(invoices, command.stranger === true, t)) return refuse("invoices_full");
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
    fiat:
      caller && command.currency !== "BTC"
        ? { received: 0 as Amount, given: 0 as Amount, parts: [] }
        : undefined,
    stranger: caller ? undefined : command.stranger,
    withdrawal: undefined,
  };
  invoices.byAddress.set(address, invoice);
  countOutside(invoices, invoice, 1);
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
    if (invoice.owner === undefined) invoice.withdrawal = command.signature;
    effects.push({ is: "invoice", address });
  }
  settleEnded(state, t);
  invoices.withdrawn.delete(address);
  invoices.withdrawn.set(address, command.until);
  if (invoices.withdrawn.size > MOST_WITHDRAWN)
    invoices.withdrawn.delete(invoices.withdrawn.keys().next().value!);
  return {};
};
