import type { Amount, TimeMs } from "@coinholder/protocol";
import type { By } from "../command.ts";

/** What the hub has made and signed. */
export interface OptionTerms {
  readonly id: string;
  /** Identifier or name of the desk's account. */
  readonly issuer: string;
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
/**
 * The desk sells an option: to the caller (`by`), with an address of its own; or to another hub's identity (`to`), for an invoice of this
 * hub, whose owner it is then the right of. The latter's premium is 0.
 */
export interface SellOption extends OptionTerms {
  readonly kind: "sell-option";
  readonly by?: By | undefined;
  readonly to?: OptionBuyer | undefined;
  /** Of `by`: the wallet's next receive address, which becomes the buyer's. Of `to`: the invoice's. */
  readonly address: string;
  /** Of the address in the wallet's receive branch; for `by`. */
  readonly index?: number | undefined;
}
/** Another hub. */
export interface OptionBuyer {
  /** Its key, hex. */
  readonly identity: string;
  readonly url: string;
}
/**
 * An option that was sold to an identity is to be exercised by this transfer: when the coins that it pays to the invoice's address are credited,
 * before they confirm or after, in time, and make up what the option takes. Answers `{status}`: `exercised`, `waiting` or, of one
 * attached before, `expired`. Refusals: option_unknown, option_not_open (`state` may be `attached`: to another transfer).
 */
export interface AttachOption {
  readonly kind: "attach-option";
  readonly option: string;
  readonly txid: string;
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
