import type {
  ChangePermissions,
  CreateAccount,
  CreateAuthkey,
  NewKey,
  RevokeAuthkey,
  Stamped,
} from "@coinholder/engine";
import {
  keyHolds,
  numberOf,
  OPERATOR,
  type Twin,
  type TwinCaller,
  type TwinKey,
  type Verdict,
} from "./twin.ts";

const MOST_AUTHKEYS = 100;

export const addTwinKey = (
  twin: Twin,
  home: string,
  key: NewKey,
  pairs: readonly (readonly [string, string])[],
  expires?: number,
  limits?: readonly (readonly [string, number])[],
): void => {
  twin.keys.push({
    token: key.token,
    type: key.type,
    secret: key.secret,
    home,
    pairs: [...pairs],
    expires,
    limits: limits && new Map(limits),
    used: new Map(),
  });
};

export const twinCreateAccount = (twin: Twin, command: Stamped<CreateAccount>): Verdict => {
  if (!twin.registrationOpen) {
    const key = command.by && twin.keys.find((one) => one.token === command.by!.token);
    if (!key || !keyHolds(key, twin.accounts[OPERATOR]!.id, "operator-registration"))
      return "registration_closed";
  }
  const { name } = command;
  if (name !== undefined && twin.accounts.some((one) => one.name === name || one.id === name))
    return "name_taken";
  twin.accounts.push({ id: command.id, name });
  addTwinKey(twin, command.id, command.key, [[command.id, "all"]]);
  if (command.password) addTwinKey(twin, command.id, command.password, [[command.id, "all"]]);
  return "done";
};

const mayGive = (twin: Twin, caller: TwinCaller, pairs: readonly (readonly [string, string])[]): Verdict => {
  for (const [account, permission] of pairs) {
    if (numberOf(twin, account) < 0) return "account_unknown";
    if (!keyHolds(caller.key, account, permission)) return "permission_denied";
  }
  return "done";
};

const outlives = (expires: number | undefined, key: TwinKey): boolean =>
  (expires ?? Infinity) > (key.expires ?? Infinity);

export const twinCreateAuthkey = (
  twin: Twin,
  command: Stamped<CreateAuthkey>,
  caller: TwinCaller,
): Verdict => {
  if (caller.key.limits) return "permission_denied";
  const given = mayGive(twin, caller, command.pairs);
  if (given !== "done") return given;
  const expires = command.expires ?? caller.key.expires;
  if (outlives(expires, caller.key)) return "expiry_too_late";
  if (expires !== undefined && expires <= command.t) return "param_invalid";
  const listed = twin.keys.filter(
    (key) => key.home === caller.id || key.pairs.some(([account]) => account === caller.id),
  );
  if (listed.some((key) => key.type === "password" && key.secret === command.key.secret))
    return "password_in_use";
  if (listed.length >= MOST_AUTHKEYS) return "authkey_limit_reached";
  const known = twin.config.currencies.map((currency) => currency.code);
  if (command.limits?.some(([code]) => !known.includes(code))) return "currency_unknown";
  addTwinKey(twin, caller.id, command.key, command.pairs, expires, command.limits);
  return "done";
};

export const twinChangePermissions = (
  twin: Twin,
  command: Stamped<ChangePermissions>,
  caller: TwinCaller,
): Verdict => {
  const target = twin.keys.find((key) => key.token === command.token);
  if (!target) return "authkey_unknown";
  if (caller.key.limits) return "permission_denied";
  for (const pairs of [command.remove, command.add]) {
    const given = mayGive(twin, caller, pairs);
    if (given !== "done") return given;
  }
  if (command.add.length > 0 && outlives(target.expires, caller.key)) return "expiry_too_late";
  const same = (a: readonly [string, string], b: readonly [string, string]): boolean =>
    a[0] === b[0] && a[1] === b[1];
  target.pairs = target.pairs.filter((pair) => !command.remove.some((gone) => same(pair, gone)));
  for (const pair of command.add) if (!target.pairs.some((had) => same(had, pair))) target.pairs.push(pair);
  return "done";
};

export const twinRevoke = (twin: Twin, command: Stamped<RevokeAuthkey>, caller: TwinCaller): Verdict => {
  const target = twin.keys.find((key) => key.token === command.token);
  if (!target) return "authkey_unknown";
  const holdsOf = (pairs: TwinKey["pairs"]): boolean =>
    pairs.every(([account, permission]) => keyHolds(caller.key, account, permission));
  const whole = holdsOf(target.pairs);
  if (target.home !== caller.id && !(whole && target.pairs.length > 0)) return "authkey_unknown";
  if (target !== caller.key) {
    const owner =
      keyHolds(caller.key, target.home, "all") &&
      holdsOf(target.pairs.filter(([account]) => account === target.home));
    if (caller.key.limits || !(whole || owner)) return "permission_denied";
  }
  twin.keys = twin.keys.filter((key) => key !== target);
  return "done";
};
