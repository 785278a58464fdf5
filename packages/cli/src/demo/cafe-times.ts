import { aside } from "./narrator.ts";

/** What happened when, in ms from one moment on. */
export interface Times {
  readonly mark: (what: string) => number;
  /** In the order in which it happened. */
  readonly print: () => void;
}

export const startTimes = (): Times => {
  const began = performance.now();
  const marks: { at: number; what: string }[] = [];
  return {
    mark: (what) => {
      const at = performance.now() - began;
      marks.push({ at, what });
      return at;
    },
    print: () => {
      for (const { at, what } of marks.sort((a, b) => a.at - b.at))
        aside(`${at.toFixed(0).padStart(6)} ms  ${what}`);
    },
  };
};
