import type { Amount, PermissionPair, TimeMs } from "@coinholder/protocol";
import type { CurrencyIndex } from "../config.ts";
import type { AccountIndex } from "../ledger/ledger.ts";

/** How many authkeys an account may have. */
export const MOST_AUTHKEYS = 100;

export interface Authkey {
  readonly token: string;
  /** The account that it was made for. */
  readonly home: AccountIndex;
  readonly type: "hmac-sha256" | "password";
  /** Whether it holds `all` on its home account: the usual case, kept short for the sake of millions. */
  readonly allOfHome: boolean;
  /** Further pairs; never (home, all). */
  readonly pairs: readonly Pair[];
  readonly expires: TimeMs | undefined;
  readonly label: string | undefined;
  readonly limits: Limit[] | undefined;
}

export interface Pair {
  readonly account: AccountIndex;
  readonly permission: string;
}

/** Most that may leave by a key in one UTC day. */
export interface Limit {
  readonly currency: CurrencyIndex;
  readonly most: Amount;
  /** Days since 1970 that `used` is of. */
  day: number;
  used: Amount;
}

export const NO_PAIRS: readonly Pair[] = Object.freeze([]);

/** `all` covers every function of the account but the operator's, which are held only by name. */
export const holds = (key: Authkey, account: AccountIndex, permission: string): boolean => {
  const operators = permission.startsWith("operator-");
  if (!operators && key.allOfHome && key.home === account) return true;
  return key.pairs.some(
    (pair) =>
      pair.account === account &&
      (pair.permission === permission || (!operators && pair.permission === "all")),
  );
};

export const pairsOf = (key: Authkey): readonly Pair[] =>
  key.allOfHome ? [{ account: key.home, permission: "all" }, ...key.pairs] : key.pairs;

/** Whether one key holds all that another does. */
export const holdsAllOf = (key: Authkey, other: Authkey): boolean =>
  pairsOf(other).every((pair) => holds(key, pair.account, pair.permission));

/**
 * Whether one key may end another: it holds all that the other does, or `all` of the account that the other was made for and
 * what it holds there. Else a stranger could give a stolen key a pair of his own, and its owner could not revoke it.
 */
export const mayEnd = (key: Authkey, other: Authkey): boolean =>
  holdsAllOf(key, other) ||
  (holds(key, other.home, "all") &&
    pairsOf(other).every((pair) => pair.account !== other.home || holds(key, pair.account, pair.permission)));

/** Splits wished pairs into the short form. */
export const asHeld = (home: AccountIndex, pairs: readonly Pair[]): Pick<Authkey, "allOfHome" | "pairs"> => {
  const allOfHome = pairs.some((pair) => pair.account === home && pair.permission === "all");
  const others = pairs.filter(
    (pair, i) =>
      !(pair.account === home && pair.permission === "all") &&
      pairs.findIndex((same) => same.account === pair.account && same.permission === pair.permission) === i,
  );
  return { allOfHome, pairs: others.length === 0 ? NO_PAIRS : others };
};

export const expiresLaterThan = (key: Pick<Authkey, "expires">, other: Pick<Authkey, "expires">): boolean =>
  other.expires !== undefined && (key.expires === undefined || key.expires > other.expires);

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the key's limit leaves for today, or undefined where it has none. */
export const leftToday = (key: Authkey, currency: CurrencyIndex, t: TimeMs): Amount | undefined => {
  if (!key.limits) return undefined;
  const limit = key.limits.find((one) => one.currency === currency);
  // A key with limits may let go of only the currencies that they name.
  if (!limit) return 0 as Amount;
  return (limit.day === Math.floor(t / DAY_MS) ? limit.most - limit.used : limit.most) as Amount;
};

export const useLimit = (key: Authkey, currency: CurrencyIndex, amount: Amount, t: TimeMs): void => {
  const limit = key.limits?.find((one) => one.currency === currency);
  if (!limit) return;
  const day = Math.floor(t / DAY_MS);
  if (limit.day !== day) {
    limit.day = day;
    limit.used = 0 as Amount;
  }
  limit.used = (limit.used + amount) as Amount;
};

export const namedPairs = (key: Authkey, idOf: (account: AccountIndex) => string): PermissionPair[] =>
  pairsOf(key).map((pair) => [idOf(pair.account), pair.permission]);
