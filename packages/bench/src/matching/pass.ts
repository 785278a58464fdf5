import type { Outcome, Workload } from "./workload.ts";

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

/**
 * Carries out a workload and answers the seconds that it took, without those of the prefill.
 * @param carryOut operation i; they come in turn
 */
export const carryOutAll = ({ count, prefill }: Workload, carryOut: (i: number) => void): number => {
  for (let i = 0; i < prefill; i++) carryOut(i);
  const start = process.hrtime.bigint();
  for (let i = prefill; i < count; i++) carryOut(i);
  return Number(process.hrtime.bigint() - start) / 1e9;
};
