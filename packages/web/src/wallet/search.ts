import type { ToldTransfer } from "@coinholder/protocol";
import { isOfInvoice } from "./of-invoice.ts";

export const KINDS = ["all", "in", "out", "chain", "inside", "invoice", "operator", "option"] as const;
export type KindChoice = (typeof KINDS)[number];

export interface Search {
  readonly text: string;
  readonly kind: KindChoice;
  /** ms since 1970; `to` is not in it. */
  readonly from?: number;
  readonly to?: number;
}

const isKind = (transfer: ToldTransfer, choice: KindChoice): boolean => {
  const { direction, kind } = transfer;
  switch (choice) {
    case "all":
      return true;
    case "in":
    case "out":
      return direction === choice;
    case "chain":
      return kind === "deposit" || kind === "withdrawal";
    case "inside":
      return kind === "internal";
    case "invoice":
      return isOfInvoice(transfer);
    case "operator":
      return kind === "credit" || kind === "fiat-withdrawal";
    case "option":
      return kind === "option-premium" || kind === "option-exercise";
  }
};

/** Whether a transfer is one that is searched for: each word stands somewhere in it, or in `words`, which the page shows for it. */
export const matches = (transfer: ToldTransfer, search: Search, words: string): boolean => {
  const { t, transfer_id, amount, currency, btc_address, txid, reason, reference, fee } = transfer;
  if (!isKind(transfer, search.kind)) return false;
  if (search.from !== undefined && t < search.from) return false;
  if (search.to !== undefined && t >= search.to) return false;
  const inIt = [words, transfer_id, amount, currency, btc_address, txid, reason, reference, fee]
    .filter((part) => part !== undefined)
    .join("\n")
    .toLowerCase();
  return search.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inIt.includes(word));
};
