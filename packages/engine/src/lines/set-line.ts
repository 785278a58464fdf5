import { addAccount, LINES_ID } from "../accounts/accounts.ts";
import type { Stamped } from "../command.ts";
import type { Effect } from "../effects.ts";
import type { State } from "../state.ts";
import type { SetLine } from "./commands.ts";
import { identityOf } from "./record.ts";

/** The first ceiling makes the account that what is credited early is paid from. */
export const setLine = (state: State, command: Stamped<SetLine>, effects: Effect[]): object => {
  const { accounts, ledger, lines } = state;
  const { ceiling, identity, t } = command;
  if (lines.account < 0) {
    lines.account = addAccount(accounts, LINES_ID, undefined, undefined).index;
    ledger.mayOwe.add(lines.account);
  }
  if (identity === undefined) lines.ceiling = ceiling;
  else identityOf(lines, identity, undefined, t).ceiling = ceiling;
  effects.push({ is: "line", event: "ceiling", identity: identity ?? "", t, amount: ceiling });
  return {};
};
