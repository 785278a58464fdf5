import type { ToldTransfer } from "@coinholder/protocol";

/** What became of the payment of an invoice, as the payer's own hub can tell. */
export type Standing =
  /** Nothing more is to come. */
  | "paid"
  /** It is by chain, and the till's hub says that it counts. */
  | "counted"
  /** Sent, and the till's hub has not said yet that it counts. */
  | "on-its-way"
  /** The same, and a block has it. */
  | "in-block"
  /** The invoice was in another currency, and the bitcoin came too late for its price: the payee has them, and the invoice is not paid. */
  | "kept"
  /** The same bitcoin, of which the till's hub has not said whether they came in time before nobody asked it any more. */
  | "unsaid"
  /** Not carried out; the money is the payer's again. */
  | "back";

/** @param currency of the invoice, where it is known */
export const standingOf = (
  { crossing, status }: Pick<ToldTransfer, "crossing" | "status">,
  currency: string | undefined,
): Standing => {
  if (status === "refused" || status === "reversed") return "back";
  if (status === "done") return "paid";
  const { given_up = false, identity, option } = crossing ?? {};
  if (option === "exercised") return "counted";
  const inFiat = option !== undefined || (currency !== undefined && currency !== "BTC");
  // Who was told whose it is may have been told of the option too, and its answer be lost; who was not has none to exercise.
  if (inFiat && given_up) return identity === undefined ? "kept" : "unsaid";
  if (inFiat && option !== undefined) return "kept";
  if (!inFiat && (identity === "credited" || identity === "confirmed")) return "counted";
  if (!inFiat && status === "final") return "paid";
  return status === "confirmed" || status === "final" ? "in-block" : "on-its-way";
};
