import type { Seq } from "@coinholder/journal";

/** Who waits for a seq, in the order of the seqs (and of asking, for the same seq). */
export type Waiters = {
  wait(seq: Seq): Promise<void>;
  release(upTo: Seq): void;
  failAll(error: Error): void;
};

export function makeWaiters(): Waiters {
  const waiting: { seq: Seq; resolve(): void; reject(error: Error): void }[] = [];
  return {
    wait: (seq) =>
      new Promise((resolve, reject) => {
        // Almost always the newest seq, so looking from the end is one comparison.
        let at = waiting.length;
        while (at > 0 && waiting[at - 1]!.seq > seq) at--;
        waiting.splice(at, 0, { seq, resolve, reject });
      }),
    release(upTo) {
      let ready = 0;
      while (ready < waiting.length && waiting[ready]!.seq <= upTo) ready++;
      for (const { resolve } of waiting.splice(0, ready)) resolve();
    },
    failAll(error) {
      for (const { reject } of waiting.splice(0)) reject(error);
    },
  };
}
