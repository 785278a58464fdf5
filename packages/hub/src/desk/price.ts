import type { TimeMs } from "@coinholder/protocol";

/** Whole smallest quote units per whole base unit, as everywhere. */
export interface Price {
  /** At which base can be sold. */
  readonly bid: number;
  /** At which base can be bought. */
  readonly ask: number;
  /** When it was so. */
  readonly t: TimeMs;
}

/** Where the desk has its prices from. Others can be added: whatever gives the newest price it knows. */
export interface PriceSource {
  /** Undefined where there is none. */
  readonly latest: (now: TimeMs) => Price | undefined;
  readonly close: () => void;
}

/** One rate, for ever: the operator's word. */
export const fixedPrice = (rate: number): PriceSource => ({
  latest: (t) => ({ bid: rate, ask: rate, t }),
  close: () => {},
});
