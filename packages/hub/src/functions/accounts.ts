import {
  type AccountIndex,
  type Authkey,
  authorize,
  BTC,
  balancesOf,
  keysOf,
  namedPairs,
  withdrawable,
} from "@coinholder/engine";
import {
  type Amount,
  functionRow,
  isFunctionName,
  type PermissionPair,
  type Refusal,
  type TimeMs,
} from "@coinholder/protocol";
import { SHORTEST_PASSWORD } from "../http/passwords.ts";
import { balanceKey, dec, type Hub } from "../hub.ts";
import { newAccountId, newHmacKey, newSalt, newToken } from "../ids.ts";
import { byOf, type Call, carryOut, type Handlers, overLimit, readAmount, refused } from "./call.ts";

type Names =
  | "create-account"
  | "create-authkey"
  | "change-authkey-permissions"
  | "my-authkeys"
  | "revoke-authkey"
  | "my-balance";

const tooShort = (pass: string): { refused: Refusal } | undefined =>
  [...pass].length < SHORTEST_PASSWORD
    ? refused("param_invalid", { param: "pass" }, `pass must have ${SHORTEST_PASSWORD} characters or more.`)
    : undefined;

/** A permission is `all` or the name of a function that needs one. */
const unknownPermission = (
  pairs: readonly PermissionPair[],
  param: string,
): { refused: Refusal } | undefined => {
  const strange = pairs.find(([, permission]) => permission !== "all" && !isGrantable(permission));
  return (
    strange &&
    refused("param_invalid", { param, permission: strange[1] }, `There is no permission ${strange[1]}.`)
  );
};
const isGrantable = (name: string): boolean =>
  isFunctionName(name) &&
  (functionRow(name).access === "account" ||
    functionRow(name).access === "operator" ||
    name === "invoice-status" ||
    // What the operator gives to peers.
    name === "broadcast-invoice" ||
    name === "withdraw-invoice");

const hashed = async (call: Call, pass: string, salt: string): Promise<string | { refused: Refusal }> =>
  (await call.hub.passwords.hash(pass, salt, call.source)) ?? refused("overloaded");

const mayRegister = ({ hub, by }: Call): boolean => {
  const { state, now } = hub.sequencer;
  return (
    by !== undefined && !("refused" in authorize(state, by.token, by.account, "operator-registration", now()))
  );
};

/** An account's balances as `my-balance` and the stream tell them. */
export const balances = (hub: Pick<Hub, "sequencer">, account: AccountIndex) => {
  const { state } = hub.sequencer;
  const { ledger } = state;
  const answer: Record<"available" | "pending" | "held" | "withdrawable", Record<string, string>> = {
    available: {},
    pending: {},
    held: {},
    withdrawable: {},
  };
  const inDebt = ledger.debtors.has(account);
  for (const { currency, available, held, pending } of balancesOf(ledger, account)) {
    const key = balanceKey(hub, currency);
    if (available !== 0) answer.available[key] = dec(hub, currency, available);
    if (pending !== 0) answer.pending[key] = dec(hub, currency, pending);
    if (held !== 0) answer.held[key] = dec(hub, currency, held);
    const leaves = currency === BTC ? withdrawable(state, account) : available;
    if (leaves > 0 && !inDebt) answer.withdrawable[key] = dec(hub, currency, leaves);
  }
  return answer;
};

export const accountHandlers: Handlers<Names> = {
  "create-account": async (call, { name, pass }) => {
    const { hub } = call;
    const { state, now } = hub.sequencer;
    // Whoever may open and close registration makes accounts without limit; any other key is a stranger here.
    const by = mayRegister(call) ? { by: { ...byOf(call), fn: "operator-registration" } } : {};
    if (!("by" in by)) {
      if (!state.registrationOpen) return refused("registration_closed");
      const limited = overLimit(hub.limits.accounts, call.source, now());
      if (limited) return limited;
    }
    let password: { salt: string; secret: string } | undefined;
    if (pass !== undefined) {
      const short = tooShort(pass);
      if (short) return short;
      if (name !== undefined && state.accounts.byName.has(name)) return refused("name_taken");
      const salt = newSalt();
      const secret = await hashed(call, pass, salt);
      if (typeof secret !== "string") return secret;
      password = { salt, secret };
    }
    const key = { token: newToken(), type: "hmac-sha256" as const, secret: newHmacKey() };
    const done = carryOut<{ account: string }>(call, {
      kind: "create-account",
      id: newAccountId(),
      key,
      ...(name === undefined ? {} : { name }),
      ...(password
        ? {
            salt: password.salt,
            password: { token: newToken(), type: "password" as const, secret: password.secret },
          }
        : {}),
      ...by,
    });
    if ("refused" in done) return done;
    return { account: done.answer.account, authkey: { type: key.type, token: key.token, key: key.secret } };
  },

  "create-authkey": async (call, params) => {
    const { hub } = call;
    const { type = "hmac-sha256", pass, permissions = [], expires_t, label } = params;
    if ((type === "password") !== (pass !== undefined))
      return refused(
        "param_invalid",
        { param: "pass" },
        "pass is given for a key of type password, and only then.",
      );
    const short = pass === undefined ? undefined : tooShort(pass);
    if (short) return short;
    const strange = unknownPermission(permissions, "permissions");
    if (strange) return strange;
    const limits: [string, Amount][] = [];
    for (const [code, text] of Object.entries(params.limits ?? {})) {
      const read = readAmount(hub, code, text, "limits");
      if ("refused" in read) return read;
      limits.push([code, read.amount]);
    }
    const token = newToken();
    let secret = newHmacKey();
    let salt: string | undefined;
    if (pass !== undefined) {
      const limited = overLimit(hub.limits.passwords, call.by!.account, hub.sequencer.now());
      if (limited) return limited;
      salt = hub.sequencer.state.accounts.byId.get(call.by!.account)!.passwordSalt ?? newSalt();
      const hash = await hashed(call, pass, salt);
      if (typeof hash !== "string") return hash;
      // Another password may have come first meanwhile, with another salt: the account has one.
      if ((hub.sequencer.state.accounts.byId.get(call.by!.account)!.passwordSalt ?? salt) !== salt)
        return refused("overloaded");
      secret = hash;
    }
    const done = carryOut<{ expires?: TimeMs }>(call, {
      kind: "create-authkey",
      by: byOf(call),
      key: { token, type, secret },
      pairs: permissions,
      ...(salt === undefined ? {} : { salt }),
      ...(expires_t === undefined ? {} : { expires: expires_t as TimeMs }),
      ...(label === undefined ? {} : { label }),
      ...(params.limits === undefined ? {} : { limits }),
    });
    if ("refused" in done) return done;
    return {
      authkey: {
        type,
        token,
        ...(type === "hmac-sha256" ? { key: secret } : {}),
        ...(done.answer.expires === undefined ? {} : { expires_t: done.answer.expires }),
        ...(label === undefined ? {} : { label }),
      },
    };
  },

  "change-authkey-permissions": (call, { authkey_token, add = [], remove = [] }) => {
    const strange = unknownPermission(add, "add") ?? unknownPermission(remove, "remove");
    if (strange) return strange;
    const done = carryOut(call, {
      kind: "change-permissions",
      by: byOf(call),
      token: authkey_token,
      add,
      remove,
    });
    return "refused" in done ? done : {};
  },

  "my-authkeys": (call) => {
    const { keyUse, sequencer } = call.hub;
    const { accounts, config } = sequencer.state;
    const lastUsed = ({ home, token }: Authkey): { last_used_t?: TimeMs } => {
      const t = home === index ? keyUse.lastUse(token) : undefined;
      return t === undefined ? {} : { last_used_t: t };
    };
    const account = accounts.byId.get(call.by!.account)!;
    const { id, index } = account;
    // Anyone may give a key whose token he has seen a permission on his own account; what else it holds, what it is called and
    // what it may spend is not his to see.
    return {
      authkeys: keysOf(sequencer.state, account).map((key) => ({
        type: key.type,
        token: key.token,
        permissions: namedPairs(key, (account) => accounts.list[account]!.id)
          .filter(([account]) => key.home === index || account === id)
          .map(([a, p]): [string, string] => [a, p]),
        ...(key.expires === undefined ? {} : { expires_t: key.expires }),
        ...(key.label === undefined || key.home !== index ? {} : { label: key.label }),
        ...lastUsed(key),
        ...(key.limits === undefined || key.home !== index
          ? {}
          : {
              limits: Object.fromEntries(
                key.limits.map(({ currency, most }) => [
                  config.currencies[currency]!.code,
                  dec(call.hub, currency, most),
                ]),
              ),
            }),
      })),
    };
  },

  "revoke-authkey": (call, { authkey_token }) => {
    const done = carryOut(call, { kind: "revoke-authkey", by: byOf(call), token: authkey_token });
    return "refused" in done ? done : {};
  },

  "my-balance": ({ hub, by }) => balances(hub, hub.sequencer.state.accounts.byId.get(by!.account)!.index),
};
