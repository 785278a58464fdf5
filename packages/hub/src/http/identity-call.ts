import { emptyNonces, hasNonce, nonceKey, rememberNonce } from "@coinholder/engine";
import {
  type IDENTITY_PARAMS,
  identityCalled,
  NONCE_WINDOW_MS,
  type PublishedIdentity,
  type Refusal,
  readIdentityKey,
  refusal,
  type TimeMs,
} from "@coinholder/protocol";
import { hubUrl } from "../crossings/hub-url.ts";
import type { Identities } from "../identity/lookup.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** Another hub, proven to be who it says: it signed, and its address publishes the key. */
export interface ProvenIdentity {
  /** x-only, hex. */
  readonly key: string;
  readonly url: string;
}

export interface IdentityCredentials {
  readonly fn: string;
  readonly pairs: ReadonlyMap<string, unknown>;
  /** The body, byte for byte. */
  readonly body: Uint8Array;
  readonly signature: string;
  readonly source: string;
}

export interface IdentityCalls {
  readonly prove: (of: IdentityCredentials) => Promise<ProvenIdentity | { readonly refused: Refusal }>;
}

export interface IdentityCallRules {
  readonly now: () => TimeMs;
  /** This hub's: what is signed for another hub is worth nothing here. */
  readonly publicUrl: string;
  /** As of accounts' calls (authenticate.ts). */
  readonly fence: number;
  /** Signatures checked, per source. */
  readonly limit: TokenBucket;
  /** Why it is not so that an address publishes that key (x-only, hex), if it is not. */
  readonly notPublished: (url: string, key: string) => Promise<Refusal | undefined>;
}

/** Why it is not so that an address publishes that key, if it is not: identity_unreachable, identity_url_refused, identity_mismatch. */
export const notPublished = async (
  identities: Identities,
  url: string,
  key: string,
): Promise<Refusal | undefined> => {
  const asked = performance.now();
  const isIt = ({ publicKey }: PublishedIdentity): boolean => Buffer.from(publicKey).toString("hex") === key;
  let looked = await identities.at(url);
  // It may have a new key since it was asked last.
  if ("identity" in looked && !isIt(looked.identity)) looked = await identities.at(url, asked);
  if ("identity" in looked) return isIt(looked.identity) ? undefined : refusal("identity_mismatch");
  return looked.problem === "url_refused"
    ? refusal("identity_url_refused")
    : refusal("identity_unreachable", { reason: looked.problem });
};

const NONCE_MS = /^[1-9][0-9]{0,15}$/;
const RANDOM = /^[\x21-\x7e]{1,64}$/;
const WEB_ADDRESS = /^https?:\/\/[\x21-\x7e]{1,192}$/;

const refuse = (...of: Parameters<typeof refusal>): { refused: Refusal } => ({ refused: refusal(...of) });
const malformed = (param: (typeof IDENTITY_PARAMS)[number], what: string) =>
  refuse("param_invalid", { param }, `${param} must be ${what}.`);

/** Proves calls that other hubs make in their own name. What costs nothing is looked at first. */
export const makeIdentityCalls = (rules: IdentityCallRules): IdentityCalls => {
  const { fence, limit, now, notPublished, publicUrl } = rules;
  const seen = emptyNonces();

  const prove: IdentityCalls["prove"] = async ({ body, fn, pairs, signature, source }) => {
    const text = (name: (typeof IDENTITY_PARAMS)[number]): string => {
      const value = pairs.get(name);
      return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
    };
    if (text("f") !== fn) return refuse("function_mismatch");
    const url = text("identity_url");
    if (!WEB_ADDRESS.test(url)) return malformed("identity_url", "a web address");
    const publicKey = readIdentityKey(text("identity_public_key"));
    if (!publicKey) return malformed("identity_public_key", "32 bytes in base64");
    if (hubUrl(text("hub_url")) !== hubUrl(publicUrl))
      return malformed("hub_url", "the public URL of this hub");
    if (!NONCE_MS.test(text("nonce_ms"))) return malformed("nonce_ms", "milliseconds since 1970");
    const random = text("nonce_random");
    if (!RANDOM.test(random)) return malformed("nonce_random", "1 to 64 visible ASCII characters");
    const ms = Number(text("nonce_ms"));
    if (Math.abs(ms - now()) > NONCE_WINDOW_MS || ms <= fence) return refuse("nonce_stale", { now: now() });

    const wait = limit.take(source, now());
    if (wait !== undefined) return refuse("rate_limited", { retry_after_ms: wait });
    if (!identityCalled(body, publicKey, signature)) return refuse("authentication_failed");
    const key = Buffer.from(publicKey).toString("hex");
    const nonce = nonceKey(key, ms, random);
    if (hasNonce(seen, ms, nonce)) return refuse("nonce_used");
    rememberNonce(seen, ms, nonce, now());
    const not = await notPublished(url, key);
    return not ? { refused: not } : { key, url };
  };
  return { prove };
};
