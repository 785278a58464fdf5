import type { ToldTransfer } from "@coinholder/protocol";
import { amountText, decimalsOf, unitsOf } from "../hub/money.ts";
import { t } from "../texts/index.ts";
import type { Tone } from "../ui/card.tsx";
import { isOfInvoice } from "./of-invoice.ts";

export type Status = ToldTransfer["status"];

/** Whether nothing more will come of it by itself. `confirmed` will be `final`. */
export const isSettled = (status: Status): boolean =>
  status === "final" ||
  status === "done" ||
  status === "refused" ||
  status === "reversed" ||
  status === "lost";

export const toneOf = (status: Status): Tone =>
  status === "final" || status === "done" || status === "confirmed" || status === "credited"
    ? "good"
    : status === "refused" || status === "reversed" || status === "lost"
      ? "bad"
      : "warn";

export const kindWords = ({ kind, direction }: Pick<ToldTransfer, "kind" | "direction">): string =>
  t.wallet.kinds[kind][direction];

/** All that the page says of a transfer in words, for the search. */
export const wordsOf = (transfer: ToldTransfer): string =>
  [
    kindWords(transfer),
    t.wallet.ways[transfer.kind],
    t.wallet.statuses[transfer.status],
    isOfInvoice(transfer) ? t.wallet.invoice : "",
  ].join(" ");

/** What the account paid in all: the amount, and the fee on top of it. */
export const debitOf = ({
  amount,
  fee,
  currency,
}: Pick<ToldTransfer, "amount" | "fee" | "currency">): string => {
  const decimals = decimalsOf(currency);
  return amountText(unitsOf(amount, decimals) + unitsOf(fee ?? "0", decimals), currency);
};

/** The beginning and the end of what is too long for a line. */
export const shortened = (text: string): string =>
  text.length <= 20 ? text : `${text.slice(0, 10)}…${text.slice(-8)}`;

/** How deep a transfer is, while that still grows; undefined where it is in no block, or where nothing more will come of it. */
export const depthWords = ({
  confirmations,
  confirmations_needed: needed,
  status,
}: ToldTransfer): string | undefined => {
  if (confirmations === undefined || confirmations === 0) return undefined;
  if (status !== "pending" && status !== "confirmed") return undefined;
  return needed === undefined
    ? t.wallet.confirmations(confirmations)
    : t.wallet.confirmationsOf(Math.min(confirmations, needed), needed);
};
