import { NONCE_WINDOW_MS, type Refusal, type TimeMs } from "@coinholder/protocol";
import type { By } from "../command.ts";
import { type Refused, type Repeated, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import type { Account } from "./accounts.ts";
import { type Authkey, holds } from "./authkeys.ts";
import { hasCallNonce, rememberCallNonce } from "./call-nonces.ts";
import { onceKey, rememberAnswer } from "./once.ts";

export interface Caller {
  readonly key: Authkey;
  readonly account: Account;
}

/** Whether a proven key may call a function on an account, now. Reads ask the same. */
export const authorize = (
  state: State,
  token: string,
  accountId: string,
  fn: string,
  t: TimeMs,
): Caller | { readonly refused: Refusal } => {
  const key = state.authkeys.get(token);
  // Nearly always its home, which is at hand.
  const home = key && state.accounts.list[key.home];
  const account = home?.id === accountId ? home : state.accounts.byId.get(accountId);
  if (!key || !account) return refuse("authentication_failed");
  if (key.expires !== undefined && key.expires <= t) return refuse("authkey_expired");
  if (!holds(key, account.index, fn)) return refuse("permission_denied", { permission: fn });
  return { key, account };
};

/** The checks that come before a command's own: key, permission, nonce, and whether this very call was answered before. */
export const admit = (state: State, by: By, t: TimeMs): Caller | Repeated | Refused => {
  const caller = authorize(state, by.token, by.account, by.fn, t);
  if ("refused" in caller) return caller;
  // What is older may have been forgotten; the HTTP layer lets none of it through.
  if (by.nonce && by.nonce[0] + NONCE_WINDOW_MS < t) return refuse("nonce_stale", { now: t });
  if (by.nonce && hasCallNonce(state.nonces, caller.key, ...by.nonce)) return refuse("nonce_used");
  if (by.once) {
    const first = state.once.get(onceKey(by.account, by.fn, by.once[0]));
    if (first)
      return first.fingerprint === by.once[1]
        ? { answer: first.answer, repeated: true }
        : refuse("client_id_conflict");
  }
  return caller;
};

/** After the change: this call is not carried out again. */
export const remember = (state: State, by: By, key: Authkey, answer: unknown, t: TimeMs): void => {
  if (by.nonce) rememberCallNonce(state.nonces, key, ...by.nonce, t);
  if (by.once)
    rememberAnswer(state.once, onceKey(by.account, by.fn, by.once[0]), {
      fingerprint: by.once[1],
      answer,
      t,
    });
};
