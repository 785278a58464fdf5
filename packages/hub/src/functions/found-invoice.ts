import type { Invoice } from "@coinholder/engine";
import type { InvoiceText } from "../invoice-text.ts";

/** What an invoice says, from its own bytes. */
export const textOf = (invoice: Invoice): InvoiceText => {
  const { info = {}, ...rest } = JSON.parse(invoice.json) as InvoiceText;
  return { ...rest, info };
};

/**
 * An invoice as `search-invoices` and the stream tell it to anyone.
 * @param distance in metres from where one is, if that was given
 */
export const foundInvoice = (invoice: Invoice, distance: number | undefined, ambiguous: boolean) => ({
  ...textOf(invoice),
  invoice_json: invoice.json,
  signature: invoice.signature,
  confirmed: invoice.owner !== undefined,
  ambiguous,
  ...(distance === undefined ? {} : { distance_m: Math.round(distance) }),
});
