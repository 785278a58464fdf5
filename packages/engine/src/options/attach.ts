import type { Stamped } from "../command.ts";
import type { Effect } from "../effects.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import type { AttachOption } from "./commands.ts";
import { exerciseAttached } from "./exercise.ts";
import { type Option, stateOfOption } from "./options.ts";

/** Refusals in order: option_unknown, option_not_open. The same again does nothing, and tells how it stands by then. */
export const attachOption = (
  state: State,
  command: Stamped<AttachOption>,
  effects: Effect[],
): object | Refused => {
  const { options } = state;
  const { t, txid } = command;
  const option = options.open.get(command.option) ?? options.ended.get(command.option);
  if (!option?.to) return refuse("option_unknown");
  if (option.txid === txid) return { status: statusOf(option, t) };
  if (option.txid !== undefined) return refuse("option_not_open", { state: "attached" });
  const standing = stateOfOption(option, t);
  if (standing !== "open") return refuse("option_not_open", { state: standing });
  option.txid = txid;
  exerciseAttached(state, option, t, effects);
  return { status: statusOf(option, t) };
};

const statusOf = (option: Option, t: Stamped["t"]): "exercised" | "waiting" | "expired" => {
  const standing = stateOfOption(option, t);
  return standing === "open" ? "waiting" : standing;
};
