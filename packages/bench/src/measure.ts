/** One line of the table: ours beside its yardstick, both medians of the same interleaved rounds. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly yardstick: { readonly what: string; readonly value: number };
  /** The aim in words, and whether this run met it. */
  readonly aim?: { readonly what: string; readonly met: boolean };
}

/** What one name on the command line measures. `say` tells a waiting person what is going on. */
export type Measure = (say: (what: string) => void) => Promise<Figure[]>;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/**
 * Runs the contestants one after the other, round by round, so that whatever else the machine does meets all of them. The
 * first round warms up and is left out. Answers each one's median.
 */
export const interleaved = async <N extends string>(
  rounds: number,
  contestants: Readonly<Record<N, () => Promise<number>>>,
): Promise<Record<N, number>> => {
  const names = Object.keys(contestants) as N[];
  const values = new Map<N, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const name of names) {
      const value = await contestants[name]();
      if (round > 0) values.get(name)!.push(value);
    }
  return Object.fromEntries(names.map((name) => [name, median(values.get(name)!)])) as Record<N, number>;
};
