import type { TimeMs } from "@coinholder/protocol";
import type { Standing } from "./combine.ts";

/** Whole smallest quote units per whole base unit, as everywhere. */
export interface Price {
  /** At which base can be sold. */
  readonly bid: number;
  /** At which base can be bought. */
  readonly ask: number;
  /** When it was so. */
  readonly t: TimeMs;
}

/** Why a price is not quoted from. */
export type PriceProblem = "price_missing" | "price_stale" | "price_wild" | "price_crossed";

/** Where the desk has its prices from. Others can be added: whatever gives the newest price it knows. */
export interface PriceSource {
  /** Undefined where there is none; a problem where the source itself knows why. */
  readonly latest: (now: TimeMs) => Price | { readonly problem: PriceProblem } | undefined;
  /** How those stand that it is made of, at the last look. */
  readonly parts?: () => readonly PartTold[];
  readonly close: () => void;
}

/** One of several sources. */
export interface PartTold {
  readonly url: string;
  readonly standing: Standing;
  /** Since when it has not been used; undefined while it is. */
  readonly outSince: TimeMs | undefined;
  /** The newest that is known of it. */
  readonly price: Price | undefined;
  /** Why the last try brought none. */
  readonly trouble: string | undefined;
}

/** One rate, for ever: the operator's word. */
export const fixedPrice = (rate: number): PriceSource => ({
  latest: (t) => ({ bid: rate, ask: rate, t }),
  close: () => {},
});
