import type { NearbyInvoice } from "@coinholder/protocol";
import { amountText, decimalsOf, type Price, unitsOf, worth } from "../hub/money.ts";

/** What paying an invoice takes, as far as the page can tell before the hub is asked. */
export type Cost =
  /** So much BTC; `fee`: and what the network takes, where it goes to another hub. */
  | { readonly kind: "btc"; readonly amount: string; readonly fee: boolean }
  /** Out of the balance of the invoice's own currency. */
  | { readonly kind: "balance" }
  /** About so much BTC by the last prices, and never more than `most`. */
  | { readonly kind: "about"; readonly amount: string; readonly most: string }
  /** Nobody here knows a price: the invoice's hub has to be asked. */
  | { readonly kind: "ask" };

/** How far above the last price a hub's may be: spread, fees and a market that moves, in percent. */
const ABOVE_PERCENT = 5n;

export const costOf = (
  { amount, confirmed, currency }: Pick<NearbyInvoice, "amount" | "confirmed" | "currency">,
  available: Readonly<Record<string, string>> | undefined,
  prices: readonly Price[],
): Cost => {
  if (currency === "BTC") return { kind: "btc", amount, fee: !confirmed };
  const decimals = decimalsOf(currency);
  // Of a currency that this hub does not know the other may write more places.
  if ((amount.split(".")[1]?.length ?? 0) > decimals) return { kind: "ask" };
  const due = unitsOf(amount, decimals);
  const held = available?.[currency.toLowerCase()];
  if (confirmed && held !== undefined && unitsOf(held, decimals) >= due) return { kind: "balance" };
  const about = worth(due, currency, "BTC", prices);
  if (about === undefined || about === 0n) return { kind: "ask" };
  return {
    kind: "about",
    amount: amountText(about, "BTC"),
    most: amountText((about * (100n + ABOVE_PERCENT)) / 100n + 1n, "BTC"),
  };
};

/** So little that no payment costs it: a call with it is refused and tells the price. */
export const TOO_LITTLE = "0.00000001";

/** The most BTC that a payment may take, as the call says it. */
export const mostOf = (cost: Cost): string | undefined =>
  cost.kind === "about" ? cost.most : cost.kind === "ask" ? TOO_LITTLE : undefined;

/** Whether an account has so much BTC; false where nobody knows. */
export const hasBtc = (
  amount: string | undefined,
  available: Readonly<Record<string, string>> | undefined,
): boolean =>
  amount !== undefined && available !== undefined && unitsOf(available.btc ?? "0", 8) >= unitsOf(amount, 8);

/** Whether what is there is less than what it costs; false where nobody knows. */
export const isShort = (cost: Cost, available: Readonly<Record<string, string>> | undefined): boolean => {
  if (available === undefined || (cost.kind !== "btc" && cost.kind !== "about")) return false;
  return !hasBtc(cost.amount, available);
};
