/** Does up to so many writes and answers how many it did; fewer than that: nothing is left to do. */
export type Work = (most: number) => number;

/** Spreads what goes to many readers over turns of the event loop, so that calls are answered in between. */
export interface Pump {
  readonly start: (work: Work) => void;
  readonly stop: () => void;
}

/** About a third of a millisecond: what a call may have to wait for, each time that it waits. */
const WRITES_A_TURN = 48;
/** So that a channel of few readers is not kept waiting by one of thousands. */
const WRITES_AT_ONCE = 16;

export const makePump = (): Pump => {
  let waiting: Work[] = [];
  let soon: NodeJS.Immediate | undefined;

  const turn = (): void => {
    soon = undefined;
    let left = WRITES_A_TURN;
    let next = 0;
    while (left > 0 && next < waiting.length) {
      const work = waiting[next++]!;
      const most = Math.min(left, WRITES_AT_ONCE);
      const done = work(most);
      if (done >= most) waiting.push(work);
      left -= Math.max(done, 1);
    }
    waiting = waiting.slice(next);
    if (waiting.length > 0) soon = setImmediate(turn);
  };

  return {
    start: (work) => {
      waiting.push(work);
      soon ??= setImmediate(turn);
    },
    stop: () => {
      waiting = [];
      clearImmediate(soon);
    },
  };
};
