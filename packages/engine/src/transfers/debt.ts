import { type AccountIndex, balancesOf } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";

/** What leaves the hub does not come back to make a debt good. */
export const refusedInDebt = ({ config, ledger }: State, account: AccountIndex): Refused | undefined => {
  if (!ledger.debtors.has(account)) return undefined;
  const { currency, available } = balancesOf(ledger, account).find((balance) => balance.available < 0)!;
  return refuse("account_in_debt", { currency: config.currencies[currency]!.code, debt: -available });
};
