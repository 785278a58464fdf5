import type { Effect } from "@coinholder/engine";

/** Lets long polls wait until an invoice may stand differently. */
export interface InvoiceWatch {
  readonly tell: (effects: readonly Effect[]) => void;
  /** Resolves at the next change or after `ms`, whichever comes first. */
  readonly wait: (address: string, ms: number, source: string) => Promise<void>;
  /** Whether so many of this source wait that another one may not. */
  readonly isFull: (source: string) => boolean;
  /** Lets all who wait go on: the hub stops. */
  readonly close: () => void;
  readonly closed: () => boolean;
}

/** Each takes some 4 KB, and one connection can bring forty thousand a second. */
const MOST_OF_SOURCE = 10_000;

export const makeInvoiceWatch = (): InvoiceWatch => {
  const waiting = new Map<string, Set<() => void>>();
  const bySource = new Map<string, number>();
  const count = (source: string, more: number): void => {
    const now = (bySource.get(source) ?? 0) + more;
    if (now === 0) bySource.delete(source);
    else bySource.set(source, now);
  };
  let closed = false;
  return {
    isFull: (source) => (bySource.get(source) ?? 0) >= MOST_OF_SOURCE,
    closed: () => closed,
    tell: (effects) => {
      for (const effect of effects)
        if (effect.is === "invoice") for (const go of waiting.get(effect.address) ?? []) go();
    },
    wait: (address, ms, source) =>
      new Promise((resolve) => {
        if (closed) return resolve();
        const own = waiting.get(address) ?? new Set();
        waiting.set(address, own);
        const go = (): void => {
          clearTimeout(timer);
          own.delete(go);
          count(source, -1);
          if (own.size === 0) waiting.delete(address);
          resolve();
        };
        const timer = setTimeout(go, ms);
        own.add(go);
        count(source, 1);
      }),
    close: () => {
      closed = true;
      for (const own of [...waiting.values()]) for (const go of [...own]) go();
    },
  };
};
