import { MAX_IDENTITY_BYTES, type PublishedIdentity, readIdentity } from "@coinholder/protocol";
import { type FetchProblem, fetchOutside } from "../outside/fetch.ts";

export type LookedUp =
  | { readonly identity: PublishedIdentity }
  | {
      readonly problem:
        | FetchProblem
        /** It answers with another status than 200. */
        | "status"
        /** What it answers is no identity, or its keys did not sign each other. */
        | "malformed"
        /** Too many are being asked already. */
        | "busy";
    };

export interface Identities {
  /**
   * What a URL publishes: asked for, or as it answered less than a minute ago. Never rejects.
   * @param notBefore by `performance.now()`: an answer that was asked for earlier is not good enough, but for one asked a second time within the last second
   */
  readonly at: (url: string, notBefore?: number) => Promise<LookedUp>;
}

const TIMEOUT_MS = 3000;
const KEPT_MS = 60_000;
const PROBLEM_KEPT_MS = 5000;
const MOST_KEPT = 1000;
/** Of URLs that strangers choose, and besides of those that identities with a ceiling are published at. */
const MOST_AT_ONCE = 32;
/** A URL is asked again once, and then not sooner, whatever key somebody claims that it publishes. */
const ASKED_AGAIN_MS = 1000;

const ask = async (url: string, { anywhere, isKnown }: LookupRules): Promise<LookedUp> => {
  const got = await fetchOutside(url, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_IDENTITY_BYTES, anywhere });
  if ("problem" in got) return got;
  if (got.status !== 200) return { problem: "status" };
  const read = readIdentity(got.body, isKnown);
  return "problem" in read ? { problem: "malformed" } : read;
};

interface Kept {
  readonly asked: number;
  /** It was known before. */
  readonly again: boolean;
  readonly answer: Promise<LookedUp>;
  /** Infinity while the answer is awaited. */
  until: number;
}

export interface LookupRules {
  /** See fetchOutside. */
  readonly anywhere: boolean;
  /** Whether an identity that the operator has given a ceiling is published there: strangers' lookups take no room from theirs. */
  readonly isTrusted: (url: string) => boolean;
  /** Whether a key (x-only, hex) has been heard of: earlier keys of which none has are nobody's history here. */
  readonly isKnown: (key: string) => boolean;
}

export const makeIdentities = (rules: LookupRules): Identities => {
  /** By URL, the one asked longest ago first. */
  const kept = new Map<string, Kept>();
  const underWay = { trusted: 0, strange: 0 };
  return {
    at: (url, notBefore = Number.NEGATIVE_INFINITY) => {
      const now = performance.now();
      const known = kept.get(url);
      if (
        known &&
        now < known.until &&
        (known.asked >= notBefore || (known.again && now - known.asked < ASKED_AGAIN_MS))
      )
        return known.answer;
      const lane = rules.isTrusted(url) ? "trusted" : "strange";
      if (underWay[lane] >= MOST_AT_ONCE) return Promise.resolve({ problem: "busy" });
      underWay[lane]++;
      const asked: Kept = {
        asked: now,
        again: known !== undefined,
        answer: ask(url, rules),
        until: Number.POSITIVE_INFINITY,
      };
      kept.delete(url);
      kept.set(url, asked);
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      void asked.answer.then((answer) => {
        underWay[lane]--;
        asked.until = performance.now() + ("identity" in answer ? KEPT_MS : PROBLEM_KEPT_MS);
      });
      return asked.answer;
    },
  };
};
