import type { Amount, TimeMs } from "@coinholder/protocol";
import { HUB } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import { BTC } from "../config.ts";
import type { Effect } from "../effects.ts";
import { pay } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { tellLine } from "./credit.ts";
import { type Attached, closeCoin, identityOfAttached } from "./lines.ts";
import { add } from "./record.ts";

/** The other transaction has won. What was credited stays where it is; the hub's own account bears it, below zero if need be. */
export const loseCoins = (state: State, transfer: Attached, t: TimeMs, effects: Effect[]): void => {
  const { ledger, lines } = state;
  const { coins, conflict, txid } = transfer;
  assert(conflict !== undefined && !transfer.lost, `${txid} is lost once`);
  transfer.lost = true;
  const identity = identityOfAttached(lines, transfer);
  for (const coin of coins) {
    if (coin.standing !== "credited") continue;
    pay(ledger, BTC, HUB, lines.account, coin.value);
    closeCoin(lines, coin, "lost");
    identity.open = (identity.open - coin.value) as Amount;
    effects.push({ is: "status", transfer: coin.transfer, account: coin.account, status: "lost" });
  }
  identity.doubted--;
  add(identity.replaced, transfer.amount, -1);
  add(identity.doubleSpent, transfer.amount);
  identity.ended ??= { txid, rival: conflict.rival, t };
  lines.noted.delete(txid);
  tellLine("lost", transfer, t, effects);
};
