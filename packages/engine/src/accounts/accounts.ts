import type { Trader } from "../book/markets.ts";
import { assertLength } from "../columns.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import { emptyTextIndex, hashOf } from "../text-index.ts";

/** Accounts of the hub itself, made with the first command. Their places are fixed. */
export const CHAIN: AccountIndex = 0; // the Bitcoin outside: minus what the hub's coins are worth
export const BANK: AccountIndex = 1; // other currencies outside
export const HUB: AccountIndex = 2; // fees taken, less those paid to miners; coins that are nobody else's, less those lost
export const ROUNDING: AccountIndex = 3; // fractions of a smallest unit that trades leave; never below zero
export const COLD: AccountIndex = 4; // the operator's cold wallet: minus what was swept there and has not come back
export const OPERATOR: AccountIndex = 5; // holds the operator's authkeys

export const SYSTEM_IDS = ["sys-chain", "sys-bank", "sys-hub", "sys-rounding", "sys-cold"] as const;

/**
 * What was credited before it confirmed and does not count yet, below zero. Made by the first ceiling (set-line), so that journals begun
 * before there was such an account replay the same; no account and no name has an identifier of this shape.
 */
export const LINES_ID = "sys:lines";

export interface Account {
  readonly index: AccountIndex;
  readonly id: string;
  readonly name: string | undefined;
  /** Base64; all passwords of an account are hashed with it, so that one hash decides a try. */
  passwordSalt: string | undefined;
  /** Head of the account's chain of transfer rows in history. */
  lastTransfer: number;
  /** Once it has placed an order, or chosen how its orders meet. */
  trader: Trader | undefined;
  /** Keys made for this account or holding a permission on it, in the order in which they came to it: see keyring.ts. */
  keys: KeyPlaces;
}

/** Places in the table of keys; nearly all accounts have one. */
export type KeyPlaces = number | readonly number[];
export const NO_KEYS: KeyPlaces = Object.freeze([]);

export interface Accounts {
  readonly list: Account[];
  readonly byId: AccountsById;
  readonly byName: Map<string, Account>;
}

export interface AccountsById {
  readonly get: (id: string) => Account | undefined;
  readonly has: (id: string) => boolean;
  /** The newest of the list. */
  readonly add: (account: Account) => void;
  /** The list's newest, from this one on. */
  readonly addAll: (from: AccountIndex) => void;
  /** So many there will be. */
  readonly expect: (count: number) => void;
}

export const emptyAccounts = (): Accounts => {
  const list: Account[] = [];
  const index = emptyTextIndex((place, id) => list[place]!.id === id);
  return {
    list,
    byId: {
      get: (id) => list[index.find(id)],
      has: (id) => index.find(id) >= 0,
      add: (account) => index.add(account.id, account.index),
      addAll: (from) => {
        const hashes = new Int32Array(list.length - from);
        for (let i = 0; i < hashes.length; i++) hashes[i] = hashOf(list[from + i]!.id);
        index.addAll(hashes, from, (place) => list[place]!.id);
      },
      expect: index.expect,
    },
    byName: new Map(),
  };
};

const pushAccount = (
  { list, byName }: Accounts,
  id: string,
  name: string | undefined,
  passwordSalt: string | undefined,
  lastTransfer: number,
): Account => {
  const account: Account = {
    index: list.length,
    id,
    name,
    passwordSalt,
    lastTransfer,
    trader: undefined,
    keys: NO_KEYS,
  };
  list.push(account);
  if (name !== undefined) byName.set(name, account);
  return account;
};

export const addAccount = (
  accounts: Accounts,
  id: string,
  name: string | undefined,
  passwordSalt: string | undefined,
): Account => {
  const account = pushAccount(accounts, id, name, passwordSalt, 0);
  accounts.byId.add(account);
  return account;
};

/** Many, of a dump. */
export const loadAccounts = (
  accounts: Accounts,
  ids: readonly string[],
  names: readonly (string | null)[] | null,
  passwordSalts: readonly (string | null)[] | null,
  lastTransfers: readonly number[],
): void => {
  assertLength(ids.length, lastTransfers, names ?? ids, passwordSalts ?? ids);
  const from = accounts.list.length;
  for (let i = 0; i < ids.length; i++)
    pushAccount(
      accounts,
      ids[i]!,
      names?.[i] ?? undefined,
      passwordSalts?.[i] ?? undefined,
      lastTransfers[i]!,
    );
  accounts.byId.addAll(from);
};

/** By identifier or chosen name; the two never share a shape. */
export const findAccount = (accounts: Accounts, idOrName: string): Account | undefined =>
  accounts.byId.get(idOrName) ?? accounts.byName.get(idOrName);
