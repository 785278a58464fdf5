import {
  apply,
  assert,
  type Effect,
  emptyState,
  fetchAhead,
  formFault,
  isRefused,
  load,
  type Stamped,
  type State,
} from "@coinholder/engine";
import { type Journal, JournalError, type Recovering } from "@coinholder/journal";
import type { Logger } from "pino";
import { besidesOf } from "./followed.ts";
import type { History } from "./history/index.ts";
import type { SnapshotAt } from "./snapshots.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

export interface Replayed {
  readonly command: Stamped;
  readonly effects: readonly Effect[];
}

/** Replays one entry. What was accepted once is accepted again, or journal and program do not belong together. */
export const replay = (state: State, entry: string, seq: number): Replayed =>
  carryOut(state, JSON.parse(entry) as Stamped, seq);

const carryOut = (state: State, command: Stamped, seq: number): Replayed => {
  const outcome = apply(state, command);
  if (isRefused(outcome) || !("effects" in outcome))
    throw new JournalError(
      "journal_damaged",
      `entry ${seq} is not accepted on replay: ${JSON.stringify(outcome)}`,
    );
  return { command, effects: outcome.effects };
};

/** A replay that is told ahead what comes. */
const replaying = () => {
  let commands: Stamped[] = [];
  let next = 0;
  return {
    ahead: (state: State, entries: readonly string[]): void => {
      // In one go: the parser knows from one command to the next what their members are.
      commands = JSON.parse(`[${entries.join(",")}]`) as Stamped[];
      assert(commands.length === entries.length, "each entry is one command");
      next = 0;
      fetchAhead(state, commands);
    },
    apply: (state: State, seq: number): Replayed => carryOut(state, commands[next++]!, seq),
  };
};

/** Brings a state back and nothing besides. */
export const recovering = (): Recovering & { readonly state: () => State } => {
  let state = emptyState();
  const { ahead, apply } = replaying();
  return {
    formFault,
    loadSnapshot: async (lines) => {
      state = await load(lines);
    },
    ahead: (entries) => ahead(state, entries),
    apply: (_entry, at) => void apply(state, at),
    state: () => state,
  };
};

/** Replay is quicker than history writes: now and then it waits, or all effects would gather in memory. */
const follow = (
  history: History,
  state: State,
  seq: number,
  command: Stamped,
  effects: readonly Effect[],
): Promise<void> | undefined => {
  if (seq <= history.position) return undefined; // It has it: nearly all of a replay after a crash.
  history.follow(seq, effects, besidesOf(state, seq, command, effects));
  return seq % 20_000 === 0 ? history.reached(seq) : undefined;
};

// Hardly any entry has to be waited for: an `await` for each would be most of a replay.
const both = (one: Promise<void> | undefined, other: Promise<void> | undefined): Promise<void> | undefined =>
  one && other ? one.then(() => other) : (one ?? other);

export interface Recovered {
  readonly state: State;
  /** Commands since the newest snapshot. */
  readonly replayed: number;
  /** The snapshot that was loaded. */
  readonly snapshot: SnapshotAt | undefined;
}

/**
 * Brings the state back: newest snapshot, then the journal's tail; and history and the webhooks' outbox to where the journal is, from
 * the very beginning if what they had was taken away.
 */
export const recoverState = async (
  journal: Journal,
  history: History,
  webhooks: Pick<Webhooks, "position" | "replayed">,
  log: Logger,
): Promise<Recovered> => {
  let state = emptyState();
  let historyIsBehind = false;
  let outboxIsBehind = false;
  let snapshot: SnapshotAt | undefined;
  const tail = replaying();
  const { seq, replayed } = await journal.recover({
    formFault,
    onPassedOver: (at, reason) =>
      log.warn(
        { seq: at, reason },
        "a snapshot is passed over: this start takes longer, since more of the journal is replayed",
      ),
    loadSnapshot: async (lines, meta) => {
      state = await load(lines);
      snapshot = { seq: meta.seq, t: state.t };
      historyIsBehind = history.position < meta.seq;
      outboxIsBehind = state.webhooks.made > 0 && webhooks.position < meta.seq;
    },
    ahead: (entries) => tail.ahead(state, entries),
    apply: (_entry, at) => {
      const { command, effects } = tail.apply(state, at);
      return both(
        historyIsBehind ? undefined : follow(history, state, at, command, effects),
        outboxIsBehind ? undefined : webhooks.replayed(state, at, command, effects),
      );
    },
  });
  if (historyIsBehind || outboxIsBehind) {
    log.info({ to: seq, historyIsBehind, outboxIsBehind }, "what follows the journal is brought up to it");
    const scratch = emptyState();
    await journal.verify((entry, at) => {
      const { command, effects } = replay(scratch, entry, at);
      return both(
        historyIsBehind ? follow(history, scratch, at, command, effects) : undefined,
        outboxIsBehind ? webhooks.replayed(scratch, at, command, effects) : undefined,
      );
    });
  }
  return { state, replayed, snapshot };
};
