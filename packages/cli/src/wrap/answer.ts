import type { Hub } from "@coinholder/client";
import {
  type Claim,
  emptyNonces,
  enter,
  hasNonce,
  nonceKey,
  type Request,
  type Response,
  refusedWith,
  rememberNonce,
  tokenBucket,
} from "@coinholder/hub";
import {
  functionRow,
  functions,
  isFunctionName,
  NONCE_WINDOW_MS,
  type Parameters,
  type Refusal,
  readParams,
  refusal,
  type TimeMs,
} from "@coinholder/protocol";
import type { KeyEntry } from "../keyring.ts";
import { type Carrying, makeCarrying, type Outcome } from "./carry-out.ts";
import { offeredFunctions } from "./offered.ts";
import type { Redact } from "./told-error.ts";

export interface Answering extends Carrying {
  /** The same exchange without keys, for those who call without a signature. */
  readonly stranger: Hub;
  readonly key: KeyEntry;
  readonly redact: Redact;
}

// The exchange counts calls, too: strangers must not use up what its owner may do.
const UNSIGNED_BURST = 60;
const UNSIGNED_EVERY_MS = 500;
const MOST_UNSIGNED_UNDER_WAY = 8;
const MOST_UNDER_WAY = 100;

const refuse = (...of: globalThis.Parameters<typeof refusal>): { refused: Refusal } => ({
  refused: refusal(...of),
});

/** Answers requests as a hub does, each by the exchange. */
export const makeAnswer = (of: Answering): ((request: Request) => Promise<Response>) => {
  const { hub, stranger, key, notes, now, redact, log } = of;
  const { account, authkey } = key;
  const offered: ReadonlySet<string> = new Set(offeredFunctions(hub));
  const carryOut = makeCarrying(of);
  // Nonces of earlier runs are not known: whatever could be one is refused.
  const fence = notes.isNew ? 0 : Math.max(now(), notes.lastNonceMs);
  const seen = emptyNonces();
  const unsigned = tokenBucket(UNSIGNED_BURST, UNSIGNED_EVERY_MS);
  let underWay = 0;
  let unsignedUnderWay = 0;

  /** Takes the nonce of a call whose signature stands. */
  const notFresh = ({ token, account: named, nonce: [ms, random] }: Claim, changes: boolean) => {
    const t = now();
    if (Math.abs(ms - t) > NONCE_WINDOW_MS || ms <= fence)
      return refuse("nonce_stale", { now: Math.max(t, fence + 1) });
    const seenAs = nonceKey(token, ms, random);
    if (hasNonce(seen, ms, seenAs)) return refuse("nonce_used");
    if (named !== account && named !== token) return refuse("authentication_failed");
    rememberNonce(seen, ms, seenAs, t as TimeMs);
    try {
      // Before it can do anything: after a restart nobody would know that it was used.
      if (changes) notes.takeNonce(ms, t);
    } catch (error) {
      log(`calls cannot be noted: ${String(error)}`);
      return refuse("overloaded", { reason: "not_noted" }, "The wrapper cannot write to its data folder.");
    }
    return undefined;
  };

  const one = async (
    fn: string,
    given: ReadonlyMap<string, unknown>,
    isSigned: boolean,
    inBatch = false,
  ): Promise<Outcome> => {
    if (!isFunctionName(fn) || !offered.has(fn)) return refuse("function_unknown", { function: fn });
    if (inBatch && fn === "batch")
      return refuse("param_invalid", { param: "calls" }, "A batch cannot hold a batch.");
    const read = readParams(functions[fn].params, given);
    if ("refused" in read) return read;
    if (inBatch && Object.hasOwn(read.values, "wait_ms"))
      return refuse("param_invalid", { param: "wait_ms" }, "A batch cannot wait.");
    if (fn === "batch") return { answer: await batch(read.values as Parameters<"batch">) };
    return carryOut(fn, read.values, isSigned ? hub : stranger);
  };

  const batch = async ({ calls }: Parameters<"batch">): Promise<{ results: unknown[] }> => {
    const results: unknown[] = [];
    for (const { function: fn, params = {} } of calls) {
      const outcome = await one(fn, new Map(Object.entries(params)), true, true);
      results.push("refused" in outcome ? { error: redact(outcome.refused) } : outcome.answer);
    }
    return { results };
  };

  const called = async (request: Request): Promise<Outcome> => {
    const { fn, source } = request;
    if (isFunctionName(fn) && !offered.has(fn)) return refuse("function_unknown", { function: fn });
    const entered = enter(request, request.token === authkey.token ? authkey.key : undefined);
    if ("refused" in entered) return entered;
    const { by, pairs } = entered;
    if (by !== undefined && !("token" in by))
      return refuse("authentication_missing", {}, "A wrapper takes calls that its authkey signs (type 2).");
    if (by !== undefined) {
      const stale = notFresh(by, functionRow(entered.fn).changes);
      if (stale !== undefined) return stale;
      if (underWay >= MOST_UNDER_WAY) return refuse("overloaded");
      return one(fn, pairs, true);
    }
    const wait = unsigned.take(source, now());
    if (wait !== undefined) return refuse("rate_limited", { retry_after_ms: wait });
    if (unsignedUnderWay >= MOST_UNSIGNED_UNDER_WAY) return refuse("overloaded");
    unsignedUnderWay++;
    try {
      return await one(fn, pairs, false);
    } finally {
      unsignedUnderWay--;
    }
  };

  return async (request) => {
    underWay++;
    try {
      const outcome = await called(request);
      if ("refused" in outcome) return refusedWith(redact(outcome.refused));
      return { status: 200, body: outcome.answer };
    } catch (error) {
      log(`${request.fn}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return refusedWith(refusal("internal"));
    } finally {
      underWay--;
    }
  };
};
