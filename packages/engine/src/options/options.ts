import type { Amount, TimeMs } from "@coinholder/protocol";
import type { CurrencyIndex } from "../config.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import type { OptionBuyer } from "./commands.ts";

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
  /** One of the buyer's, for this option alone: BTC credited there in time exercise it. Of one with `to`: the invoice's. */
  readonly address: string;
  /** Sold to another hub, to pay an invoice of the buyer's: only a transfer that is attached to it exercises it. */
  readonly to: OptionBuyer | undefined;
  /** The transfer attached. */
  txid: string | undefined;
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
  /** All of the above by the account or the identity (hex) that bought them. */
  readonly ofAccount: Map<AccountIndex, Set<Option>>;
  readonly ofIdentity: Map<string, Set<Option>>;
  /** The open ones that BTC can exercise, by the address that is theirs. */
  readonly atAddress: Map<string, Option>;
  /** The open ones for an invoice, by its address, oldest first. */
  readonly atInvoice: Map<string, Set<Option>>;
}

/** How long an option is told of after its end. */
export const ENDED_KEPT_MS = 60 * 60 * 1000;

export const emptyOptions = (): Options => ({
  open: new Map(),
  ended: new Map(),
  ofAccount: new Map(),
  ofIdentity: new Map(),
  atAddress: new Map(),
  atInvoice: new Map(),
});

/** How it stands at that time: past its time it is expired, whether or not that was journaled yet. */
export const stateOfOption = (option: Option, t: TimeMs): OptionState =>
  option.state === "open" && t >= option.expires ? "expired" : option.state;

/** Into the maps where it belongs, after a sale or from a dump. */
export const keepOption = (options: Options, option: Option): void => {
  const { address, buyer, id, state, to } = option;
  if (state === "open") {
    options.open.set(id, option);
    if (to) addTo(options.atInvoice, address, option);
    else options.atAddress.set(address, option);
  } else options.ended.set(id, option);
  if (to) addTo(options.ofIdentity, to.identity, option);
  else addTo(options.ofAccount, buyer, option);
};

const addTo = <K>(sets: Map<K, Set<Option>>, key: K, option: Option): void => {
  const set = sets.get(key);
  if (set) set.add(option);
  else sets.set(key, new Set([option]));
};
const removeFrom = <K>(sets: Map<K, Set<Option>>, key: K, option: Option): void => {
  const set = sets.get(key)!;
  set.delete(option);
  if (set.size === 0) sets.delete(key);
};

/** It is exercised, or its time is over: nothing is held for it any more. */
export const endOption = (
  options: Options,
  option: Option,
  ended: "exercised" | "expired",
  t: TimeMs,
): void => {
  options.open.delete(option.id);
  if (option.to) removeFrom(options.atInvoice, option.address, option);
  else options.atAddress.delete(option.address);
  option.state = ended;
  option.endedAt = t;
  options.ended.set(option.id, option);
};

/** Forgets what ended long ago. Carried out with each command on options. */
export const forgetEnded = (options: Options, t: TimeMs): void => {
  for (const [id, option] of options.ended) {
    if (option.endedAt + ENDED_KEPT_MS > t) return;
    options.ended.delete(id);
    if (option.to) removeFrom(options.ofIdentity, option.to.identity, option);
    else removeFrom(options.ofAccount, option.buyer, option);
  }
};

/** How many of an account, or of an identity (hex), are open. */
export const openOptionsOf = (options: Options, buyer: AccountIndex | string): number => {
  let open = 0;
  const own = typeof buyer === "string" ? options.ofIdentity.get(buyer) : options.ofAccount.get(buyer);
  for (const option of own ?? []) if (option.state === "open") open++;
  return open;
};

/** Whether there is something for `expire-options` to do. */
export const someAreDue = ({ open }: Options, t: TimeMs): boolean => {
  for (const { expires } of open.values()) if (expires <= t) return true;
  return false;
};
