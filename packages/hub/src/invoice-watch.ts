import type { Effect } from "@coinholder/engine";

/** Lets long polls wait until an invoice may stand differently. */
export interface InvoiceWatch {
  readonly tell: (effects: readonly Effect[]) => void;
  /** Resolves at the next change or after `ms`, whichever comes first. */
  readonly wait: (address: string, ms: number) => Promise<void>;
  /** Lets all who wait go on: the hub stops. */
  readonly close: () => void;
  readonly closed: () => boolean;
}

export const makeInvoiceWatch = (): InvoiceWatch => {
  const waiting = new Map<string, Set<() => void>>();
  let closed = false;
  return {
    closed: () => closed,
    tell: (effects) => {
      for (const effect of effects)
        if (effect.is === "invoice") for (const go of waiting.get(effect.address) ?? []) go();
    },
    wait: (address, ms) =>
      new Promise((resolve) => {
        if (closed) return resolve();
        const own = waiting.get(address) ?? new Set();
        waiting.set(address, own);
        const go = (): void => {
          clearTimeout(timer);
          own.delete(go);
          if (own.size === 0) waiting.delete(address);
          resolve();
        };
        const timer = setTimeout(go, ms);
        own.add(go);
      }),
    close: () => {
      closed = true;
      for (const own of [...waiting.values()]) for (const go of [...own]) go();
    },
  };
};
