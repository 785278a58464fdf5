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
   * @param notBefore by `performance.now()`: an answer that was asked for earlier is not good enough, but for a URL that was asked many times within a second
   */
  readonly at: (url: string, notBefore?: number) => Promise<LookedUp>;
}

const TIMEOUT_MS = 3000;
const KEPT_MS = 60_000;
const PROBLEM_KEPT_MS = 5000;
const MOST_KEPT = 1000;
/** Of URLs that strangers choose, and besides of those that identities with a ceiling are published at. */
const MOST_AT_ONCE = 32;
/** However many keys somebody claims that a URL publishes, it is asked again so often at most within so many ms. */
const MOST_AGAIN = 5;
const AGAIN_MS = 1000;

const ask = async (url: string, { anywhere, isKnown }: LookupRules): Promise<LookedUp> => {
  const got = await fetchOutside(url, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_IDENTITY_BYTES, anywhere });
  if ("problem" in got) return got;
  if (got.status !== 200) return { problem: "status" };
  const read = readIdentity(got.body, isKnown);
  return "problem" in read ? { problem: "malformed" } : read;
};

interface Kept {
  readonly asked: number;
  /** When it was asked first of a row in quick succession, and how many times since. */
  readonly first: number;
  readonly again: number;
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
      const again = known && now - known.first < AGAIN_MS ? known.again + 1 : 0;
      if (known && now < known.until && (known.asked >= notBefore || again > MOST_AGAIN)) return known.answer;
      const lane = rules.isTrusted(url) ? "trusted" : "strange";
      if (underWay[lane] >= MOST_AT_ONCE) return Promise.resolve({ problem: "busy" });
      underWay[lane]++;
      const asked: Kept = {
        asked: now,
        first: again > 0 ? known!.first : now,
        again,
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
