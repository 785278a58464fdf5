import type { PostInvoice, Stamped, WithdrawInvoice } from "@coinholder/engine";
import type { Twin, TwinCaller, TwinInvoice, Verdict } from "./twin.ts";

export const stateOfTwinInvoice = (invoice: TwinInvoice, t: number): string => {
  if (invoice.withdrawn) return "withdrawn";
  const { fiat } = invoice;
  if (fiat) {
    const beside = invoice.received - fiat.given;
    const rest = invoice.amount - fiat.received;
    if (fiat.received > 0 && rest <= 0) return rest < 0 || beside > 0 ? "overpaid" : "paid";
    if (fiat.received > 0 || beside > 0) return "underpaid";
    if (invoice.seen > 0) return "seen";
    return t >= invoice.expires ? "expired" : "open";
  }
  if (invoice.received > invoice.amount) return "overpaid";
  if (invoice.received === invoice.amount && invoice.received > 0) return "paid";
  if (invoice.received > 0) return "underpaid";
  if (invoice.seen > 0) return "seen";
  return t >= invoice.expires ? "expired" : "open";
};

export const isFindable = (invoice: TwinInvoice, t: number): boolean =>
  invoice.posted !== undefined &&
  !invoice.withdrawn &&
  t < invoice.expires &&
  (invoice.fiat
    ? invoice.fiat.received < invoice.amount
    : invoice.received + invoice.seen === 0 || invoice.received + invoice.seen < invoice.amount);

/** Of a transaction, what came for an invoice in another currency. */
export const twinFiatPart = ({ fiat }: TwinInvoice, txid: string, change: number): void => {
  fiat?.left.set(txid, (fiat.left.get(txid) ?? 0) + change);
};

/** Why it is not to be paid now. */
export const twinUnpayable = (invoice: TwinInvoice, t: number): Verdict | undefined => {
  const standing = stateOfTwinInvoice(invoice, t);
  if (standing === "withdrawn") return "invoice_withdrawn";
  const { amount, fiat, received, seen } = invoice;
  const waits = fiat ? fiat.received < amount : received + seen === 0 || received + seen < amount;
  return standing === "expired" || !waits ? "invoice_not_open" : undefined;
};

export const twinPost = (
  twin: Twin,
  command: Stamped<PostInvoice>,
  caller: TwinCaller | undefined,
): Verdict => {
  const { address, t } = command;
  const known = twin.invoices.find((one) => one.address === address);
  if ((twin.withdrawn.get(address) ?? 0) > t || known?.withdrawn) return "invoice_withdrawn";
  if (known) return known.json === command.json ? "done" : "invoice_conflict";
  if (!caller && twin.addresses.has(address)) return "invoice_conflict";
  if (caller) twin.addresses.set(address, caller.account);
  const { lat, lng, random, posted, expires, json, amount } = command;
  twin.invoices.push({
    number: (twin.invoices.at(-1)?.number ?? 0) + 1,
    address,
    json,
    owner: caller?.account,
    amount,
    lat,
    lng,
    random,
    posted,
    expires,
    withdrawn: false,
    seen: 0,
    received: 0,
    fiat:
      caller && command.currency !== "BTC"
        ? { currency: command.currency, received: 0, given: 0, left: new Map() }
        : undefined,
  });
  return "done";
};

export const twinWithdrawInvoice = (
  twin: Twin,
  command: Stamped<WithdrawInvoice>,
  caller: TwinCaller | undefined,
): Verdict => {
  const invoice = twin.invoices.find((one) => one.address === command.address);
  if (caller && invoice?.owner !== caller.account) return "invoice_unknown";
  if (invoice && !invoice.withdrawn) {
    const standing = stateOfTwinInvoice(invoice, command.t);
    if (standing !== "open" && standing !== "expired") return "invoice_not_open";
    invoice.withdrawn = true;
  }
  twin.withdrawn.set(command.address, command.until);
  return "done";
};
