import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64 } from "@scure/base";

/** Parameters that belong to authentication; every function takes them (seed: req_authentication_type). */
export const TYPE_1_PARAMS = ["name", "pass"] as const;
export const TYPE_2_PARAMS = ["f", "account", "nonce_ms", "nonce_random"] as const;

/** Headers of authentication type 2 (seed). */
export const SIGNATURE_HEADER = "x-signature";
export const TOKEN_HEADER = "x-authkey-token";

/** How far a nonce may be from the hub's clock, in ms. */
export const NONCE_WINDOW_MS = 30_000;

/** An authkey as `create-account` and `create-authkey` answer it. */
export interface HmacAuthkey {
  readonly type: "hmac-sha256";
  readonly token: string;
  /** Base64. */
  readonly key: string;
}

/**
 * Base64 of HMAC-SHA256 over the exact bytes of the body (of the query string when the method is GET), keyed with the
 * decoded key: what goes into X-Signature.
 */
export const signCall = (keyBase64: string, bytes: Uint8Array): string =>
  base64.encode(hmac(sha256, base64.decode(keyBase64), bytes));

/** The parameters that a call of type 2 carries beside its own. */
export const callNonce = (
  functionName: string,
  account: string,
  nowMs: number,
  randomToken: string,
): Record<(typeof TYPE_2_PARAMS)[number], string> => ({
  f: functionName,
  account,
  nonce_ms: String(nowMs),
  nonce_random: randomToken,
});
