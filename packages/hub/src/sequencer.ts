import { apply, type Command, type Effect, type Outcome, type Stamped, type State } from "@coinholder/engine";
import type { Journal } from "@coinholder/journal";
import type { TimeMs } from "@coinholder/protocol";

/**
 * The one place where commands meet the state: stamp, apply, append. Nothing that came of a command may leave the hub
 * before `durable()`; the HTTP layer waits for it once, whatever a call did or read.
 */
export interface Sequencer {
  readonly state: State;
  /** The hub's clock: never behind the journal, nor behind what `pin` told. */
  readonly now: () => TimeMs;
  /** Tells the time, and holds to it: `now` is never before it, though the machine's clock be set back. */
  readonly pin: () => TimeMs;
  /** Carries a command out and has it journaled. A refusal changed nothing and is not journaled. */
  readonly run: (command: Command) => Outcome;
  /** Resolves when everything that was carried out so far is on disk; rejects with `outcome_unknown` if it cannot be. */
  readonly durable: () => Promise<void>;
  /** The same without a promise: called once, at once where all is on disk already. */
  readonly whenDurable: (callback: (error?: unknown) => void) => void;
  /** Called with each command right after it was carried out, before it is durable: nothing of it may be told yet. */
  readonly onApplied: (listener: (seq: number, command: Stamped, effects: readonly Effect[]) => void) => void;
  /** Called with each command's effects once they are durable, in order. */
  readonly onEffects: (listener: (seq: number, effects: readonly Effect[]) => void) => void;
  /** From now on `run` throws: the state stays as it is, for who writes it down. */
  readonly stop: () => void;
}

export const makeSequencer = (
  state: State,
  journal: Journal,
  clock: () => number,
  onBroken: (error: unknown) => void,
): Sequencer => {
  const appliedListeners: Parameters<Sequencer["onApplied"]>[0][] = [];
  const listeners: ((seq: number, effects: readonly Effect[]) => void)[] = [];
  let waiting: { seq: number; effects: readonly Effect[] }[] = [];
  let broken: unknown;
  let stopped = false;

  journal.onDurable((durableSeq) => {
    let done = 0;
    while (done < waiting.length && waiting[done]!.seq <= durableSeq) {
      const { seq, effects } = waiting[done++]!;
      for (const listener of listeners) listener(seq, effects);
    }
    waiting = waiting.slice(done);
  });

  let pinned = 0;
  // Not all that was ever told: a clock that is wrong for a moment does no harm where nothing is written down at that time.
  const now = (): TimeMs => Math.max(Math.floor(clock()), state.t, pinned) as TimeMs;
  const pin = (): TimeMs => {
    const t = now();
    pinned = t;
    return t;
  };

  const run = (command: Command): Outcome => {
    if (broken !== undefined) throw broken;
    if (stopped) throw new Error("the hub has stopped");
    // The spread first: V8 copies that in one go.
    const stamped = { ...command, t: now() } as Stamped;
    let outcome: Outcome;
    try {
      outcome = apply(state, stamped);
      if ("effects" in outcome) {
        const seq = journal.append(JSON.stringify(stamped));
        waiting.push({ seq, effects: outcome.effects });
        for (const listener of appliedListeners) listener(seq, stamped, outcome.effects);
      }
    } catch (error) {
      // The state may be half changed: only a replay can be trusted now.
      broken = error;
      onBroken(error);
      throw error;
    }
    return outcome;
  };

  return {
    state,
    now,
    pin,
    run,
    durable: () => (broken === undefined ? journal.durable(journal.lastSeq) : Promise.reject(broken)),
    whenDurable: (callback) => {
      if (broken !== undefined) callback(broken);
      else journal.whenDurable(journal.lastSeq, callback);
    },
    onApplied: (listener) => appliedListeners.push(listener),
    onEffects: (listener) => listeners.push(listener),
    stop: () => {
      stopped = true;
    },
  };
};
