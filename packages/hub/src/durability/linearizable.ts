/**
 * Whether what concurrent clients saw can be explained by one order of their calls, each taking effect at one moment between
 * its start and its answer (Herlihy and Wing, «Linearizability», 1990). The search is that of Wing and Gong (1993), remembering
 * where it has been (Lowe, «Testing for linearizability», 2017).
 */
export interface Model<State, Op> {
  readonly first: State;
  /** The state after the call took effect here and gave what it gave; undefined where it could not have. */
  readonly step: (state: State, op: Op) => State | undefined;
  /** Equal for equal states only. */
  readonly keyOf: (state: State) => string;
}

export interface Seen<Op> {
  readonly op: Op;
  /** When the call was sent: any count that grows. */
  readonly start: number;
  /** When its answer was there; undefined where none came: it may take effect at any time after its start, or never. */
  readonly end: number | undefined;
}

/** An order of the calls that explains them (by index; unanswered ones that never took effect are left out), or undefined. */
export const explain = <State, Op>(
  { first, step, keyOf }: Model<State, Op>,
  history: readonly Seen<Op>[],
): readonly number[] | undefined => {
  const calls = history.map((one, index) => ({ ...one, index })).sort((a, b) => a.start - b.start);
  const isPlaced = new Uint8Array(calls.length);
  const been = new Set<string>();
  const path: { state: State; at: number }[] = [];
  let answeredLeft = calls.filter(({ end }) => end !== undefined).length;
  /** All calls before this one, in order of their starts, are placed. */
  let low = 0;
  let state = first;
  /** Where to go on looking for the next call. */
  let from = 0;

  /** Who may be next: no answered call that is left was answered before it began. */
  const nextOf = (from: number): number | undefined => {
    let deadline = Number.POSITIVE_INFINITY;
    for (let at = low; at < calls.length && calls[at]!.start <= deadline; at++)
      if (!isPlaced[at]) deadline = Math.min(deadline, calls[at]!.end ?? deadline);
    for (let at = Math.max(from, low); at < calls.length && calls[at]!.start <= deadline; at++)
      if (!isPlaced[at]) return at;
    return undefined;
  };
  const keyOfPlace = (): string => {
    const beyond: number[] = [];
    for (let at = low; at < calls.length; at++) if (isPlaced[at]) beyond.push(at);
    return `${low} ${beyond.join()} ${keyOf(state)}`;
  };
  const place = (at: number, placed: 0 | 1): void => {
    isPlaced[at] = placed;
    if (calls[at]!.end !== undefined) answeredLeft += placed ? -1 : 1;
    if (placed) while (low < calls.length && isPlaced[low]) low++;
    else low = Math.min(low, at);
  };

  while (answeredLeft > 0) {
    const at = nextOf(from);
    if (at === undefined) {
      const last = path.pop();
      if (!last) return undefined;
      place(last.at, 0);
      state = last.state;
      from = last.at + 1;
      continue;
    }
    const after = step(state, calls[at]!.op);
    if (after !== undefined) {
      const before = state;
      place(at, 1);
      state = after;
      const key = keyOfPlace();
      if (!been.has(key)) {
        been.add(key);
        path.push({ state: before, at });
        from = 0;
        continue;
      }
      place(at, 0);
      state = before;
    }
    from = at + 1;
  }
  return path.map(({ at }) => calls[at]!.index);
};
