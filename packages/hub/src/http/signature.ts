import { createHmac, timingSafeEqual } from "node:crypto";
import { type Refusal, refusal } from "@coinholder/protocol";

/** Of an HMAC key, in base64 as the engine keeps it or as bytes. */
export type Secret = string | Buffer;

/** A call as it was signed. */
export interface Credentials {
  /** The function called. */
  readonly fn: string;
  readonly pairs: ReadonlyMap<string, unknown>;
  /** What X-Signature is over: the body, or the query string of a GET. */
  readonly bytes: Uint8Array;
  readonly token: string | undefined;
  readonly signature: string | undefined;
}

/** What a call with a good signature says of itself; whether it is fresh and whose the key is, the state must say. */
export interface Claim {
  readonly token: string;
  /** As the caller named it. */
  readonly account: string | undefined;
  readonly nonce: readonly [ms: number, random: string];
}

const NONCE_MS = /^[1-9][0-9]{0,15}$/;
const RANDOM = /^[\x21-\x7e]{1,64}$/;

const NOBODY = Buffer.alloc(32);

/** Authentication type 2, as far as it can be checked with nothing but the key. */
export const checkSignature = (
  { fn, pairs, bytes, token, signature }: Credentials,
  secret: Secret | undefined,
): Claim | { refused: Refusal } => {
  if (token === undefined || signature === undefined) return { refused: refusal("authentication_missing") };
  const key = typeof secret === "string" ? Buffer.from(secret, "base64") : (secret ?? NOBODY);
  // As text, since one signature has one writing: decoding base64 passes over what does not belong to it.
  const expected = Buffer.from(createHmac("sha256", key).update(bytes).digest("base64"), "latin1");
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected) || secret === undefined)
    return { refused: refusal("authentication_failed") };

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
  const account = pairs.get("account");
  return {
    token,
    account: typeof account === "string" ? account : undefined,
    nonce: [Number(nonceMs), random],
  };
};
