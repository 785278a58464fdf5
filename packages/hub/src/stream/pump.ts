/** Does up to so many writes and answers how many it did; fewer than that: nothing is left to do. */
export type Work = (most: number) => number;

/** Spreads what goes to many readers over turns of the event loop, so that calls are answered in between. */
export interface Pump {
  readonly start: (work: Work) => void;
  readonly stop: () => void;
}

/** What a call may have to wait for, each time that it waits: for itself to be read, and for the disk. */
const TURN_MS = 0.15;
/** Where calls take longer than that between two turns, readers get this share of it, so that they are not left behind. */
const SHARE = 0.25;
const LONGEST_TURN_MS = 2;
/** So that a channel of few readers is not kept waiting by one of thousands. */
const WRITES_AT_ONCE = 8;

export const makePump = (): Pump => {
  let waiting: Work[] = [];
  let soon: NodeJS.Immediate | undefined;
  let ended = 0;

  const turn = (): void => {
    const began = performance.now();
    const until = began + Math.min(Math.max(TURN_MS, SHARE * (began - ended)), LONGEST_TURN_MS);
    let next = 0;
    do {
      const work = waiting[next++]!;
      if (work(WRITES_AT_ONCE) >= WRITES_AT_ONCE) waiting.push(work);
      ended = performance.now();
    } while (next < waiting.length && ended < until);
    waiting = waiting.slice(next);
    soon = undefined;
    if (waiting.length > 0) goOn();
  };

  // Not at once: what was put off to the end of a turn while calls were read, such as their group's way to the disk, would wait
  // for one more turn of ours.
  const goOn = (): void => {
    soon = setImmediate(() => {
      soon = setImmediate(turn);
    });
  };

  return {
    start: (work) => {
      waiting.push(work);
      if (soon) return;
      ended = performance.now();
      goOn();
    },
    stop: () => {
      waiting = [];
      clearImmediate(soon);
    },
  };
};
