/** Limits how often something may be done per source: `burst` at once, then one every `everyMs`. */
export interface TokenBucket {
  /** Takes one, or answers after how many ms to try again. */
  readonly take: (source: string, nowMs: number) => number | undefined;
  /** As `take`, without taking. */
  readonly wait: (source: string, nowMs: number) => number | undefined;
}

/** Sources remembered at most; beyond it the longest unseen are forgotten, which only ever lets more through. */
const MOST_SOURCES = 100_000;

export const tokenBucket = (burst: number, everyMs: number): TokenBucket => {
  // When a source's bucket will be full again, longest unseen first.
  const fullAt = new Map<string, number>();
  const wait = (source: string, nowMs: number): number | undefined => {
    const full = Math.max(fullAt.get(source) ?? 0, nowMs);
    const over = full + everyMs - nowMs - burst * everyMs;
    return over > 0 ? over : undefined;
  };
  return {
    wait,
    take: (source, nowMs) => {
      const over = wait(source, nowMs);
      if (over !== undefined) return over;
      const full = Math.max(fullAt.get(source) ?? 0, nowMs) + everyMs;
      fullAt.delete(source);
      fullAt.set(source, full);
      if (fullAt.size > MOST_SOURCES) fullAt.delete(fullAt.keys().next().value!);
      return undefined;
    },
  };
};
