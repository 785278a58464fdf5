import { assert } from "../assert.ts";
import type { Effect } from "../effects.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import type { CrossingTo, CrossingTold } from "./commands.ts";

/** A payment to another hub, to be told to it; kept as long as its withdrawal. */
export interface Crossing {
  readonly transfer: number;
  readonly account: AccountIndex;
  readonly to: CrossingTo;
  /** Undefined while it is still to be told. */
  told: Omit<CrossingTold, "kind" | "transfer"> | undefined;
}

export const openCrossing = (
  state: State,
  transfer: number,
  account: AccountIndex,
  to: CrossingTo,
  effects: Effect[],
): void => {
  assert(
    state.withdrawals.get(transfer)?.pledged === true,
    "only what is pledged carries the hub's identity",
  );
  state.crossings.set(transfer, { transfer, account, to, told: undefined });
  effects.push({ is: "crossing", transfer, account });
};

export const crossingTold = (
  state: State,
  { transfer, identity, option, given_up }: CrossingTold,
  effects: Effect[],
): object | Refused => {
  const crossing = state.crossings.get(transfer);
  if (!crossing || crossing.told) return refuse("transfer_unknown");
  crossing.told = { identity, option, given_up };
  effects.push({ is: "crossing", transfer, account: crossing.account, told: crossing.told });
  return {};
};

/** It will be paid by another transaction, which is to be told anew. */
export const reopenCrossing = (state: State, transfer: number, effects: Effect[]): void => {
  const crossing = state.crossings.get(transfer);
  if (!crossing) return;
  crossing.told = undefined;
  effects.push({ is: "crossing", transfer, account: crossing.account });
};

/** Those that are still to be told, oldest first. */
export const openCrossings = ({ crossings }: State): Crossing[] =>
  [...crossings.values()].filter(({ told }) => told === undefined);
