import type { Amount, TimeMs } from "@coinholder/protocol";
import type { CurrencyIndex } from "../config.ts";
import type { AccountIndex } from "../ledger/ledger.ts";

/**
 * The right to give `give` for `want` until `expires`. What is wanted is held on the issuer's account from the sale to the end,
 * so that an option that was sold can always be honoured.
 */
export interface Option {
  /** Order in which they were sold. */
  readonly number: number;
  readonly id: string;
  /** Whose right it is: gives and receives when it is exercised. */
  readonly buyer: AccountIndex;
  /** Sold it: holds the other side while it is open. */
  readonly issuer: AccountIndex;
  /** One of the buyer's, for this option alone: BTC credited there in time exercise it. */
  readonly address: string;
  readonly give: Amount;
  readonly giveCurrency: CurrencyIndex;
  readonly want: Amount;
  readonly wantCurrency: CurrencyIndex;
  /** Paid at the sale, in the currency given. */
  readonly premium: Amount;
  readonly t: TimeMs;
  /** At this time it can no longer be exercised. */
  readonly expires: TimeMs;
  /** The text that the hub's identity signed. */
  readonly json: string;
  readonly signature: string;
  /** Satoshi credited at its address while it was open. */
  received: Amount;
  /** `open` while the other side is held. Ask `stateOfOption` how it stands. */
  state: OptionState;
  /** 0 while it has not ended. */
  endedAt: TimeMs;
}

export type OptionState = "open" | "exercised" | "expired";

export interface Options {
  /** Those whose other side is held, by id, oldest first. One that is past its time stands here until `expire-options`. */
  readonly open: Map<string, Option>;
  /** Those that ended lately, by id, in the order of their ends: told to their owners, and then forgotten. */
  readonly ended: Map<string, Option>;
  /** All of the above by who bought them. */
  readonly ofAccount: Map<AccountIndex, Set<Option>>;
  /** The open ones that BTC can exercise. */
  readonly atAddress: Map<string, Option>;
}

/** How long an option is told of after its end. */
export const ENDED_KEPT_MS = 60 * 60 * 1000;

export const emptyOptions = (): Options => ({
  open: new Map(),
  ended: new Map(),
  ofAccount: new Map(),
  atAddress: new Map(),
});

/** How it stands at that time: past its time it is expired, whether or not that was journaled yet. */
export const stateOfOption = (option: Option, t: TimeMs): OptionState =>
  option.state === "open" && t >= option.expires ? "expired" : option.state;

/** Into the maps where it belongs, after a sale or from a dump. */
export const keepOption = (options: Options, option: Option): void => {
  const { address, buyer, id, state } = option;
  if (state === "open") {
    options.open.set(id, option);
    options.atAddress.set(address, option);
  } else options.ended.set(id, option);
  const own = options.ofAccount.get(buyer);
  if (own) own.add(option);
  else options.ofAccount.set(buyer, new Set([option]));
};

/** It is exercised, or its time is over: nothing is held for it any more. */
export const endOption = (
  options: Options,
  option: Option,
  ended: "exercised" | "expired",
  t: TimeMs,
): void => {
  options.open.delete(option.id);
  options.atAddress.delete(option.address);
  option.state = ended;
  option.endedAt = t;
  options.ended.set(option.id, option);
};

/** Forgets what ended long ago. Carried out with each command on options. */
export const forgetEnded = (options: Options, t: TimeMs): void => {
  for (const [id, option] of options.ended) {
    if (option.endedAt + ENDED_KEPT_MS > t) return;
    options.ended.delete(id);
    const own = options.ofAccount.get(option.buyer)!;
    own.delete(option);
    if (own.size === 0) options.ofAccount.delete(option.buyer);
  }
};

export const openOptionsOf = (options: Options, account: AccountIndex): number => {
  let open = 0;
  for (const option of options.ofAccount.get(account) ?? []) if (option.state === "open") open++;
  return open;
};

/** Whether there is something for `expire-options` to do. */
export const someAreDue = ({ open }: Options, t: TimeMs): boolean => {
  for (const { expires } of open.values()) if (expires <= t) return true;
  return false;
};
