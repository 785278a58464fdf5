import type { TimeMs } from "@coinholder/protocol";
import type { ChangeAllowlist, Stamped } from "../command.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import type { Caller } from "./admit.ts";

/**
 * Where an account's BTC may go. Who steals its keys can take nothing before the delay is over, in which the owner sees
 * what was added, or that the list is to end.
 */
export interface Allowlist {
  on: boolean;
  /** From when on it no longer counts, if somebody has turned it off. */
  offAt: TimeMs | undefined;
  /** From when on each may be paid to. */
  readonly addresses: Map<string, TimeMs>;
}

export const MOST_ALLOWED = 100;

const isOn = (list: Allowlist | undefined, t: TimeMs): boolean =>
  list?.on === true && (list.offAt === undefined || t < list.offAt);

/** What an account's list says at a time. */
export const allowlistOf = (state: State, account: AccountIndex, t: TimeMs = state.t) => {
  const list = state.allowlists.get(account);
  const on = isOn(list, t);
  return {
    on,
    ...(on && list?.offAt !== undefined ? { off_t: list.offAt } : {}),
    addresses: [...(list?.addresses ?? [])].map(([address, from_t]) => ({ address, from_t })),
  };
};

export const refusedByAllowlist = (
  { allowlists }: State,
  account: AccountIndex,
  address: string,
  t: TimeMs,
): Refused | undefined => {
  if (allowlists.size === 0) return undefined;
  const list = allowlists.get(account);
  if (!isOn(list, t)) return undefined;
  const from_t = list!.addresses.get(address);
  if (from_t === undefined) return refuse("address_not_allowed");
  return from_t <= t ? undefined : refuse("address_not_allowed", { from_t });
};

export const changeAllowlist = (
  state: State,
  command: Stamped<ChangeAllowlist>,
  caller: Caller,
): object | Refused => {
  const account = caller.account.index;
  const { add, remove, on, t } = command;
  const before = state.allowlists.get(account);
  const counts = isOn(before, t);
  const delayed = (t + (counts ? state.config.allowlistDelayMs : 0)) as TimeMs;
  const addresses = new Map(before?.addresses);
  for (const address of remove) if (!addresses.delete(address)) return refuse("address_unknown", { address });
  // What is there already keeps its time.
  for (const address of add) if (!addresses.has(address)) addresses.set(address, delayed);
  if (addresses.size > MOST_ALLOWED) return refuse("allowlist_full", { most: MOST_ALLOWED });

  const list: Allowlist = { on: counts, offAt: counts ? before?.offAt : undefined, addresses };
  if (on === true) {
    list.on = true;
    list.offAt = undefined;
  }
  if (on === false && counts) list.offAt ??= delayed;
  if (list.on || addresses.size > 0) state.allowlists.set(account, list);
  else state.allowlists.delete(account);
  return allowlistOf(state, account, t);
};
