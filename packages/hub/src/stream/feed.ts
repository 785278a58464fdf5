import { type Encoded, encoded } from "./encoded.ts";
import type { Pump, Work } from "./pump.ts";
import type { Reader } from "./reader.ts";

/** One reader's place in a feed. */
export interface Subscription {
  readonly reader: Reader;
  /** The last number that it was sent. */
  at: number;
  /** Asked before each message; once it answers false nothing more is sent. */
  readonly allowed: (() => boolean) | undefined;
}

/** What a reader has joined. */
export type Joined = Pick<Feed, "channel" | "account" | "leave">;

/** A channel: numbered updates, a snapshot for who comes, and the last updates for who comes back. */
export interface Feed {
  readonly channel: string;
  /** Whose, where it is an account's. */
  readonly account: string | undefined;
  /** The last number told. */
  readonly seq: () => number;
  readonly readers: () => number;
  /** Whether readers are still being sent something. */
  readonly busy: () => boolean;
  /** Tells what leads to number `last`. */
  readonly publish: (last: number, t: number, data: unknown) => void;
  /** @param after the last number that the reader has */
  readonly join: (reader: Reader, after: number | undefined, allowed?: () => boolean) => void;
  readonly leave: (subscription: Subscription) => void;
  /** Calls for each subscription. */
  readonly each: (look: (subscription: Subscription) => void) => void;
}

interface Kept {
  readonly first: number;
  readonly last: number;
  readonly message: Encoded;
}

/** Updates kept for who comes back: of a book that changes all the time, a minute and a half. */
const MOST_KEPT = 1_000;
/** A market's snapshot serves so many updates more, which are sent after it: many who come at once do not make many. */
const SNAPSHOT_SERVES = 50;

export interface FeedOptions {
  readonly channel: string;
  readonly account?: string;
  /** The number that it begins with. */
  readonly seq: number;
  /** How the channel stands at its last number. */
  readonly snapshot: () => { readonly t: number; readonly data: unknown };
  readonly onLeft?: () => void;
}

export const makeFeed = (pump: Pump, options: FeedOptions): Feed => {
  const of = {
    channel: options.channel,
    ...(options.account === undefined ? {} : { account: options.account }),
  };
  const serves = options.account === undefined ? SNAPSHOT_SERVES : 0;
  const subscriptions = new Set<Subscription>();
  let seq = options.seq;
  let kept: Kept[] = [];
  let snapshot: { readonly seq: number; readonly message: Encoded } | undefined;

  // What is being sent: each message to all who are there, in order.
  let queue: Kept[] = [];
  let current: { readonly update: Kept; readonly to: Iterator<Subscription> } | undefined;

  const work: Work = (most) => {
    let written = 0;
    while (written < most) {
      if (!current) {
        const update = queue.shift();
        if (!update) break;
        current = { update, to: subscriptions.values() };
      }
      const { value: subscription, done } = current.to.next();
      if (done) {
        current = undefined;
        continue;
      }
      // Who came meanwhile has it already.
      if (subscription.at >= current.update.last) continue;
      if (subscription.allowed && !subscription.allowed()) continue;
      subscription.at = current.update.last;
      subscription.reader.send(current.update.message);
      written++;
    }
    return written;
  };

  // Where in `kept` it goes on after a number; undefined where that is not kept, or lies within an update.
  const keptAfter = (after: number): number | undefined => {
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (kept[middle]!.first <= after) low = middle + 1;
      else high = middle;
    }
    if (low === kept.length) return after === seq ? low : undefined;
    return kept[low]!.first === after + 1 ? low : undefined;
  };

  const freshSnapshot = (): NonNullable<typeof snapshot> => {
    const recent = snapshot && keptAfter(snapshot.seq);
    if (snapshot && recent !== undefined && kept.length - recent <= serves) return snapshot;
    snapshot = { seq, message: encoded({ type: "snapshot", ...of, seq, ...options.snapshot() }) };
    return snapshot;
  };

  const feed: Feed = {
    channel: options.channel,
    account: options.account,
    seq: () => seq,
    readers: () => subscriptions.size,
    busy: () => current !== undefined || queue.length > 0,
    publish: (last, t, data) => {
      const first = seq + 1;
      if (last < first) throw new Error(`${options.channel}: ${last} was told after ${seq}`);
      const update = { first, last, message: encoded({ type: "update", ...of, first, last, t, data }) };
      seq = last;
      kept.push(update);
      if (kept.length > 2 * MOST_KEPT) kept = kept.slice(-MOST_KEPT);
      if (subscriptions.size === 0) return;
      const idle = !feed.busy();
      queue.push(update);
      if (idle) pump.start(work);
    },
    join: (reader, after, allowed) => {
      const subscription: Subscription = { reader, at: seq, allowed };
      const missed = after === undefined ? undefined : keptAfter(after);
      let from: number;
      if (missed !== undefined) {
        reader.send(encoded({ type: "resumed", ...of, seq: after! }));
        from = missed;
      } else {
        if (after !== undefined) reader.send(encoded({ type: "gap", ...of, after }));
        const { seq: at, message } = freshSnapshot();
        reader.send(message);
        from = keptAfter(at)!;
      }
      for (const { message } of kept.slice(from)) reader.send(message);
      if (!reader.open()) return;
      subscriptions.add(subscription);
      reader.subscriptions.set(feed, subscription);
    },
    leave: (subscription) => {
      subscriptions.delete(subscription);
      subscription.reader.subscriptions.delete(feed);
      if (subscriptions.size === 0) {
        queue = [];
        current = undefined;
        options.onLeft?.();
      }
    },
    each: (look) => {
      for (const subscription of [...subscriptions]) look(subscription);
    },
  };
  return feed;
};
