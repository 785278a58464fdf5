import { type Account, countOfKeys } from "@coinholder/engine";
import type { Hub } from "../hub.ts";
import { findAccounts } from "./account-search.ts";
import { balances } from "./accounts.ts";
import type { Handlers } from "./call.ts";
import { caughtUp } from "./market-data.ts";

const toldAccount = (hub: Hub, account: Account) => ({
  account: account.id,
  ...(account.name === undefined ? {} : { name: account.name }),
  ...balances(hub, account.index),
  authkeys: countOfKeys(account),
  in_debt: hub.sequencer.state.ledger.debtors.has(account.index),
});

const readParams = (json: string) => JSON.parse(json) as Record<string, unknown>;

export const operatorAccountHandlers: Handlers<"operator-accounts" | "operator-audit"> = {
  "operator-accounts": async ({ hub }, { before, limit = 50, search }) => {
    const { found, next } = await findAccounts(hub.sequencer.state, { search, before, limit });
    return {
      accounts: found.map((account) => toldAccount(hub, account)),
      more_exist: next !== undefined,
      ...(next === undefined ? {} : { next_before: next }),
    };
  },

  "operator-audit": async ({ hub }, { before, limit = 50 }) => {
    await caughtUp(hub);
    const { rows, more } = await hub.history.actions(before, limit);
    return {
      actions: rows.map(({ action, ended, fn, label, params, seq, t, token }) => ({
        journal_seq: seq,
        t,
        function: fn,
        authkey_token: token,
        ...(label === undefined ? {} : { label }),
        params: { ...readParams(params), ...(ended ? readParams(ended.params) : {}) },
        ...(action === undefined ? {} : { outcome: ended?.outcome ?? ("under_way" as const) }),
        ...(ended ? { ended_t: ended.t } : {}),
      })),
      more_exist: more,
      ...(more ? { next_before: rows.at(-1)!.seq } : {}),
    };
  },
};
