import {
  apply,
  assert,
  type Effect,
  emptyState,
  isRefused,
  type Stamped,
  type State,
} from "@coinholder/engine";
import { hear, nothingTold, type Told } from "../effects.ts";
import { judge } from "../twin/judge.ts";
import { newTwin, type Twin } from "../twin/twin.ts";

/** An entry of the journal, read. */
export interface Entry {
  readonly seq: number;
  readonly text: string;
  readonly command: Stamped;
  readonly effects: readonly Effect[];
}

/**
 * What must be, from the journal's entries alone: the engine's state by replay, the plain twin's judgement, and what the effects
 * told. Entry by entry it is there the moment that the hub takes them.
 */
export interface Shadow {
  readonly state: State;
  readonly twin: Twin;
  readonly told: Told;
  readonly entries: Entry[];
  /** The next entry. Throws where the rules do not allow it. */
  readonly take: (seq: number, text: string) => Entry;
  /** A command that came to nothing. Throws where it should have come to something else. */
  readonly refuse: (command: Stamped, code: string) => void;
}

export const newShadow = (): Shadow => {
  const state = emptyState();
  const twin = newTwin();
  const told = nothingTold();
  const entries: Entry[] = [];
  return {
    state,
    twin,
    told,
    entries,
    take: (seq, text) => {
      assert(seq === entries.length + 1, `entry ${seq} follows ${entries.length}`);
      const command = JSON.parse(text) as Stamped;
      const before = entries.at(-1)?.command.t ?? 0;
      assert(command.t >= before, `entry ${seq}: time goes back from ${before} to ${command.t}`);
      const outcome = apply(state, command);
      if (isRefused(outcome) || !("effects" in outcome))
        throw new Error(
          `entry ${seq}, ${command.kind}, is not accepted on replay: ${JSON.stringify(outcome)}`,
        );
      const verdict = judge(twin, command);
      assert(verdict === "done", `entry ${seq}, ${command.kind}, was done; the twin says ${verdict}`);
      hear(told, state, outcome.effects);
      const entry = { seq, text, command, effects: outcome.effects };
      entries.push(entry);
      return entry;
    },
    refuse: (command, code) => {
      const verdict = judge(twin, command);
      assert(verdict === code, `${command.kind} came to ${code}; the twin says ${verdict}`);
    },
  };
};
