import type { Progress } from "@coinholder/client";
import { dim } from "./terminal.ts";

/** How often what is under way is told anew, in ms. */
const OFTEN_MS = 100;
/** What takes less needs no words, in ms. */
const PATIENCE_MS = 1_000;

const { stderr } = process;
const show = (text: string): void => {
  stderr.write(`\r${dim(text, stderr)}\u001b[K`);
};
const clear = (): void => {
  stderr.write("\r\u001b[K");
};

/** Counts rows in one line of the terminal, on standard error, and takes it away at the end. Without a terminal nothing is said. */
export const showProgress = (what: string): { readonly count: Progress; readonly end: () => void } => {
  if (!stderr.isTTY) return { count: () => {}, end: () => {} };
  let shownAt = 0;
  return {
    count: (rows) => {
      if (performance.now() - shownAt < OFTEN_MS) return;
      shownAt = performance.now();
      show(`${rows} ${what}`);
    },
    end: () => {
      if (shownAt > 0) clear();
    },
  };
};

/** Says on the terminal what is waited for, and for how long already, until it has come. */
export const whileWaiting = async <T>(what: string, work: Promise<T>): Promise<T> => {
  if (!stderr.isTTY) return work;
  const began = performance.now();
  let shown = false;
  const timer = setInterval(() => {
    shown = true;
    show(`${what}: ${Math.round((performance.now() - began) / 1000)} s`);
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (shown) clear();
  }
};
