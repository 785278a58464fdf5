import type { State } from "@coinholder/engine";
import type { Journal } from "@coinholder/journal";
import type { Logger } from "pino";
import { stateLines } from "./recover.ts";
import type { Sequencer } from "./sequencer.ts";

/** Replaying more than this at the start is worth a snapshot, so that the next start is quick. */
const AFTER_REPLAY = 20_000;
/** While running: writing the state out holds everybody up for a moment, a replay of so many takes a few seconds. */
const EVERY = 1_000_000;

/**
 * Writes a snapshot after a long replay, now and then while the hub runs, and when it stops (`close`). Without one the next start
 * only takes longer, so that a failure is logged and no more.
 */
export const keepSnapshots = async (
  journal: Journal,
  sequencer: Sequencer,
  replayed: number,
  log: Logger,
): Promise<{ close: () => Promise<void> }> => {
  const state: State = sequencer.state;
  let last = journal.lastSeq - replayed;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    // Position and state of one moment; commands go on while they are written.
    const seq = journal.lastSeq;
    const lines = stateLines(state);
    last = seq;
    await journal.durable(seq);
    await journal.snapshot(seq, lines);
  };
  const snapshot = (): Promise<void> => {
    writing ??= write()
      .catch((error) =>
        log.error({ err: error }, "no snapshot could be written; the next start takes longer"),
      )
      .finally(() => {
        writing = undefined;
      });
    return writing;
  };

  if (replayed >= AFTER_REPLAY) await snapshot();
  sequencer.onEffects((seq) => {
    if (seq - last >= EVERY) void snapshot();
  });
  return {
    close: async () => {
      await writing;
      if (journal.lastSeq > last) await snapshot();
    },
  };
};
