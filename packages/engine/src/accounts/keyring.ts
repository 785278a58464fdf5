import { assertLength, listOf, type Texts } from "../columns.ts";
import type { State } from "../state.ts";
import { type Account, type Accounts, type KeyPlaces, NO_KEYS } from "./accounts.ts";
import type { Authkey, Pair } from "./authkeys.ts";
import { addUsualKeys, type KeyTable, type ProvenKey, secretOf, usualKey } from "./key-table.ts";

const placesOf = ({ keys }: Account): readonly number[] => (typeof keys === "number" ? [keys] : keys);

const asKept = (places: readonly number[]): KeyPlaces =>
  places.length === 0 ? NO_KEYS : places.length === 1 ? places[0]! : places;

/** Keys made for an account or holding a permission on it, in the order in which they came to it. */
export const keysOf = ({ authkeys }: Pick<State, "authkeys">, account: Account): Authkey[] =>
  placesOf(account).map((place) => authkeys.at(place));

export const countOfKeys = ({ keys }: Account): number => (typeof keys === "number" ? 1 : keys.length);

/** Accounts that a key belongs to or holds something of. */
const accountsOf = ({ accounts }: Pick<State, "accounts">, key: Authkey): Set<Account> =>
  new Set([key.home, ...key.pairs.map((pair) => pair.account)].map((index) => accounts.list[index]!));

/**
 * Keys have moved up to new places. Only their accounts are gone to: there may be many more that have no key any more. In the order of
 * places nobody's new one is one that another still has.
 */
export const followKeys = (concerned: Pick<State, "accounts" | "authkeys">, to: Int32Array): void => {
  for (const [before, now] of to.entries()) {
    if (now < 0 || now === before) continue;
    for (const account of accountsOf(concerned, concerned.authkeys.at(now)))
      account.keys = asKept(placesOf(account).map((place) => (place === before ? now : place)));
  }
};

/** Shows a key in the lists of the accounts that it concerns. */
const list = (state: State, key: Authkey, place = state.authkeys.placeOf(key.token)): void => {
  const home = state.accounts.list[key.home]!;
  if (key.pairs.length === 0 && home.keys === NO_KEYS) {
    home.keys = place; // Nearly all, and a start lists millions.
    return;
  }
  for (const account of accountsOf(state, key)) {
    const places = placesOf(account);
    if (!places.includes(place)) account.keys = asKept([...places, place]);
  }
};

const unlist = (account: Account, place: number): void => {
  account.keys = asKept(placesOf(account).filter((one) => one !== place));
};

export const keepKey = (state: State, key: ProvenKey): void => {
  state.authkeys.add(key);
  list(state, key);
};

/** Many of the usual kind, of a dump. */
export const loadKeys = (state: State, tokens: Texts, homes: readonly number[], secrets: Texts): void => {
  const { accounts, authkeys } = state;
  if (typeof secrets !== "string") {
    assertLength(homes.length, secrets);
    for (const [i, token] of listOf(tokens, homes.length).entries())
      keepKey(state, usualKey(token, homes[i]!, secrets[i]!));
    return;
  }
  const from = addUsualKeys(authkeys, tokens, homes, secrets);
  for (let i = 0; i < homes.length; i++) {
    const home = accounts.list[homes[i]!]!;
    if (home.keys === NO_KEYS) home.keys = from + i;
    else list(state, authkeys.at(from + i), from + i);
  }
};

/** Where it concerns an account as before, it keeps its place in that one's list. */
export const changeKey = (
  state: State,
  key: Authkey,
  held: { readonly allOfHome: boolean; readonly pairs: readonly Pair[] },
): void => {
  const secret = secretOf(state.authkeys, key.token)!;
  const changed: ProvenKey = { ...key, ...held, secret };
  state.authkeys.add(changed);
  list(state, changed);
  const now = accountsOf(state, changed);
  const place = state.authkeys.placeOf(key.token);
  for (const account of accountsOf(state, key)) if (!now.has(account)) unlist(account, place);
};

export const endKey = (state: State, key: Authkey): void => {
  const place = state.authkeys.placeOf(key.token);
  for (const account of accountsOf(state, key)) unlist(account, place);
  state.authkeys.delete(key.token);
};

/** Each account's own order of keys, where grants between accounts made it differ from the order of making. */
export const ordersOfKeys = function* (
  authkeys: KeyTable,
  accounts: Accounts,
): Generator<readonly [Account, string[]]> {
  for (const account of accounts.list) {
    const keys = keysOf({ authkeys }, account);
    if (keys.some(({ home }) => home !== account.index)) yield [account, keys.map(({ token }) => token)];
  }
};

/** As a dump has it. */
export const loadOrderOfKeys = (state: State, account: Account, tokens: readonly string[]): void => {
  account.keys = asKept(tokens.map((token) => state.authkeys.placeOf(token)));
};
