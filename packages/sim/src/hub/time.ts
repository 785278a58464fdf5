import FakeTimers, { type Clock } from "@sinonjs/fake-timers";

/** Time of a process in which nothing waits for anything real: it passes when the simulation says so. */
export interface VirtualTime {
  readonly now: () => number;
  /** Lets that many ms pass; what is due runs in order, and everything that follows from it before the next. */
  readonly pass: (ms: number) => Promise<void>;
  /** What is due now, and all that follows from it at once. */
  readonly settle: () => Promise<void>;
  /** Lets time pass until the promise is settled or it is `over`, at most that long; answers whether it is settled. */
  readonly passUntil: (promise: Promise<unknown>, mostMs: number, over?: () => boolean) => Promise<boolean>;
  /** Somebody sets the machine's clock; what waits, waits as long as before. */
  readonly jump: (ms: number) => void;
  /** Nothing that waits will ever run. */
  readonly forgetTimers: () => void;
  readonly end: () => void;
}

const realTurn = setImmediate;
/** All that promises and ticks still have to do. With no real input or output under way one turn of the event loop is enough. */
const drain = (): Promise<void> => new Promise((resolve) => realTurn(resolve));

interface Waiting {
  readonly callAt: number;
}

/** Takes the place of Date, performance and all timers in this process. */
export const startTime = (startMs: number): VirtualTime => {
  const clock: Clock = FakeTimers.install({
    now: startMs,
    toFake: [
      "Date",
      "performance",
      "setTimeout",
      "clearTimeout",
      "setInterval",
      "clearInterval",
      "setImmediate",
      "clearImmediate",
    ],
  });
  const timers = (): Map<number, Waiting> =>
    (clock as unknown as { timers?: Map<number, Waiting> }).timers ?? new Map();
  const nextAt = (): number => {
    let least = Number.POSITIVE_INFINITY;
    for (const { callAt } of timers().values()) least = Math.min(least, callAt);
    return least;
  };

  const runUntil = async (end: number, done: () => boolean = () => false): Promise<void> => {
    await drain();
    while (!done() && nextAt() <= end) {
      clock.next();
      await drain();
    }
  };

  return {
    now: () => clock.now,
    pass: async (ms) => {
      const end = clock.now + ms;
      await runUntil(end);
      if (clock.now < end) clock.tick(end - clock.now);
      await drain();
    },
    settle: () => runUntil(clock.now),
    passUntil: async (promise, mostMs, over = () => false) => {
      let settled = false;
      const note = (): void => {
        settled = true;
      };
      promise.then(note, note);
      const end = clock.now + mostMs;
      await runUntil(end, () => settled || over());
      if (!settled && !over() && clock.now < end) {
        clock.tick(end - clock.now);
        await drain();
      }
      return settled;
    },
    jump: (ms) => clock.setSystemTime(clock.now + ms),
    forgetTimers: () => {
      const { now } = clock;
      clock.reset();
      clock.setSystemTime(now);
    },
    end: () => clock.uninstall(),
  };
};
