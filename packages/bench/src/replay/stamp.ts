import { randomBytes } from "node:crypto";
import {
  apply,
  type By,
  type Command,
  type Effect,
  isRefused,
  type Send,
  type Stamped,
  type State,
} from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import type { Person } from "./traffic.ts";

/** A command that the engine has taken: what a journal has of it, and what came of it. */
export interface Made {
  readonly entry: string;
  readonly effects: readonly Effect[];
  readonly answer: unknown;
}

export interface Stamp {
  /** Undefined where the engine refuses it. */
  readonly may: (command: Command) => Made | undefined;
  readonly must: (command: Command) => Made;
  readonly by: (person: Person, fn: string) => By;
  readonly payment: (from: Person, to: Person, amount: Amount) => Send;
  readonly made: () => number;
}

/**
 * Carries out made-up commands, so many in a second of a made-up time (which decides how many nonces are remembered at a time).
 */
export const makeStamp = (state: State, perSecond: number, start: number = state.t): Stamp => {
  let made = 0;
  const may: Stamp["may"] = (command) => {
    const entry = JSON.stringify({ ...command, t: start + Math.floor((made * 1000) / perSecond) });
    // Through text, as a start from the journal brings it.
    const outcome = apply(state, JSON.parse(entry) as Stamped);
    if (isRefused(outcome) || !("effects" in outcome)) return undefined;
    made++;
    return { entry, effects: outcome.effects, answer: outcome.answer };
  };
  const by: Stamp["by"] = ({ token, account }, fn) => ({
    token,
    account,
    fn,
    nonce: [state.t as TimeMs, randomBytes(8).toString("hex")],
  });
  return {
    may,
    must: (command) => {
      const one = may(command);
      if (!one) throw new Error(`refused: ${JSON.stringify(command)}`);
      return one;
    },
    by,
    payment: (from, to, amount) => ({ kind: "send", by: by(from, "send-btc"), address: to.address, amount }),
    made: () => made,
  };
};
