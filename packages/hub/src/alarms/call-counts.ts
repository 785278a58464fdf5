import { isFunctionName } from "@coinholder/protocol";

/** How often each function was called, and what came of it. */
export interface CallCounts {
  /** @param outcome `ok`, or the code of the error */
  readonly count: (fn: string, outcome: string) => void;
  readonly all: () => Iterable<readonly [fn: string, outcome: string, count: number]>;
}

export const makeCallCounts = (): CallCounts => {
  const counts = new Map<string, Map<string, number>>();
  return {
    count: (fn, outcome) => {
      // Strangers may ask for any name: they share one, so that there is an end to the names.
      const name = isFunctionName(fn) ? fn : "unknown";
      const outcomes = counts.get(name) ?? new Map<string, number>();
      counts.set(name, outcomes);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    },
    all: function* () {
      for (const [fn, outcomes] of counts)
        for (const [outcome, count] of outcomes) yield [fn, outcome, count];
    },
  };
};
