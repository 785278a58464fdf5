import type { Stamped } from "@coinholder/engine";
import { type Failure, run } from "./run.ts";

// Numbers and texts differ between runs that fail for one reason.
const reasonOf = (message: string): string => message.replace(/[0-9]+/g, "#").slice(0, 60);

/** Leaves out what is not needed for the same failure: halves first, then smaller parts, for some seconds. */
export const shrink = async (seed: number, failure: Failure, seconds = 20): Promise<Failure> => {
  const until = performance.now() + seconds * 1000;
  let smallest = failure;
  for (
    let part = Math.ceil(smallest.commands.length / 2);
    part >= 1;
    part = part === 1 ? 0 : Math.ceil(part / 2)
  ) {
    for (let from = 0; from < smallest.commands.length && performance.now() < until; ) {
      const fewer: Stamped[] = [...smallest.commands.slice(0, from), ...smallest.commands.slice(from + part)];
      const { failure: still } = await run(seed, fewer.length, fewer);
      if (still && reasonOf(still.message) === reasonOf(failure.message)) smallest = still;
      else from += part;
    }
  }
  return smallest;
};
