import {
  type DrawnNearby,
  drawNearby,
  type NearbyChanges,
  type NearbyData,
  type NearbyInvoice,
  nearbyChannel,
} from "@coinholder/protocol";
import { clean, dim } from "../terminal.ts";
import { clockTime } from "../times.ts";
import { doubts, invoiceLines } from "../views/invoices.ts";
import { checkInvoice } from "./check-invoice.ts";
import type { Watched } from "./watched.ts";

export interface Place {
  readonly lat: string;
  readonly lng: string;
  readonly radius_m: number;
  /** The code that the cashier reads out. */
  readonly random?: string;
}

const line = (invoice: NearbyInvoice, checked: ReadonlyMap<string, boolean>): string => {
  const { amount, btc_address, currency, distance_m, info } = invoice;
  const code = info.random === undefined ? "" : `  code ${info.random}`;
  const memo = info.memo === undefined ? "" : `  «${info.memo}»`;
  const place = distance_m === undefined ? "" : `  ${distance_m} m`;
  return `${clean(`${amount} ${currency}${code}${memo}${place}  ${btc_address}`)}  (${doubts(invoice, checked)})`;
};

export const watchNearby = (place: Place): Watched<DrawnNearby> => {
  // By address: one address is one invoice.
  const checked = new Map<string, boolean>();
  const look = (invoices: readonly NearbyInvoice[]): void => {
    for (const invoice of invoices) checked.set(invoice.btc_address, checkInvoice(invoice));
  };
  const { lat, lng, radius_m, random } = place;
  return {
    title: `Invoices within ${radius_m} m of ${lat}, ${lng}${random === undefined ? "" : `, code ${random}`}`,
    channel: nearbyChannel(place),
    ask: (hub) => hub.call("search-invoices", { ...place, limit: 100 }),
    draw: (before, message) => {
      if (message.type === "snapshot") checked.clear();
      look(
        message.type === "snapshot"
          ? (message.data as NearbyData).invoices
          : ((message.data as NearbyChanges).appeared ?? []),
      );
      return drawNearby(before, message);
    },
    screen: ({ invoices, more_exist }) => [
      ...(invoices.length === 0 ? [dim("none now")] : invoiceLines(invoices, checked)),
      ...(more_exist ? [dim("and others farther away")] : []),
    ],
    news: ({ invoices }, before, message) => {
      const at = clockTime(message.t);
      const known = new Map(before?.invoices.map((one) => [one.btc_address, one]));
      const now = new Map(invoices.map((one) => [one.btc_address, one]));
      const ends = new Map(
        message.type === "snapshot"
          ? []
          : (message.data as NearbyChanges).disappeared?.map(({ btc_address, why }) => [btc_address, why]),
      );
      return [
        ...invoices
          .filter((one) => known.get(one.btc_address)?.invoice_json !== one.invoice_json)
          .map((one) => `${at}  new  ${line(one, checked)}`),
        ...invoices
          .filter(
            ({ ambiguous, btc_address }) => (known.get(btc_address)?.ambiguous ?? ambiguous) !== ambiguous,
          )
          .map((one) => `${at}  changed  ${line(one, checked)}`),
        ...[...known.values()]
          .filter(({ btc_address }) => !now.has(btc_address))
          .map(
            ({ btc_address }) => `${at}  ${clean(ends.get(btc_address) ?? "gone")}  ${clean(btc_address)}`,
          ),
      ];
    },
    forPrograms: (message) => {
      const told = (invoices: readonly NearbyInvoice[] = []) =>
        invoices.map((invoice) => ({ ...invoice, signature_valid: checkInvoice(invoice) }));
      if (message.type === "snapshot") {
        const data = message.data as NearbyData;
        return { ...message, data: { ...data, invoices: told(data.invoices) } };
      }
      const data = message.data as NearbyChanges;
      return { ...message, data: { ...data, ...(data.appeared ? { appeared: told(data.appeared) } : {}) } };
    },
  };
};
