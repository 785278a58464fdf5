import type { Amount, PermissionPair, TimeMs } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import { addBook } from "../book/markets.ts";
import {
  type Begin,
  type ChangePermissions,
  type Configure,
  type CreateAccount,
  type CreateAuthkey,
  type GrantOperator,
  JOURNAL_VERSION,
  type NewKey,
  type RevokeAuthkey,
  type SetRegistration,
  type Stamped,
} from "../command.ts";
import { checkConfig, currencyIndex } from "../config.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import { isRefused, type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import { forgetWebhooksOf } from "../webhooks/webhooks.ts";
import {
  addAccount,
  BANK,
  CHAIN,
  COLD,
  findAccount,
  HUB,
  OPERATOR,
  ROUNDING,
  SYSTEM_IDS,
} from "./accounts.ts";
import type { Caller } from "./admit.ts";
import {
  type Authkey,
  asHeld,
  expiresLaterThan,
  holds,
  holdsAllOf,
  type Limit,
  MOST_AUTHKEYS,
  mayEnd,
  NO_PAIRS,
  type Pair,
  pairsOf,
} from "./authkeys.ts";
import { secretOf } from "./key-table.ts";
import { changeKey, countOfKeys, endKey, keepKey, keysOf } from "./keyring.ts";

/** The first command of a journal: the hub's own accounts and the operator's. */
export const begin = (state: State, command: Begin): object => {
  assert(state.accounts.list.length === 0, "a journal begins once");
  if (command.version !== JOURNAL_VERSION)
    throw new Error(
      `the journal has form ${command.version ?? 1}, this program reads form ${JOURNAL_VERSION}: it was begun by another release`,
    );
  for (const id of SYSTEM_IDS) addAccount(state.accounts, id, undefined, undefined);
  assert(state.accounts.list.length === OPERATOR, "the hub's own accounts come first");
  for (const outside of [CHAIN, BANK, HUB, COLD]) state.ledger.mayOwe.add(outside);
  assert(!state.ledger.mayOwe.has(ROUNDING), "what trades leave over is never negative");
  addAccount(state.accounts, command.operator.id, "operator", undefined);
  addKey(state, OPERATOR, command.operator.key, {
    allOfHome: true,
    pairs: command.operator.permissions.map((permission) => ({ account: OPERATOR, permission })),
    label: "operator",
  });
  state.chain.network = command.network;
  return {};
};

export const configure = (state: State, command: Configure): object => {
  checkConfig(command.config, state.config.currencies.length === 0 ? undefined : state.config);
  state.config = command.config;
  while (state.markets.books.length < command.config.markets.length) addBook(state.markets);
  return {};
};

/** To the operator's keys that hold all there was to hold: the first one, or whatever has taken its place. */
export const grantOperator = (state: State, command: GrantOperator): object => {
  const own = keysOf(state, state.accounts.list[OPERATOR]!).filter((key) => key.home === OPERATOR);
  const there = own.flatMap(pairsOf).filter((pair) => pair.account === OPERATOR);
  const named = new Set(there.map((pair) => pair.permission));
  for (const key of own) {
    if (![...named, "all"].every((permission) => holds(key, OPERATOR, permission))) continue;
    const { pairs } = asHeld(OPERATOR, [
      ...key.pairs,
      ...command.permissions.map((permission) => ({ account: OPERATOR, permission })),
    ]);
    changeKey(state, key, { allOfHome: key.allOfHome, pairs });
  }
  return {};
};

const addKey = (
  state: State,
  home: AccountIndex,
  key: NewKey,
  more: Partial<Pick<Authkey, "allOfHome" | "pairs" | "expires" | "label" | "limits">>,
): void => {
  assert(!state.authkeys.has(key.token), "a generated token is new");
  keepKey(state, {
    token: key.token,
    home,
    // Not the text that came with the command: a million keys share these two.
    type: key.type === "password" ? "password" : "hmac-sha256",
    secret: key.secret,
    allOfHome: more.allOfHome ?? false,
    pairs: more.pairs ?? NO_PAIRS,
    expires: more.expires,
    label: more.label,
    limits: more.limits,
  });
};

export const createAccount = (state: State, command: Stamped<CreateAccount>): object | Refused => {
  const { name } = command;
  // The hub's own accounts have identifiers of the shape of a name.
  if (name !== undefined && findAccount(state.accounts, name)) return refuse("name_taken");
  assert(!state.accounts.byId.has(command.id), "a generated account identifier is new");
  const account = addAccount(state.accounts, command.id, name, command.salt);
  addKey(state, account.index, command.key, { allOfHome: true });
  if (command.password)
    addKey(state, account.index, command.password, { allOfHome: true, label: "password" });
  return { account: account.id };
};

/** Wished pairs as held ones; refused when an account is unknown or the calling key does not hold one entirely itself. */
const givable = (state: State, caller: Caller, wished: readonly PermissionPair[]): Pair[] | Refused => {
  const pairs: Pair[] = [];
  for (const [accountId, permission] of wished) {
    const account = state.accounts.byId.get(accountId);
    if (!account) return refuse("account_unknown", { account: accountId });
    if (!holds(caller.key, account.index, permission))
      return refuse("permission_denied", { permission, account: accountId });
    pairs.push({ account: account.index, permission });
  }
  return pairs;
};

export const createAuthkey = (
  state: State,
  command: Stamped<CreateAuthkey>,
  caller: Caller,
): object | Refused => {
  const home = caller.account;
  if (caller.key.limits) return refuse("permission_denied", {}, "A key with limits makes no keys.");
  const pairs = givable(state, caller, command.pairs);
  if (isRefused(pairs)) return pairs;
  const expires = command.expires ?? caller.key.expires;
  if (expiresLaterThan({ expires }, caller.key))
    return refuse("expiry_too_late", { latest: caller.key.expires });
  if (expires !== undefined && expires <= command.t)
    return refuse("param_invalid", { param: "expires_t" }, "expires_t is past.");
  const isTaken = ({ token, type }: Authkey): boolean =>
    type === "password" && secretOf(state.authkeys, token) === command.key.secret;
  if (keysOf(state, home).some(isTaken)) return refuse("password_in_use");
  if (countOfKeys(home) >= MOST_AUTHKEYS) return refuse("authkey_limit_reached", { most: MOST_AUTHKEYS });
  const limits: Limit[] = [];
  for (const [code, most] of command.limits ?? []) {
    const currency = currencyIndex(state.config, code);
    if (currency === undefined) return refuse("currency_unknown", { currency: code });
    limits.push({ currency, most, day: 0, used: 0 as Amount });
  }
  if (command.salt !== undefined && home.passwordSalt === undefined) home.passwordSalt = command.salt;
  addKey(state, home.index, command.key, {
    ...asHeld(home.index, pairs),
    expires,
    label: command.label,
    limits: command.limits && limits,
  });
  return expires === undefined ? {} : { expires };
};

export const changePermissions = (
  state: State,
  command: Stamped<ChangePermissions>,
  caller: Caller,
): object | Refused => {
  const target = state.authkeys.get(command.token);
  if (!target) return refuse("authkey_unknown");
  if (caller.key.limits) return refuse("permission_denied", {}, "A key with limits changes no keys.");
  const remove = givable(state, caller, command.remove);
  if (isRefused(remove)) return remove;
  const add = givable(state, caller, command.add);
  if (isRefused(add)) return add;
  if (add.length > 0 && expiresLaterThan(target, caller.key))
    return refuse("expiry_too_late", { latest: caller.key.expires });
  const kept = pairsOf(target).filter(
    (pair) => !remove.some((gone) => gone.account === pair.account && gone.permission === pair.permission),
  );
  if (kept.length + add.length > 200)
    return refuse("param_invalid", { param: "add" }, "A key holds at most 200 pairs.");
  changeKey(state, target, asHeld(target.home, [...kept, ...add]));
  return {};
};

export const revokeAuthkey = (
  state: State,
  command: Stamped<RevokeAuthkey>,
  caller: Caller,
): object | Refused => {
  const target = state.authkeys.get(command.token);
  const own = target?.home === caller.account.index;
  // A key of another account cannot be told from one that does not exist, unless the caller holds all that it holds.
  if (!target || !(own || (pairsOf(target).length > 0 && holdsAllOf(caller.key, target))))
    return refuse("authkey_unknown");
  if (target.token !== caller.key.token) {
    if (caller.key.limits) return refuse("permission_denied", {}, "A key with limits revokes no other keys.");
    if (!mayEnd(caller.key, target)) return refuse("permission_denied");
  }
  endKey(state, target);
  forgetWebhooksOf(state, command.token);
  return {};
};

export const setRegistration = (state: State, command: SetRegistration): object => {
  state.registrationOpen = command.open;
  return {};
};

/** Whether `create-account` is for everybody, or the caller may do it all the same. */
export const mayRegister = (state: State, command: Stamped<CreateAccount>, t: TimeMs): boolean => {
  if (state.registrationOpen) return true;
  const key = command.by && state.authkeys.get(command.by.token);
  return (
    key !== undefined &&
    (key.expires === undefined || key.expires > t) &&
    holds(key, OPERATOR, "operator-registration")
  );
};
