import type { Answer, NearbyInvoice } from "@coinholder/protocol";
import { fitsTerminal, table } from "../output.ts";
import { bold, clean, dim, green, red, yellow } from "../terminal.ts";
import { localTime } from "../times.ts";

type Made = Answer<"new-invoice">;
type Mine = Answer<"my-invoices">["invoices"][number];
type Option = Answer<"my-options">["options"][number];

/** What a client found out about an invoice's signature by itself; undefined where it did not look. */
export type Checked = ReadonlyMap<string, boolean>;

const LONGEST_MEMO = 40;
const short = (text: string): string =>
  text.length > LONGEST_MEMO ? `${text.slice(0, LONGEST_MEMO - 1)}…` : text;

/** What stands against paying it with one press, the worst first. */
export const doubts = (
  { ambiguous, btc_address, confirmed }: Pick<NearbyInvoice, "ambiguous" | "btc_address" | "confirmed">,
  checked?: Checked,
): string =>
  [
    checked?.get(btc_address) === false && red("signature invalid: do not pay"),
    ambiguous && yellow("ambiguous: another has this code"),
    confirmed ? green("confirmed") : yellow("not confirmed by its hub"),
  ]
    .filter(Boolean)
    .join(", ");

const metres = ({ distance_m }: NearbyInvoice): string =>
  distance_m === undefined ? "" : String(distance_m);

/** One below the other, where the terminal is narrow: whoever pays needs the whole address. */
const asCards = (invoices: readonly NearbyInvoice[], checked: Checked | undefined): string[] =>
  invoices.flatMap((invoice) => {
    const { amount, btc_address, currency, distance_m, info } = invoice;
    const about = [
      info.random !== undefined && `code ${clean(info.random)}`,
      distance_m !== undefined && `${distance_m} m`,
      info.memo !== undefined && short(clean(info.memo)),
    ].filter(Boolean);
    return [
      [bold(clean(`${amount} ${currency}`)), ...about].join("  "),
      `  ${doubts(invoice, checked)}`,
      `  ${clean(btc_address)}  ${dim(short(clean(info.hub_url ?? "")))}`,
    ];
  });

/** Invoices that anyone can pay. */
export const invoiceLines = (invoices: readonly NearbyInvoice[], checked?: Checked): string[] => {
  if (invoices.length === 0) return ["no invoices"];
  const lines = table(
    ["amount", "", "code", "metres", "memo", "hub", "stands", "address"],
    invoices.map((invoice) => {
      const { amount, btc_address, currency, info } = invoice;
      return [
        clean(amount),
        clean(currency),
        clean(info.random ?? ""),
        metres(invoice),
        short(clean(info.memo ?? "")),
        short(clean(info.hub_url ?? "")),
        doubts(invoice, checked),
        clean(btc_address),
      ];
    }),
  );
  return fitsTerminal(lines) ? lines : asCards(invoices, checked);
};

export const myInvoiceLines = (invoices: readonly Mine[]): string[] => {
  if (invoices.length === 0) return ["no invoices"];
  return table(
    ["amount", "", "state", "received BTC", "code", "memo", "posted", "address"],
    invoices.map(({ invoice: { amount, btc_address, currency, info }, received, state }) => [
      clean(amount),
      clean(currency),
      state === "paid" || state === "overpaid" ? green(state) : clean(state),
      clean(received),
      clean(info.random ?? ""),
      short(clean(info.memo ?? "")),
      info.t === undefined ? "" : (localTime(info.t) ?? ""),
      clean(btc_address),
    ]),
  );
};

/** A new invoice, and what a wallet needs to check and to pay it. */
export const madeInvoiceLines = ({ invoice, invoice_json, signature }: Made): string[] => {
  const { amount, btc_address, currency, info } = invoice;
  const rows = [
    ["asks for", `${bold(clean(amount))} ${clean(currency)}`],
    ["address", clean(btc_address)],
    ["memo", clean(info.memo ?? "")],
    ["code", clean(info.random ?? "")],
    ["place", info.lat === undefined ? "" : clean(`${info.lat}, ${info.lng}`)],
    ["hub", clean(info.hub_url ?? "")],
    ["until", info.expires_t === undefined ? "" : (localTime(info.expires_t) ?? "")],
  ].filter(([, value]) => value !== "");
  return [
    ...rows.map(([name, value]) => `${name!.padEnd(9)} ${value}`),
    "",
    dim("invoice_json"),
    clean(invoice_json),
    dim("signature"),
    clean(signature),
  ];
};

export const optionLines = (options: readonly Option[]): string[] => {
  if (options.length === 0) return ["no options"];
  return table(
    ["id", "state", "gives", "", "for", "", "premium", "until", "address"],
    options.map((option) => [
      clean(option.option_id),
      clean(option.state),
      clean(option.trade_amt),
      clean(option.trade_cur),
      clean(option.for_amt),
      clean(option.for_cur),
      clean(option.premium),
      localTime(option.expires_t) ?? "",
      clean(option.btc_address),
    ]),
  );
};
