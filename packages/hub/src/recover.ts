import {
  apply,
  dump,
  type Effect,
  emptyState,
  isRefused,
  load,
  type Stamped,
  type State,
} from "@coinholder/engine";
import { type Journal, JournalError } from "@coinholder/journal";
import type { Logger } from "pino";
import type { History } from "./history/index.ts";

/** Replays one entry. What was accepted once is accepted again, or journal and program do not belong together. */
export const replay = (state: State, entry: string, seq: number): { effects: readonly Effect[] } => {
  const outcome = apply(state, JSON.parse(entry) as Stamped);
  if (isRefused(outcome) || !("effects" in outcome))
    throw new JournalError(
      "journal_damaged",
      `entry ${seq} is not accepted on replay: ${JSON.stringify(outcome)}`,
    );
  return outcome;
};

/** Replay is quicker than history writes: now and then it waits, or all effects would gather in memory. */
const follow = (history: History, seq: number, effects: readonly Effect[]): Promise<void> | undefined => {
  history.follow(seq, effects);
  return seq % 20_000 === 0 ? history.reached(seq) : undefined;
};

/**
 * Brings the state back: newest snapshot, then the journal's tail; and history to where the journal is, from the very
 * beginning if its file was taken away.
 */
export const recoverState = async (
  journal: Journal,
  history: History,
  log: Logger,
): Promise<{ state: State; replayed: number }> => {
  let state = emptyState();
  let historyIsBehind = false;
  const { seq, replayed, passedOver } = await journal.recover({
    loadSnapshot: async (lines, meta) => {
      state = await load(lines);
      historyIsBehind = history.position < meta.seq;
    },
    apply: (entry, at) => {
      const { effects } = replay(state, entry, at);
      return historyIsBehind ? undefined : follow(history, at, effects);
    },
  });
  for (const { seq: at, reason } of passedOver) log.warn({ seq: at, reason }, "a snapshot was passed over");
  if (historyIsBehind) {
    log.info({ from: history.position, to: seq }, "history is rebuilt from the journal");
    const scratch = emptyState();
    await journal.verify((entry, at) => follow(history, at, replay(scratch, entry, at).effects));
  }
  return { state, replayed };
};

/** The state as it is now, as lines; taken at once, so that it may change while they are written. */
export const stateLines = (state: State): string[] => [...dump(state)];
