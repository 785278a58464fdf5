import type { State } from "../state.ts";
import type { Account } from "./accounts.ts";
import type { Authkey } from "./authkeys.ts";

/** Accounts that a key belongs to or holds something of. */
export const accountsOf = (state: State, key: Authkey): Set<Account> =>
  new Set([key.home, ...key.pairs.map((pair) => pair.account)].map((index) => state.accounts.list[index]!));

/** Shows a key in the lists of the accounts that it concerns. */
export const listKey = (state: State, key: Authkey): void => {
  const home = state.accounts.list[key.home]!;
  if (key.pairs.length === 0 && home.authkeys.length === 0) {
    home.authkeys = [key]; // Nearly all, and a start lists millions.
    return;
  }
  for (const account of accountsOf(state, key))
    if (!account.authkeys.includes(key))
      // Room for one: a list that was spread keeps space for more.
      account.authkeys = account.authkeys.length === 0 ? [key] : [...account.authkeys, key];
};

export const unlistKey = (state: State, key: Authkey): void => {
  for (const account of accountsOf(state, key))
    account.authkeys = account.authkeys.filter((one) => one !== key);
};

/** After a change of what it holds: where it concerns an account as before, it keeps its place in the list. */
export const relistKey = (state: State, key: Authkey, before: ReadonlySet<Account>): void => {
  listKey(state, key);
  const now = accountsOf(state, key);
  for (const account of before)
    if (!now.has(account)) account.authkeys = account.authkeys.filter((one) => one !== key);
};

export const keepKey = (state: State, key: Authkey): void => {
  state.authkeys.add(key);
  listKey(state, key);
};
