import { timingSafeEqual } from "node:crypto";
import {
  type Authkey,
  emptyNonces,
  findAccount,
  hasCallNonce,
  hasNonce,
  secretOf as keySecretOf,
  keysOf,
  nonceKey,
  rememberNonce,
  SLICE_MS,
  type State,
} from "@coinholder/engine";
import { NONCE_WINDOW_MS, type Refusal, refusal, type TimeMs } from "@coinholder/protocol";
import type { KeyUse } from "./key-use.ts";
import type { Passwords } from "./passwords.ts";
import { type Claim, type Credentials, checkSignature } from "./signature.ts";
import { tokenBucket } from "./token-bucket.ts";

/** A proven caller: which key, for which account. What the key may do is asked later. */
export interface Proven {
  readonly token: string;
  readonly account: string;
  readonly nonce?: readonly [ms: number, random: string];
}

export interface Authenticator {
  /** Of an HMAC key, in base64: what a signature is checked with. A token is never given to another key. */
  readonly secretOf: (token: string) => string | undefined;
  /** Type 2: HMAC, once the signature is checked: the key is there, the call fresh, the account known. Takes the nonce. */
  readonly byClaim: (claim: Claim, now: TimeMs) => Proven | { refused: Refusal };
  /** Both in one. */
  readonly bySignature: (credentials: Credentials, now: TimeMs) => Proven | { refused: Refusal };
  /** Type 1: name and password. */
  readonly byPassword: (
    name: string,
    pass: string,
    source: string,
    now: () => TimeMs,
  ) => Promise<Proven | { refused: Refusal }>;
}

/** Failed tries of one (account, source): ten, then one every half minute. */
const FAILED_TRIES = 10;
const FAILED_TRY_EVERY_MS = 30_000;

/** Slices of nonces, at most, that are kept although the machine's clock says that they are too old. */
const MOST_SLICES = (4 * NONCE_WINDOW_MS) / SLICE_MS;

/**
 * @param fence calls signed at or before it are stale. Calls that changed nothing are not journaled, so after a restart
 *   nobody remembers their nonces; refusing whatever is older than the start keeps them from being played again.
 */
export const makeAuthenticator = (
  state: State,
  passwords: Passwords,
  fence: number,
  keyUse?: Pick<KeyUse, "used">,
): Authenticator => {
  const failed = { refused: refusal("authentication_failed") };
  // Nonces of this run, whatever became of the call; the engine has those of journaled commands from before.
  const seen = emptyNonces();
  const tries = tokenBucket(FAILED_TRIES, FAILED_TRY_EVERY_MS);

  const secretOf: Authenticator["secretOf"] = (token) => {
    const key = state.authkeys.get(token);
    return key?.type === "hmac-sha256" ? keySecretOf(state.authkeys, token) : undefined;
  };

  const byClaim: Authenticator["byClaim"] = ({ token, account: named, nonce }, now) => {
    const key = state.authkeys.get(token);
    // Again: it may have been revoked since the signature was checked.
    if (key?.type !== "hmac-sha256") return failed;
    const [ms, random] = nonce;
    if (Math.abs(ms - now) > NONCE_WINDOW_MS || ms <= fence)
      return { refused: refusal("nonce_stale", { now: Math.max(now, fence + 1) }) };
    const seenAs = nonceKey(token, ms, random);
    if (hasNonce(seen, ms, seenAs) || hasCallNonce(state.nonces, key, ms, random))
      return { refused: refusal("nonce_used") };
    const account = named === token ? state.accounts.list[key.home]!.id : named;
    if (account === undefined || !state.accounts.byId.has(account)) return failed;
    // The machine's clock may be set back, but never behind the journal: what was too old could then be sent again.
    rememberNonce(seen, ms, seenAs, seen.size > MOST_SLICES ? now : state.t);
    keyUse?.used(token, now);
    return { token, account, nonce };
  };

  const bySignature: Authenticator["bySignature"] = (credentials, now) => {
    const { token } = credentials;
    const claim = checkSignature(credentials, token === undefined ? undefined : secretOf(token));
    return "refused" in claim ? claim : byClaim(claim, now);
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
    const isProven = ({ home, token, type }: Authkey): boolean =>
      type === "password" &&
      home === account?.index &&
      timingSafeEqual(Buffer.from(keySecretOf(state.authkeys, token)!, "base64"), given);
    const key = account && keysOf(state, account).find(isProven);
    if (!account || !key) {
      tries.take(who, now());
      return failed;
    }
    keyUse?.used(key.token, now());
    return { token: key.token, account: account.id };
  };

  return { secretOf, byClaim, bySignature, byPassword };
};
