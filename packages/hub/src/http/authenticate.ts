import { createHmac, timingSafeEqual } from "node:crypto";
import { emptyNonces, findAccount, hasNonce, nonceKey, rememberNonce, type State } from "@coinholder/engine";
import { NONCE_WINDOW_MS, type Refusal, refusal, type TimeMs } from "@coinholder/protocol";
import type { Passwords } from "./passwords.ts";
import { tokenBucket } from "./token-bucket.ts";

/** A proven caller: which key, for which account. What the key may do is asked later. */
export interface Proven {
  readonly token: string;
  readonly account: string;
  readonly nonce?: readonly [ms: number, random: string];
}

export interface Credentials {
  /** The function called. */
  readonly fn: string;
  readonly pairs: ReadonlyMap<string, unknown>;
  /** What X-Signature is over: the body, or the query string of a GET. */
  readonly bytes: Uint8Array;
  readonly token: string | undefined;
  readonly signature: string | undefined;
  /** Who calls, for limits on tries. */
  readonly source: string;
}

export interface Authenticator {
  /** Type 2: HMAC. */
  readonly bySignature: (credentials: Credentials, now: TimeMs) => Proven | { refused: Refusal };
  /** Type 1: name and password. */
  readonly byPassword: (
    name: string,
    pass: string,
    source: string,
    now: () => TimeMs,
  ) => Promise<Proven | { refused: Refusal }>;
}

const NONCE_MS = /^[1-9][0-9]{0,15}$/;
const RANDOM = /^[\x21-\x7e]{1,64}$/;

/** Failed tries of one (account, source): ten, then one every half minute. */
const FAILED_TRIES = 10;
const FAILED_TRY_EVERY_MS = 30_000;

/**
 * @param fence calls signed at or before it are stale. Calls that changed nothing are not journaled, so after a restart
 *   nobody remembers their nonces; refusing whatever is older than the start keeps them from being played again.
 */
export const makeAuthenticator = (state: State, passwords: Passwords, fence: number): Authenticator => {
  const failed = { refused: refusal("authentication_failed") };
  // Nonces of this run, whatever became of the call; the engine has those of journaled commands from before.
  const seen = emptyNonces();
  const tries = tokenBucket(FAILED_TRIES, FAILED_TRY_EVERY_MS);
  const nobody = Buffer.alloc(32);

  const bySignature: Authenticator["bySignature"] = ({ fn, pairs, bytes, token, signature }, now) => {
    if (token === undefined || signature === undefined) return { refused: refusal("authentication_missing") };
    const key = state.authkeys.get(token);
    const usable = key?.type === "hmac-sha256";
    // As text, since one signature has one writing: decoding base64 passes over what does not belong to it.
    const expected = Buffer.from(
      createHmac("sha256", usable ? Buffer.from(key.secret, "base64") : nobody)
        .update(bytes)
        .digest("base64"),
    );
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected) || !usable) return failed;

    if (pairs.get("f") !== fn) return { refused: refusal("function_mismatch") };
    // Form: text; JSON: text or a number. Anything else could not even be made a text safely.
    const givenMs = pairs.get("nonce_ms");
    const nonceMs = typeof givenMs === "number" ? String(givenMs) : givenMs;
    const random = pairs.get("nonce_random");
    if (typeof nonceMs !== "string" || !NONCE_MS.test(nonceMs))
      return {
        refused: refusal("param_invalid", { param: "nonce_ms" }, "nonce_ms must be milliseconds since 1970."),
      };
    if (typeof random !== "string" || !RANDOM.test(random))
      return {
        refused: refusal(
          "param_invalid",
          { param: "nonce_random" },
          "nonce_random must be 1 to 64 visible ASCII characters.",
        ),
      };
    const ms = Number(nonceMs);
    if (Math.abs(ms - now) > NONCE_WINDOW_MS || ms <= fence)
      return { refused: refusal("nonce_stale", { now }) };
    const nonce = nonceKey(token, ms, random);
    if (hasNonce(seen, ms, nonce) || hasNonce(state.nonces, ms, nonce))
      return { refused: refusal("nonce_used") };

    const accountParam = pairs.get("account");
    const account =
      accountParam === token
        ? state.accounts.list[key.home]!.id
        : typeof accountParam === "string"
          ? accountParam
          : undefined;
    if (account === undefined || !state.accounts.byId.has(account)) return failed;
    rememberNonce(seen, ms, nonce, now);
    return { token, account, nonce: [ms, random] };
  };

  const byPassword: Authenticator["byPassword"] = async (name, pass, source, now) => {
    const account = findAccount(state.accounts, name);
    // By its identifier, or an account with a name would have twice the tries.
    const who = `${account?.id ?? name} ${source}`;
    const limited = (): { refused: Refusal } | undefined => {
      const wait = tries.wait(who, now());
      return wait === undefined ? undefined : { refused: refusal("rate_limited", { retry_after_ms: wait }) };
    };
    const before = limited();
    if (before) return before;
    const hash = await passwords.hash(pass, account?.passwordSalt, source);
    if (hash === undefined) return { refused: refusal("overloaded") };
    // Again: of many tries at once, those that failed meanwhile count for this one.
    const meanwhile = limited();
    if (meanwhile) return meanwhile;
    const given = Buffer.from(hash, "base64");
    const key = account?.authkeys.find(
      (one) =>
        one.type === "password" &&
        one.home === account.index &&
        timingSafeEqual(Buffer.from(one.secret, "base64"), given),
    );
    if (!account || !key) {
      tries.take(who, now());
      return failed;
    }
    return { token: key.token, account: account.id };
  };

  return { bySignature, byPassword };
};
