import type { HubError } from "@coinholder/client";
import { amountText, partedText, readTyped, unitsOf } from "../hub/money.ts";
import { t } from "../texts/index.ts";
import { amountsAt, amountsNow, type Level, type OrderAmounts, type SideOfOrder } from "./order-amounts.ts";
import type { Venue } from "./venue.ts";

/** What stands in the order form. It is kept while other parts of the page are looked at. */
export interface Draft {
  readonly side: SideOfOrder;
  readonly kind: "limit" | "now";
  readonly price: string;
  readonly amount: string;
  /** Of a limit order: refused rather than traded at once. */
  readonly postOnly: boolean;
}

export const EMPTY_DRAFT: Draft = { side: "buy", kind: "limit", price: "", amount: "", postOnly: false };

/** What a draft comes to: an order, or what is wrong with it. */
export type ReadDraft =
  | { readonly order: OrderAmounts }
  /** `empty`: nothing is wrong, something is missing. */
  | { readonly field: "price" | "amount" | "form"; readonly problem: string; readonly empty?: true };

const typedUnits = (typed: string, currency: string, decimals: number): bigint | undefined | "empty" => {
  const read = readTyped(typed, currency);
  if ("amount" in read) return unitsOf(read.amount, decimals);
  return read.problem === "empty" ? "empty" : undefined;
};

const isProblem = (
  of: bigint | { readonly field: "price" | "amount"; readonly problem: string },
): of is { readonly field: "price" | "amount"; readonly problem: string } => typeof of === "object";

const readAmount = ({ amount }: Pick<Draft, "amount">, venue: Venue) => {
  const words = t.market.order;
  const base = typedUnits(amount, venue.base, venue.baseDecimals);
  if (base === "empty") return { field: "amount", problem: words.needAmount, empty: true } as const;
  // What is wrong with the number itself the field says.
  if (base === undefined) return { field: "amount", problem: "" } as const;
  if (base % venue.lot !== 0n)
    return { field: "amount", problem: words.notLot(amountText(venue.lot, venue.base)) } as const;
  return base;
};

const readPrice = ({ price }: Pick<Draft, "price">, venue: Venue) => {
  const words = t.market.order;
  const units = typedUnits(price, venue.quote, venue.quoteDecimals);
  if (units === "empty") return { field: "price", problem: words.needPrice, empty: true } as const;
  if (units === undefined) return { field: "price", problem: "" } as const;
  if (units % venue.tick !== 0n)
    return { field: "price", problem: words.notTick(amountText(venue.tick, venue.quote)) } as const;
  return units;
};

const orderOr = (order: OrderAmounts | undefined): ReadDraft =>
  order ? { order } : { field: "amount", problem: t.market.order.tooLittle };

/** An order at the typed price. */
export const readLimit = (draft: Pick<Draft, "side" | "price" | "amount">, venue: Venue): ReadDraft => {
  const price = readPrice(draft, venue);
  if (isProblem(price)) return price;
  const base = readAmount(draft, venue);
  if (isProblem(base)) return base;
  return orderOr(amountsAt(draft.side, base, price, venue));
};

/** @param levels of the other side, best first */
export const readDraft = (draft: Draft, levels: readonly Level[], venue: Venue): ReadDraft => {
  if (draft.kind === "limit") return readLimit(draft, venue);
  if (levels.length === 0) return { field: "form", problem: t.market.order.none };
  const base = readAmount(draft, venue);
  if (isProblem(base)) return base;
  return orderOr(amountsNow(draft.side, base, levels, venue));
};

/** The typed price as it stands, where it is one. */
export const typedPrice = (draft: Draft, venue: Venue): bigint | undefined => {
  const price = readPrice(draft, venue);
  return isProblem(price) ? undefined : price;
};

/** The parameters of `place-order`. */
export const orderParams = (side: SideOfOrder, { base, quote, limit }: OrderAmounts, venue: Venue) => {
  const [baseText, quoteText] = [amountText(base, venue.base), amountText(quote, venue.quote)];
  const price = amountText(limit, venue.quote);
  return side === "buy"
    ? { trade_amt: quoteText, trade_cur: venue.quote, for_amt: baseText, for_cur: venue.base, price }
    : { trade_amt: baseText, trade_cur: venue.base, for_amt: quoteText, for_cur: venue.quote, price };
};

/** To which field a refusal belongs, and what it says there; undefined: to none. */
export const refusalAt = (
  error: HubError | undefined,
  gives: string,
): { readonly field: "price" | "amount"; readonly problem: string } | undefined => {
  const words = t.market.order;
  switch (error?.code) {
    case "order_lot":
    case "amount_invalid":
    case "amend_invalid":
      return {
        field: "amount",
        problem: error.code === "amend_invalid" ? t.market.mine.amendTooLittle : error.message,
      };
    case "order_price":
      return { field: "price", problem: error.message };
    case "order_would_cross":
      return { field: "price", problem: words.wouldCross };
    case "insufficient_funds": {
      const { available } = error.particulars;
      return {
        field: "amount",
        problem: typeof available === "string" ? words.tooMuch(partedText(available), gives) : error.message,
      };
    }
    default:
      return undefined;
  }
};
