import type { Action } from "./actions.ts";
import type { Plant } from "./plants.ts";
import { type Failure, runHub } from "./run.ts";

/** Numbers, names and hashes differ between runs that fail for one reason. */
const reasonOf = ({ message }: Failure): string =>
  message
    .replace(/\b(?:ac|ak|op|q)-[a-z2-7]{16}\b|[0-9a-f]{64}|[0-9]+/g, "#")
    .replace(/\(.*\)|\{.*\}/gs, "")
    .slice(0, 50);

/** Leaves out steps that are not needed for the same failure: halves first, then smaller parts, for some seconds. */
export const shrinkSteps = async (
  seed: number,
  actions: readonly Action[],
  failure: Failure,
  { seconds = 90, plant = {} }: { readonly seconds?: number; readonly plant?: Plant } = {},
): Promise<{ actions: readonly Action[]; failure: Failure }> => {
  const until = performance.now() + seconds * 1000;
  let smallest = { actions: actions.slice(0, failure.step + 1), failure };
  const { actions: first } = smallest;
  for (let part = Math.ceil(first.length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2))
    for (let from = 0; from < smallest.actions.length && performance.now() < until; ) {
      const fewer = [...smallest.actions.slice(0, from), ...smallest.actions.slice(from + part)];
      const { failure: still } = await runHub(seed, fewer, plant);
      if (still && reasonOf(still) === reasonOf(failure))
        smallest = { actions: fewer.slice(0, still.step + 1), failure: still };
      else from += part;
    }
  return smallest;
};
