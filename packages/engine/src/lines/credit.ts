import type { Amount, TimeMs } from "@coinholder/protocol";
import { CHAIN, HUB } from "../accounts/accounts.ts";
import type { Deposit } from "../bitcoin/chain.ts";
import { outpointOf } from "../bitcoin/chain.ts";
import { BTC } from "../config.ts";
import type { Effect, LineEvent, TransferStatus } from "../effects.ts";
import { receivedByChain, seenByChain } from "../invoices/payments.ts";
import { changePending, pay, takeBack } from "../ledger/ledger.ts";
import { creditedAt } from "../options/exercise.ts";
import type { State } from "../state.ts";
import { tellTransfer } from "../transfers/rows.ts";
import {
  type Attached,
  closeCoin,
  counts,
  identityOfAttached,
  isDoubtful,
  isNoted,
  type LineCoin,
  openCoin,
} from "./lines.ts";
import { add, addEarned, dayOf, type Identity } from "./record.ts";

export const tellLine = (
  event: LineEvent,
  { amount, identity, txid }: Attached,
  t: TimeMs,
  effects: Effect[],
): void => {
  effects.push({ is: "line", event, identity, t, txid, amount });
};

const tellStatus = ({ account, transfer }: LineCoin, status: TransferStatus, effects: Effect[]): void => {
  effects.push({ is: "status", transfer, account, status });
};

/** All of it is its payees' now, on the hub's risk. */
export const creditEarly = (
  state: State,
  transfer: Attached,
  identity: Identity,
  t: TimeMs,
  effects: Effect[],
): void => {
  const { ledger, lines } = state;
  lines.noted.delete(transfer.txid);
  for (const coin of transfer.coins) {
    const { account, address, txid, value, vout } = coin;
    // No longer in sight: here.
    changePending(ledger, BTC, account, -value);
    seenByChain(state, address, -value, effects);
    pay(ledger, BTC, lines.account, account, value);
    coin.transfer = ++state.last.transfer;
    coin.marks = [{ account, amount: value }];
    openCoin(lines, coin);
    identity.open = (identity.open + value) as Amount;
    const invoice = receivedByChain(
      state,
      { address, txid, change: value, transfer: coin.transfer },
      effects,
    );
    tellTransfer(state, effects, {
      account,
      transfer: coin.transfer,
      t,
      kind: "deposit",
      incoming: true,
      currency: BTC,
      amount: value,
      status: "credited",
      address,
      txid,
      vout,
      invoice: invoice ? true : undefined,
    });
    creditedAt(state, { address, txid, change: value }, t, effects);
  }
  tellLine("credited", transfer, t, effects);
};

/** A coin that was attached counts in the usual way: if it was credited early, what came makes that good. */
export const coinCounts = (
  state: State,
  deposit: Deposit,
  coin: LineCoin,
  t: TimeMs,
  effects: Effect[],
): void => {
  const { ledger, lines } = state;
  if (coin.standing === "noted") coin.standing = "counted";
  else {
    deposit.transfer = coin.transfer;
    tellStatus(coin, "done", effects);
    if (coin.standing === "lost") {
      // The loss was booked: what comes all the same is the hub's.
      pay(ledger, BTC, CHAIN, HUB, coin.value);
      coin.standing = "recovered";
    } else {
      pay(ledger, BTC, CHAIN, lines.account, coin.value);
      closeCoin(lines, coin, "settled");
      const identity = identityOfAttached(lines, lines.transfers.get(coin.txid)!);
      identity.open = (identity.open - coin.value) as Amount;
    }
  }
  review(state, coin.txid, t, effects);
};

/** The block that made it count was undone. What was credited early stays so: the risk is the hub's again. */
export const coinUncounts = (
  state: State,
  deposit: Deposit,
  coin: LineCoin,
  t: TimeMs,
  effects: Effect[],
): void => {
  const { ledger, lines } = state;
  deposit.transfer = 0;
  if (coin.standing === "counted") coin.standing = "noted";
  else {
    state.chain.uncredited.add(outpointOf(deposit));
    if (coin.standing === "recovered") {
      takeBack(ledger, BTC, HUB, CHAIN, coin.value);
      coin.standing = "lost";
      tellStatus(coin, "lost", effects);
    } else {
      takeBack(ledger, BTC, lines.account, CHAIN, coin.value);
      openCoin(lines, coin);
      const identity = identityOfAttached(lines, lines.transfers.get(coin.txid)!);
      identity.open = (identity.open + coin.value) as Amount;
      tellStatus(coin, "credited", effects);
    }
  }
  review(state, coin.txid, t, effects);
};

/** Keeps the record of whether all of a transfer counts. */
const review = ({ lines }: State, txid: string, t: TimeMs, effects: Effect[]): void => {
  const transfer = lines.transfers.get(txid)!;
  const identity = identityOfAttached(lines, transfer);
  const all = transfer.coins.every(counts);
  if (all === transfer.confirmedOn >= 0) return;
  if (all) {
    transfer.confirmedOn = dayOf(t);
    transfer.era = identity.era;
    if (isDoubtful(transfer)) identity.doubted--;
    if (!transfer.lost) {
      transfer.conflict = undefined;
      lines.conflicted.delete(txid);
    }
    lines.noted.delete(txid);
    tellLine("confirmed", transfer, t, effects);
  }
  add(identity.confirmed, transfer.amount, all ? 1 : -1);
  if (transfer.era === identity.era)
    addEarned(identity, transfer.confirmedOn, all ? transfer.amount : -transfer.amount);
  if (!all) {
    transfer.confirmedOn = -1;
    if (isNoted(transfer)) lines.noted.add(txid);
  }
};
