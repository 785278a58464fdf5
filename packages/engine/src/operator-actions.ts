import { assert } from "./assert.ts";
import type { OperatorAction, OperatorActionEnded } from "./command.ts";
import type { State } from "./state.ts";

/** As the audit tells them: names and values as on the function's own page, never a secret. */
export type ToldParams = Readonly<Record<string, string | number>>;

/** `unknown`: the hub stopped before it could write down how it ended. */
export type ActionOutcome = "done" | "failed" | "unknown";

export interface OperatorActions {
  /** How many went on after they were written down. */
  begun: number;
  /** Of those, by number: they have not ended. */
  readonly open: Set<number>;
}

export const noActions = (): OperatorActions => ({ begun: 0, open: new Set() });

/** Answers the number of one that goes on. */
export const operatorAction = ({ actions }: State, { goesOn }: OperatorAction): { action?: number } => {
  if (!goesOn) return {};
  const action = ++actions.begun;
  actions.open.add(action);
  return { action };
};

export const operatorActionEnded = ({ actions }: State, { action }: OperatorActionEnded): object => {
  assert(actions.open.delete(action), `action ${action} goes on`);
  return {};
};

export const checkActions = ({ begun, open }: OperatorActions): void => {
  for (const action of open) assert(action >= 1 && action <= begun, `action ${action} was begun`);
};
