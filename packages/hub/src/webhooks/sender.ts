import { eventId, type WebhookEvent } from "@coinholder/protocol";
import type { Permit, Try } from "./messages.ts";
import { type Delivery, type Outbox, typeOf } from "./outbox.ts";
import { type Posted, post } from "./post.ts";
import { signedHeaders } from "./sign.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Until an event is posted again, after each post that was not taken: over a day in all. */
export const RETRIES_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  8 * HOUR,
  9 * HOUR,
] as const;
const TIMEOUT_MS = 15 * SECOND;

/** Longest that a webhook rests after one post that was not taken, whatever else waits for it. */
const LONGEST_REST_MS = 5 * MINUTE;
/** An answer within this time keeps a webhook among the quick ones. */
const QUICK_MS = SECOND;

/**
 * Posts under way at a time. A webhook begins among the slow ones and gets among the quick ones by answering quickly, so that
 * receivers which hang take room from each other alone.
 */
const MOST = { quick: 32, slow: 32 } as const;
const MOST_OF_ONE = { quick: 4, slow: 1 } as const;

const GONE = 410;
/** Longest that a timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Hook {
  readonly id: string;
  lane: keyof typeof MOST;
  readonly under: Map<number, AbortController>;
  /** When something is due next, as far as was looked. */
  next: number;
  /** Posts that were not taken in a row, and until when it rests for that. */
  failures: number;
  restsUntil: number;
}

export interface Sender {
  /** There may be something new for those. */
  readonly wake: (webhooks: Iterable<string>) => void;
  /** Somebody asks to post now: the webhook's rest is over. */
  readonly rouse: (webhook: string) => void;
  readonly forget: (webhooks: Iterable<string>) => void;
  /** Breaks off what is under way; it waits for the next start. */
  readonly close: () => void;
}

export interface SenderParts {
  readonly outbox: Outbox;
  /** Asked before each post. */
  readonly permit: (webhook: string, type: WebhookEvent) => Promise<Permit>;
  readonly onGone: (webhook: string) => void;
  readonly onFailure: (error: unknown) => void;
  readonly anywhere: boolean;
}

export const makeSender = ({ outbox, permit, onGone, onFailure, anywhere }: SenderParts): Sender => {
  /** In turn: whoever had one goes to the end. */
  const active = new Map<string, Hook>();
  const idle = new Map<string, Hook>();
  const under = { quick: 0, slow: 0 };
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const settle = (of: Delivery, hook: Hook, t: number, posted: Posted): void => {
    const made: Try = { t, ...posted };
    const now = Date.now();
    const taken = "status" in posted && posted.status >= 200 && posted.status < 300;
    if (taken) {
      hook.failures = 0;
      hook.lane = now - t < QUICK_MS ? "quick" : "slow";
      outbox.tried(of, made, "delivered", of.next);
      return;
    }
    hook.lane = "slow";
    const rest = Math.min(RETRIES_MS[0] * 2 ** hook.failures++, LONGEST_REST_MS);
    hook.restsUntil = now + rest;
    const gone = "status" in posted && posted.status === GONE;
    const delay = gone ? undefined : RETRIES_MS[of.attempt];
    if (delay === undefined) outbox.tried(of, made, "given_up", of.next);
    else outbox.tried(of, made, "waiting", now + delay);
    if (gone) onGone(hook.id);
  };

  const deliver = async (of: Delivery, hook: Hook, signal: AbortSignal): Promise<void> => {
    const allowed = await permit(of.webhook, typeOf(of.number));
    if (signal.aborted) return;
    if (allowed === "unknown") return outbox.forget(of.webhook);
    if (allowed === "denied") return outbox.tried(of, undefined, "denied", of.next);
    const body = outbox.body(of);
    if (body === undefined) return; // It has become too old.
    const t = Date.now();
    const headers = signedHeaders(allowed.secret, eventId(of.account, of.number), t, body);
    const posted = await post(allowed.url, headers, body, { timeoutMs: TIMEOUT_MS, anywhere, signal });
    if (!signal.aborted) settle(of, hook, t, posted);
  };

  const begin = (of: Delivery, hook: Hook): void => {
    const control = new AbortController();
    const { lane } = hook;
    hook.under.set(of.number, control);
    under[lane]++;
    deliver(of, hook, control.signal)
      .catch(onFailure)
      .finally(() => {
        hook.under.delete(of.number);
        under[lane]--;
        hook.next = 0;
        pump();
      });
  };

  /** The next one of a webhook that may be posted now; else when to look again. */
  const find = (hook: Hook, now: number): Delivery | number => {
    const from = Math.max(hook.next, hook.restsUntil);
    if (from > now) return from;
    const due = outbox.due(hook.id, now, hook.under.size + 1).find(({ number }) => !hook.under.has(number));
    if (due) return due;
    hook.next = outbox.nextAfter(hook.id, now) ?? Number.POSITIVE_INFINITY;
    return hook.next;
  };

  const pump = (): void => {
    if (closed) return;
    clearTimeout(timer);
    const now = Date.now();
    let soonest = Number.POSITIVE_INFINITY;
    // Whoever gets one is looked at again, at the end.
    for (const [id, hook] of active) {
      const { lane } = hook;
      if (hook.under.size >= MOST_OF_ONE[lane] || under[lane] >= MOST[lane]) continue;
      const found = find(hook, now);
      if (typeof found === "number") {
        soonest = Math.min(soonest, found);
        if (found !== Number.POSITIVE_INFINITY || hook.under.size > 0) continue;
        active.delete(id);
        idle.set(id, hook);
        continue;
      }
      begin(found, hook);
      active.delete(id);
      active.set(id, hook);
    }
    if (soonest !== Number.POSITIVE_INFINITY)
      timer = setTimeout(pump, Math.min(Math.max(soonest - now, 0), LONGEST_TIMER_MS));
  };

  const activate = (id: string): Hook => {
    const known = active.get(id) ?? idle.get(id);
    const hook = known ?? { id, lane: "slow", under: new Map(), next: 0, failures: 0, restsUntil: 0 };
    idle.delete(id);
    hook.next = 0;
    active.set(id, hook);
    return hook;
  };

  return {
    wake: (webhooks) => {
      for (const id of webhooks) activate(id);
      pump();
    },
    rouse: (webhook) => {
      activate(webhook).restsUntil = 0;
      pump();
    },
    forget: (webhooks) => {
      for (const id of webhooks) {
        const hook = active.get(id) ?? idle.get(id);
        for (const control of hook?.under.values() ?? []) control.abort();
        active.delete(id);
        idle.delete(id);
        outbox.forget(id);
      }
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      for (const { under: posts } of active.values()) for (const control of posts.values()) control.abort();
    },
  };
};
