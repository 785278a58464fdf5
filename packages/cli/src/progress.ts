import type { Progress } from "@coinholder/client";
import { dim } from "./terminal.ts";

/** How often a line is written where it cannot be overwritten, in rows. */
const EVERY = 10_000;

/** Counts rows on standard error: in one line of a terminal, else now and then. Nothing where a program reads. */
export const showProgress = (
  what: string,
  json: boolean,
): { readonly count: Progress; readonly end: () => void } => {
  const { stderr } = process;
  if (json) return { count: () => {}, end: () => {} };
  if (stderr.isTTY)
    return {
      count: (rows) => stderr.write(`\r${dim(`${rows} ${what}`, stderr)}`),
      end: () => stderr.write("\n"),
    };
  let told = 0;
  let now = 0;
  const tell = (): void => {
    told = now;
    stderr.write(`${now} ${what}\n`);
  };
  return {
    count: (rows) => {
      now = rows;
      if (now - told >= EVERY) tell();
    },
    end: () => {
      if (now !== told || now === 0) tell();
    },
  };
};
