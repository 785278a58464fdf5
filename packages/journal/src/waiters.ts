import type { JournalError } from "./error.ts";
import type { Seq } from "./group.ts";

/** Called once: with nothing when the entry is durable, with `outcome_unknown` when that will never be known. */
export type WhenDurable = (error?: JournalError) => void;

/** Callbacks that wait for a seq, kept in the order of their seqs (and of asking, for the same seq). */
export type Waiters = {
  add(seq: Seq, callback: WhenDurable): void;
  release(upTo: Seq): void;
  failAll(error: JournalError): void;
};

export function makeWaiters(): Waiters {
  let waiting: { seq: Seq; callback: WhenDurable }[] = [];
  return {
    add(seq, callback) {
      // Almost always the newest seq, so looking from the end is one comparison.
      let at = waiting.length;
      while (at > 0 && waiting[at - 1]!.seq > seq) at--;
      if (at === waiting.length) waiting.push({ seq, callback });
      else waiting.splice(at, 0, { seq, callback });
    },
    release(upTo) {
      let ready = 0;
      while (ready < waiting.length && waiting[ready]!.seq <= upTo) ready++;
      for (const { callback } of waiting.splice(0, ready)) callGuarded(callback);
    },
    failAll(error) {
      const failed = waiting;
      waiting = [];
      for (const { callback } of failed) callGuarded(() => callback(error));
    },
  };
}

/** A callback that throws is a bug and ends the process as one, but must not keep the others from being called. */
export function callGuarded(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
