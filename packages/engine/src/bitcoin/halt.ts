import type { TimeMs } from "@coinholder/protocol";
import type { Stamped } from "../command.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import type { HaltWithdrawals } from "./commands.ts";

/**
 * Why payments by chain stand still:
 * - `deep_reorganisation`: more blocks were undone than `config.deepReorg`;
 * - `coin_spent_elsewhere`: a coin of the hub's was spent by a transaction that it did not make: the seed may be known to others;
 * - `operator`: it was asked for.
 */
export type HaltReason = "deep_reorganisation" | "coin_spent_elsewhere" | "operator";

export interface Halt {
  readonly reason: HaltReason;
  readonly t: TimeMs;
  /** For the operator: which blocks, which coin, or the words given with the order; empty where there were none. */
  readonly detail: string;
}

const GRAVITY: Readonly<Record<HaltReason, number>> = {
  operator: 0,
  deep_reorganisation: 1,
  coin_spent_elsewhere: 2,
};

/** Stops payments by chain. What stopped them before stays told, unless this is graver. */
export const halt = (state: State, next: Halt): void => {
  const { chain } = state;
  if (chain.halt === undefined || GRAVITY[next.reason] > GRAVITY[chain.halt.reason]) chain.halt = next;
};

export const haltWithdrawals = (state: State, { reason, t, why = "" }: Stamped<HaltWithdrawals>): object => {
  halt(state, { reason, t, detail: why });
  return {};
};

export const resumeWithdrawals = (state: State): object | Refused => {
  if (state.chain.halt === undefined) return refuse("not_halted");
  state.chain.halt = undefined;
  return {};
};
