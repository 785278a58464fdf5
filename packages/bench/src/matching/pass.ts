import type { Outcome } from "./workload.ts";

/** One pass over a workload, upon a fresh book. */
export interface Pass {
  readonly resting: number;
  readonly operations: number;
  /** Ours: through `apply`, which also looks up key, account and permission, and tells how each level changed. */
  readonly whole?: boolean;
}

/** Throws unless an engine's book ended as the plain one did, to the last order of every queue. */
export const checkBook = (book: Outcome["book"], plain: Outcome["book"]): void => {
  const differs = plain.findIndex(([number, open], i) => book[i]?.[0] !== number || book[i]?.[1] !== open);
  if (differs >= 0 || book.length !== plain.length)
    throw new Error(`the plain book has ${plain[differs]} as order ${differs}, the engine ${book[differs]}`);
};
