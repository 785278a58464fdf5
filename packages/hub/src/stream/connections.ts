/** Connections open at a time, over all and from one source. */
export interface Connections {
  /** Counts one more; undefined where there is no room, and why. */
  readonly enter: (source: string) => "overloaded" | "rate_limited" | undefined;
  readonly leave: (source: string) => void;
}

/** So many cost about 200 MB. */
const MOST = 20_000;

export const makeConnections = (mostOfSource: number): Connections => {
  const of = new Map<string, number>();
  let all = 0;
  return {
    enter: (source) => {
      const own = of.get(source) ?? 0;
      if (all >= MOST) return "overloaded";
      if (own >= mostOfSource) return "rate_limited";
      all++;
      of.set(source, own + 1);
      return undefined;
    },
    leave: (source) => {
      all--;
      const own = of.get(source)! - 1;
      if (own === 0) of.delete(source);
      else of.set(source, own);
    },
  };
};
