import type { Amount, TimeMs } from "@coinholder/protocol";
import type { By } from "../command.ts";

/** The desk sells an option to the caller. The hub has made the terms and signed them. */
export interface SellOption {
  readonly kind: "sell-option";
  /** Who buys. */
  readonly by: By;
  readonly id: string;
  /** Identifier or name of the desk's account. */
  readonly issuer: string;
  /** The wallet's next receive address; becomes the buyer's. */
  readonly address: string;
  readonly index: number;
  readonly give: Amount;
  readonly giveCurrency: string;
  readonly want: Amount;
  readonly wantCurrency: string;
  /** In the currency given; may be 0. */
  readonly premium: Amount;
  readonly expires: TimeMs;
  readonly json: string;
  readonly signature: string;
}
/** By its buyer, from the balance. */
export interface ExerciseOption {
  readonly kind: "exercise-option";
  readonly by: By;
  readonly option: string;
}
/** Lets go of what is held for options that are past their time. */
export interface ExpireOptions {
  readonly kind: "expire-options";
}
