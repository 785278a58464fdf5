import { someAreDue } from "@coinholder/engine";
import type { Sequencer } from "../sequencer.ts";

const EVERY_MS = 200;

/** What is held for options whose time is over is let go of now. */
export const expireDue = ({ state, now, run }: Pick<Sequencer, "state" | "now" | "run">): void => {
  if (someAreDue(state.options, now())) run({ kind: "expire-options" });
};

/** Does so again and again, whether or not the hub still has a desk. */
export const keepExpiring = (sequencer: Pick<Sequencer, "state" | "now" | "run">): { close: () => void } => {
  const timer = setInterval(() => {
    try {
      expireDue(sequencer);
    } catch {
      // The sequencer has told why the hub cannot go on.
      clearInterval(timer);
    }
  }, EVERY_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
};
