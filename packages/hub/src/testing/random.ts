/** Numbers that look random and are the same for the same seed (mulberry32, public domain). */
export interface Random {
  /** From 0, below `below`, whole. */
  readonly below: (below: number) => number;
  readonly one: <T>(of: readonly T[]) => T;
  /** True in that share of cases. */
  readonly chance: (share: number) => boolean;
}

export const randomOf = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { below, one: (of) => of[below(of.length)]!, chance: (share) => next() < share };
};
