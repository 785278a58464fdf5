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

/** So many are decoded at a time. */
const BLOCK = 1000;

/**
 * Carries out a workload and answers the seconds that it took, without decoding: as wherever commands come from outside, each is decoded
 * shortly before and still in the processor's cache. Those of the prefill are not timed.
 * @param decode operation i; they come in turn
 */
export const carryOutAll = <Command>(
  { count, prefill }: Workload,
  decode: (i: number) => Command,
  carryOut: (command: Command, i: number) => void,
): number => {
  const block = new Array<Command>(BLOCK);
  let nanoseconds = 0n;
  for (let from = 0; from < count; ) {
    const to = Math.min(from + BLOCK, from < prefill ? prefill : count);
    for (let i = from; i < to; i++) block[i - from] = decode(i);
    const start = process.hrtime.bigint();
    for (let i = from; i < to; i++) carryOut(block[i - from]!, i);
    if (from >= prefill) nanoseconds += process.hrtime.bigint() - start;
    from = to;
  }
  return Number(nanoseconds) / 1e9;
};
