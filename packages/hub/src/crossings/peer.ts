import { randomBytes } from "node:crypto";
import {
  type CallingIdentity,
  encodeForm,
  FORM,
  functionUrl,
  IDENTITY_SIGNATURE_HEADER,
  identityCallParams,
  JSON_BODY,
  type Overview,
  signIdentityCall,
} from "@coinholder/protocol";
import { type Fetched, type FetchOptions, fetchOutside } from "../outside/fetch.ts";
import { hubUrl } from "./hub-url.ts";

/** What came of a call of another hub. */
export type PeerAnswer =
  | { readonly answer: Readonly<Record<string, unknown>> }
  /** It refused, and nothing was changed there. */
  | { readonly refused: string; readonly retryAfterMs?: number }
  /** It could not be reached, or failed, or answers something else than the protocol says: whether it did something is unknown. */
  | { readonly problem: string };

/** Another hub, as its overview describes it. */
export interface Peer {
  readonly url: string;
  /** x-only, 32 bytes in base64. */
  readonly publicKey: string;
  readonly call: (fn: string, params: Readonly<Record<string, string>>) => Promise<PeerAnswer>;
  /** In this hub's own name. */
  readonly callAsIdentity: (fn: string, params: Readonly<Record<string, string>>) => Promise<PeerAnswer>;
}

export interface Peers {
  /** By its public URL. Its overview is kept for a while. */
  readonly find: (url: string) => Promise<Peer | { readonly problem: string }>;
  /** Its overview is asked for anew: it may have another key by now. */
  readonly forget: (url: string) => void;
  readonly close: () => void;
}

export interface PeerCaller {
  /** Plain http and addresses of any kind: on regtest. */
  readonly anywhere: boolean;
  readonly identity: () => CallingIdentity;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

const OVERVIEW_BYTES = 256 * 1024;
const ANSWER_BYTES = 64 * 1024;
/** People wait for it. */
const WAIT_MS = 4000;
const KEPT_MS = 60_000;
const MOST_KEPT = 1000;

const asObject = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

/** The error code of a hub, if it is one by its form: it is shown to people. */
const codeOf = (body: Readonly<Record<string, unknown>> | undefined): string | undefined => {
  const code = (body?.error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" && /^[a-z][a-z0-9_]{0,63}$/.test(code) ? code : undefined;
};

/** Refusals that say nothing of the call itself. */
const NOT_NOW = new Set(["rate_limited", "overloaded", "node_unreachable"]);

export const peerAnswer = (fetched: Fetched): PeerAnswer => {
  if ("problem" in fetched) return fetched;
  const { body, status } = fetched;
  const answer = asObject(body);
  if (status === 200) return answer ? { answer } : { problem: "answer_malformed" };
  const code = codeOf(answer);
  const wait = (answer?.error as { retry_after_ms?: unknown } | undefined)?.retry_after_ms;
  if (code !== undefined && (NOT_NOW.has(code) || (status >= 400 && status < 500)))
    return { refused: code, ...(Number.isSafeInteger(wait) ? { retryAfterMs: wait as number } : {}) };
  return { problem: code ?? `status_${status}` };
};

/** Whether the same call may be answered otherwise later. */
export const isPassing = (of: Exclude<PeerAnswer, { answer: unknown }>): boolean =>
  "problem" in of || NOT_NOW.has(of.refused);

type Described = Pick<Overview, "req_url" | "req_method" | "post_body_encoding" | "identity">;

/** How the hub is called. */
export const readOverview = (text: string): Described | { problem: string } => {
  const { identity, post_body_encoding, req_method, req_url } = (asObject(text) ?? {}) as Partial<Overview>;
  if (typeof req_url !== "string" || req_method !== "POST") return { problem: "overview_malformed" };
  if (post_body_encoding !== FORM && post_body_encoding !== JSON_BODY)
    return { problem: "overview_malformed" };
  return { req_url, req_method, post_body_encoding, ...(identity === undefined ? {} : { identity }) };
};

export const makePeers = ({ anywhere, identity, sign }: PeerCaller): Peers => {
  const stopped = new AbortController();
  const kept = new Map<string, { readonly peer: Promise<Peer | { problem: string }>; readonly at: number }>();

  const ask = (url: string, more: Partial<FetchOptions> & { readonly maxBytes: number }): Promise<Fetched> =>
    fetchOutside(url, { timeoutMs: WAIT_MS, anywhere, signal: stopped.signal, ...more });

  const open = (url: string, described: Described): Peer => {
    const isForm = described.post_body_encoding === FORM;
    const post = async (
      fn: string,
      params: Readonly<Record<string, string>>,
      headersOf: (body: string) => Readonly<Record<string, string>>,
    ): Promise<PeerAnswer> => {
      const body = isForm ? encodeForm(params) : JSON.stringify(params);
      return peerAnswer(
        await ask(functionUrl(described, fn), {
          body,
          headers: { "content-type": described.post_body_encoding, ...headersOf(body) },
          maxBytes: ANSWER_BYTES,
        }),
      );
    };
    return {
      url,
      publicKey: described.identity?.public_key ?? "",
      call: (fn, params) => post(fn, params, () => ({})),
      callAsIdentity: (fn, params) => {
        const nonce = randomBytes(16).toString("hex");
        const all = { ...params, ...identityCallParams(fn, identity(), url, Date.now(), nonce) };
        return post(fn, all, (body) => ({
          [IDENTITY_SIGNATURE_HEADER]: signIdentityCall(Buffer.from(body), sign),
        }));
      },
    };
  };

  const read = async (url: string): Promise<Peer | { problem: string }> => {
    const fetched = await ask(`${url}/api/overview.js`, { maxBytes: OVERVIEW_BYTES });
    if ("problem" in fetched) return fetched;
    if (fetched.status !== 200) return { problem: `status_${fetched.status}` };
    const described = readOverview(fetched.body);
    return "problem" in described ? described : open(url, described);
  };

  return {
    find: async (text) => {
      const url = hubUrl(text);
      const known = kept.get(url);
      const now = performance.now();
      if (known && now - known.at < KEPT_MS) return known.peer;
      const asked = { peer: read(url), at: now };
      kept.delete(url);
      kept.set(url, asked);
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      const peer = await asked.peer;
      // What failed is asked for anew.
      if ("problem" in peer && kept.get(url) === asked) kept.delete(url);
      return peer;
    },
    forget: (url) => {
      kept.delete(hubUrl(url));
    },
    close: () => stopped.abort(),
  };
};
