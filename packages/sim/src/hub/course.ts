import type { Prng } from "../prng.ts";
import type { Book } from "./book.ts";
import type { Paid } from "./chain-steps.ts";
import type { Judging } from "./judge-answers.ts";
import type { Machine } from "./machine.ts";
import type { VirtualTime } from "./time.ts";

/** The longest that anything may take when nothing is in its way. */
export const PATIENCE_MS = 120_000;

/** All that a run is while it goes on. */
export interface Run {
  readonly time: VirtualTime;
  readonly machine: Machine;
  readonly book: Book;
  readonly judging: Judging;
  readonly random: Prng;
  readonly paid: Paid;
  readonly note: (line: string) => void;
  readonly count: (what: string) => void;
  /** What was wrong first. */
  failed: Error | undefined;
  /** Failed writes before this life began: if there are more, it may end of that. */
  failures: number;
  stopping: boolean;
}

/** What the hub must not be able to swallow. */
export const guarded =
  <A extends unknown[]>(run: Run, judge: (...of: A) => void) =>
  (...of: A): void => {
    try {
      judge(...of);
    } catch (error) {
      run.failed ??= error as Error;
    }
  };

export const diskFailed = ({ machine, failures }: Run): boolean => machine.disk.failures() > failures;

/** What callers sign for: the hub's time, as far as it told them. */
export const clock = ({ time, book }: Run): number => time.now() + book.ahead;

/** Lets time pass until the promise is settled, or the life is over. */
export const until = async (run: Run, promise: Promise<unknown>, over: () => boolean): Promise<boolean> => {
  const end = run.time.now() + PATIENCE_MS;
  while (run.time.now() < end && !over()) if (await run.time.passUntil(promise, 50, over)) return true;
  return over() ? false : run.time.passUntil(promise, 0);
};
