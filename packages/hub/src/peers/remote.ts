import { randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import {
  callNonce,
  encodeForm,
  FORM,
  functionUrl,
  type Overview,
  SIGNATURE_HEADER,
  signCall,
  TOKEN_HEADER,
} from "@coinholder/protocol";
import { type PeerAnswer, peerAnswer, readOverview } from "../crossings/peer.ts";
import { fetchOutside } from "../outside/fetch.ts";
import type { PeerConfig } from "./config.ts";

/** A peer whose overview was read. */
export interface Remote {
  /** Base64; undefined where it tells none. */
  readonly identity: string | undefined;
  readonly network: string | undefined;
  readonly post: (fn: string, params: Readonly<Record<string, string>>) => Promise<PeerAnswer>;
}

export interface Opener {
  readonly open: () => Promise<Remote | { readonly problem: string }>;
  readonly close: () => void;
}

const OVERVIEW_BYTES = 256 * 1024;
const ANSWER_BYTES = 64 * 1024;
const WAIT_MS = 5000;

/** What a peer's overview tells beside how it is called. */
const particularsOf = (text: string): Pick<Remote, "identity" | "network"> => {
  const { identity, network } = JSON.parse(text) as Partial<Overview>;
  const key: unknown = identity?.public_key;
  return {
    identity: typeof key === "string" && /^[A-Za-z0-9+/]{43}=$/.test(key) ? key : undefined,
    network: typeof network === "string" ? network.slice(0, 20) : undefined,
  };
};

const nowOf = (body: string): number | undefined => {
  const now: unknown = (JSON.parse(body) as { error?: { now?: unknown } }).error?.now;
  return Number.isSafeInteger(now) ? (now as number) : undefined;
};

/**
 * Calls one peer, over connections that are kept.
 * @param atOnce connections at most
 * @param anywhere see fetchOutside: for what its overview names elsewhere. Its own URL is the operator's choice.
 */
export const makeOpener = (
  { authkey: given, url }: PeerConfig,
  atOnce: number,
  anywhere: boolean,
): Opener => {
  const stopped = new AbortController();
  const kept = { keepAlive: true, maxSockets: atOnce };
  const agents = { "http:": new Agent(kept), "https:": new SecureAgent(kept) };
  const { origin } = new URL(url);
  const fetch = (
    to: string,
    maxBytes: number,
    more: { body?: string; headers?: Record<string, string> } = {},
  ) => {
    const target = URL.canParse(to) ? new URL(to) : undefined;
    return fetchOutside(to, {
      timeoutMs: WAIT_MS,
      maxBytes,
      anywhere: anywhere || target?.origin === origin,
      agent: agents[target?.protocol === "https:" ? "https:" : "http:"],
      signal: stopped.signal,
      ...more,
    });
  };
  // What its clock is ahead of ours, as far as it refused calls for that.
  let ahead = 0;

  const open = async (): Promise<Remote | { readonly problem: string }> => {
    const fetched = await fetch(`${url}/api/overview.js`, OVERVIEW_BYTES);
    if ("problem" in fetched) return fetched;
    if (fetched.status !== 200) return { problem: `status_${fetched.status}` };
    const overview = readOverview(fetched.body);
    if ("problem" in overview) return overview;
    const { post_body_encoding: encoding } = overview;

    const postOnce = (fn: string, params: Readonly<Record<string, string>>) => {
      const all = given
        ? { ...params, ...callNonce(fn, given.account, Date.now() + ahead, randomBytes(8).toString("hex")) }
        : params;
      const body = encoding === FORM ? encodeForm(all) : JSON.stringify(all);
      const signature = given && {
        [TOKEN_HEADER]: given.authkey.token,
        [SIGNATURE_HEADER]: signCall(given.authkey.key, Buffer.from(body)),
      };
      return fetch(functionUrl(overview, fn), ANSWER_BYTES, {
        body,
        headers: { "content-type": encoding, ...signature },
      });
    };
    const post = async (fn: string, params: Readonly<Record<string, string>>): Promise<PeerAnswer> => {
      let got = await postOnce(fn, params);
      // A kept connection may be closed at its other end by then; and what is told twice does nothing.
      if ("problem" in got && got.problem === "unreachable") got = await postOnce(fn, params);
      const answer = peerAnswer(got);
      if (!("refused" in answer) || answer.refused !== "nonce_stale" || "problem" in got) return answer;
      const now = nowOf(got.body);
      if (now === undefined) return answer;
      ahead = now - Date.now();
      return peerAnswer(await postOnce(fn, params));
    };
    return { ...particularsOf(fetched.body), post };
  };

  return {
    open,
    close: () => {
      stopped.abort();
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
};
