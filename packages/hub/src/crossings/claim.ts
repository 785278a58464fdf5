import { type Refusal, refusal } from "@coinholder/protocol";
import type { InvoiceText } from "../invoice-text.ts";
import { exactly, satoshi } from "./decimals.ts";
import { isPassing, type Peer, type PeerAnswer } from "./peer.ts";

type Refused = { readonly refused: Refusal };

export const unreachable = (problem: string): Refused => ({
  refused: refusal("peer_unreachable", { reason: problem }),
});

const PAYABLE = new Set(["open", "seen", "underpaid"]);

/** What the hub that an invoice names says of it: what is due of it, in its currency as decimal text, if it is its own and can be paid. */
export const readStatus = (
  { amount, btc_address, currency }: InvoiceText,
  status: Readonly<Record<string, unknown>>,
): { due: string } | Refused => {
  const same = status.btc_address === btc_address && status.currency === currency;
  if (status.confirmed !== true || !same || exactly(status.amount) !== exactly(amount))
    return { refused: refusal("invoice_not_confirmed") };
  if (typeof status.state !== "string") return unreachable("answer_malformed");
  const state = status.state.slice(0, 20);
  if (state === "withdrawn") return { refused: refusal("invoice_withdrawn") };
  if (!PAYABLE.has(state)) return { refused: refusal("invoice_not_open", { state }) };
  const { due = amount } = status;
  if (typeof due !== "string") return unreachable("answer_malformed");
  const [left, all] = [exactly(due), exactly(amount)];
  // Never more than was signed, and nothing finer than there is.
  const payable = currency !== "BTC" || satoshi(due) !== undefined;
  if (left === undefined || all === undefined || left <= 0n || left > all || !payable)
    return unreachable("answer_malformed");
  return { due: due as string };
};

/** Asks that hub. A claim until it confirms (PROTOCOL: A copied till). */
export const confirmClaim = async (peer: Peer, invoice: InvoiceText): Promise<{ due: string } | Refused> => {
  const told: PeerAnswer = await peer.call("invoice-status", { btc_address: invoice.btc_address });
  if ("answer" in told) return readStatus(invoice, told.answer);
  if (isPassing(told)) return unreachable("problem" in told ? told.problem : told.refused);
  return { refused: refusal("invoice_not_confirmed", { reason: (told as { refused: string }).refused }) };
};
