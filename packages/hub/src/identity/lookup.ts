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
   * @param notBefore by `performance.now()`: an answer that was asked for earlier is not good enough
   */
  readonly at: (url: string, notBefore?: number) => Promise<LookedUp>;
}

const TIMEOUT_MS = 3000;
const KEPT_MS = 60_000;
const PROBLEM_KEPT_MS = 5000;
const MOST_KEPT = 1000;
/** Strangers choose the URLs. */
const MOST_AT_ONCE = 32;

const ask = async (url: string, anywhere: boolean): Promise<LookedUp> => {
  const got = await fetchOutside(url, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_IDENTITY_BYTES, anywhere });
  if ("problem" in got) return got;
  if (got.status !== 200) return { problem: "status" };
  const read = readIdentity(got.body);
  return "problem" in read ? { problem: "malformed" } : read;
};

interface Kept {
  readonly asked: number;
  readonly answer: Promise<LookedUp>;
  /** Infinity while the answer is awaited. */
  until: number;
}

/** @param anywhere see fetchOutside */
export const makeIdentities = (anywhere: boolean): Identities => {
  /** By URL, the one asked longest ago first. */
  const kept = new Map<string, Kept>();
  let underWay = 0;
  return {
    at: (url, notBefore = Number.NEGATIVE_INFINITY) => {
      const now = performance.now();
      const known = kept.get(url);
      if (known && now < known.until && known.asked >= notBefore) return known.answer;
      if (underWay >= MOST_AT_ONCE) return Promise.resolve({ problem: "busy" });
      underWay++;
      const asked: Kept = { asked: now, answer: ask(url, anywhere), until: Number.POSITIVE_INFINITY };
      kept.delete(url);
      kept.set(url, asked);
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      void asked.answer.then((answer) => {
        underWay--;
        asked.until = performance.now() + ("identity" in answer ? KEPT_MS : PROBLEM_KEPT_MS);
      });
      return asked.answer;
    },
  };
};
