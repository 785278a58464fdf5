import { setFlagsFromString } from "node:v8";

/** V8's own: 460, 920 and 1.2. A Node that does not know one of them says so on standard error, and goes on. */
const FLAGS = [
  "--max-inlined-bytecode-size=2000",
  "--max-inlined-bytecode-size-cumulative=6000",
  "--reserve-inline-budget-scale-factor=3",
];

/**
 * Has V8 compile more functions into one another than it would by itself. A command goes through many small functions in many files, where
 * its usual limits stop half-way: a hub took an eighth less time for a call through HTTP (BENCHMARKS.md). It is of the whole process, for
 * what is compiled from then on, so it stands at the very beginning.
 */
export const inlineFurther = (): void => {
  for (const flag of FLAGS) setFlagsFromString(flag);
};
