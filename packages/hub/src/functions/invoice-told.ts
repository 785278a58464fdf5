import {
  BTC,
  currencyIndex,
  dueInFiat,
  type Invoice,
  type InvoiceState,
  isPayable,
  stateOfInvoice,
  stateOfOption,
} from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import { dec, type Hub } from "../hub.ts";
import { textOf } from "./found-invoice.ts";

/** Of an invoice that was paid in part, the rest. */
export const dueInBtc = ({ amount, received }: Pick<Invoice, "amount" | "received">): Amount =>
  (received < amount ? amount - received : amount) as Amount;

/** BTC that came for one in another currency are a payment in sight while an option is open that may exchange them. */
export const standingOf = (
  { sequencer }: Pick<Hub, "sequencer">,
  invoice: Invoice,
  t: TimeMs,
): InvoiceState => {
  const standing = stateOfInvoice(invoice, t);
  if (standing !== "underpaid" || !invoice.fiat || invoice.fiat.received > 0) return standing;
  const { atInvoice } = sequencer.state.options;
  for (const option of atInvoice.get(invoice.address) ?? [])
    if (stateOfOption(option, t) === "open") return "seen";
  return standing;
};

/** What came of one in another currency, in that currency, and the BTC that came beside it. */
export const settledOf = (
  hub: Pick<Hub, "sequencer">,
  { currency, fiat, received }: Invoice,
): { settled?: string; unexchanged?: string } => {
  const index = currencyIndex(hub.sequencer.state.config, currency);
  if (!fiat || index === undefined) return {};
  const beside = received - fiat.given;
  return {
    settled: dec(hub, index, fiat.received),
    ...(beside > 0 ? { unexchanged: dec(hub, BTC, beside) } : {}),
  };
};

/** What is still to be paid of one of this hub's own that can be paid. */
export const dueOf = (hub: Pick<Hub, "sequencer">, invoice: Invoice, t: TimeMs): { due?: string } => {
  const index = currencyIndex(hub.sequencer.state.config, invoice.currency);
  const standing = stateOfInvoice(invoice, t);
  if (invoice.owner === undefined || index === undefined || !isPayable(invoice)) return {};
  if (standing === "expired" || standing === "withdrawn") return {};
  return { due: dec(hub, index, invoice.fiat ? dueInFiat(invoice) : dueInBtc(invoice)) };
};

/** An invoice as `my-invoices` and the stream tell it to its owner. */
export const ownInvoice = (hub: Pick<Hub, "sequencer">, invoice: Invoice, t: TimeMs) => ({
  invoice: textOf(invoice),
  invoice_json: invoice.json,
  signature: invoice.signature,
  state: standingOf(hub, invoice, t),
  received: dec(hub, BTC, invoice.received),
  ...settledOf(hub, invoice),
});
