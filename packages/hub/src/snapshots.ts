import { dump } from "@coinholder/engine";
import type { Journal } from "@coinholder/journal";
import type { TimeMs } from "@coinholder/protocol";
import type { Logger } from "pino";
import type { Sequencer } from "./sequencer.ts";
import type { SnapshotText } from "./snapshot-text.ts";

/** Replaying more than this at the start is worth a snapshot, so that the next start is quick. */
const AFTER_REPLAY = 20_000;
/** While running: a replay of so many takes a few seconds. */
const EVERY = 1_000_000;

/** Position of a snapshot, and the time of the command there. */
export interface SnapshotAt {
  readonly seq: number;
  readonly t: TimeMs;
}

export interface Snapshots {
  /** The newest that was loaded or written. */
  readonly newest: () => SnapshotAt | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Writes a snapshot after a long replay, now and then while the hub runs, and when it stops (`close`). Without one the next start
 * only takes longer, so that a failure is logged and no more.
 * @param replayed commands since the newest snapshot
 * @param textAt makes a snapshot's text beside the hub; without it all lines are made at once, and everybody waits
 * @param loaded the one that the state came from
 */
export const keepSnapshots = (
  journal: Journal,
  sequencer: Pick<Sequencer, "state" | "onEffects">,
  replayed: number,
  log: Pick<Logger, "error">,
  textAt?: SnapshotText,
  every = EVERY,
  loaded?: SnapshotAt,
): Snapshots => {
  /** Of the newest attempt, and of the newest snapshot. */
  let tried = journal.lastSeq - replayed;
  let written = tried;
  let newest = loaded;
  let writing: Promise<void> | undefined;
  const closing = new AbortController();

  const beside = async (): Promise<void> => {
    const { head } = journal;
    const { t } = sequencer.state;
    tried = head.seq;
    await journal.snapshotText(head.seq, textAt!(head, closing.signal));
    written = head.seq;
    newest = { seq: written, t };
  };
  const here = async (): Promise<void> => {
    // Position and state of one moment. Nobody is served any more after `close`, so that the lines can be made as they are written.
    const seq = journal.lastSeq;
    const { t } = sequencer.state;
    const lines = closing.signal.aborted ? dump(sequencer.state) : [...dump(sequencer.state)];
    tried = seq;
    await journal.durable(seq);
    await journal.snapshot(seq, lines);
    written = seq;
    newest = { seq, t };
  };
  const snapshot = (): Promise<void> => {
    const isBeside = textAt !== undefined && !closing.signal.aborted;
    writing ??= (isBeside ? beside() : here())
      .catch((error) => {
        // The one that `close` breaks off makes room for a newer one.
        if (!(isBeside && closing.signal.aborted))
          log.error({ err: error }, "no snapshot could be written; the next start takes longer");
      })
      .finally(() => {
        writing = undefined;
      });
    return writing;
  };

  if (replayed >= AFTER_REPLAY) void snapshot();
  sequencer.onEffects((seq) => {
    if (seq - tried >= every) void snapshot();
  });
  return {
    newest: () => newest,
    close: async () => {
      closing.abort();
      await writing;
      if (journal.lastSeq > written) await snapshot();
    },
  };
};
