import type { Amount, TimeMs } from "@coinholder/protocol";
import { CHAIN, HUB } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import type { Stamped } from "../command.ts";
import { BTC } from "../config.ts";
import type { Effect } from "../effects.ts";
import { type AccountIndex, hold, pay, payHeld, takeBack, unpayHeld } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { tellTransfer } from "../transfers/rows.ts";
import { CHANGE, outpointOf, type Payout } from "./chain.ts";
import type { PayoutBroadcast, PayoutBuilt } from "./commands.ts";

/** A payment by chain: reserved -> built -> broadcast -> confirmed -> final. */
export interface Withdrawal {
  readonly transfer: number;
  readonly account: AccountIndex;
  readonly address: string;
  /** What arrives. */
  readonly amount: Amount;
  /** What the account is charged on top. */
  readonly fee: Amount;
  readonly t: TimeMs;
  /** The payout that carries it, 0 while it is only reserved. */
  payout: number;
}

export const reserveWithdrawal = (state: State, of: Omit<Withdrawal, "payout">, effects: Effect[]): void => {
  hold(state.ledger, BTC, of.account, (of.amount + of.fee) as Amount);
  state.withdrawals.set(of.transfer, { ...of, payout: 0 });
  tellTransfer(state, effects, {
    account: of.account,
    transfer: of.transfer,
    t: of.t,
    kind: "withdrawal",
    incoming: false,
    currency: BTC,
    amount: of.amount,
    fee: of.fee,
    status: "reserved",
    address: of.address,
  });
};

/** Locks the coins and keeps the bytes. The hub built it from this very state, so a mismatch is our own bug. */
export const payoutBuilt = (state: State, command: Stamped<PayoutBuilt>, effects: Effect[]): object => {
  const { chain } = state;
  const paid = command.withdrawals.map((transfer) => {
    const withdrawal = state.withdrawals.get(transfer);
    assert(withdrawal !== undefined && withdrawal.payout === 0, `withdrawal ${transfer} waits to be paid`);
    return withdrawal;
  });
  const coins = command.inputs.map((outpoint) => {
    const coin = chain.coins.get(outpoint);
    assert(coin !== undefined && coin.payout === 0 && coin.spentAt === 0, `coin ${outpoint} is free`);
    return coin;
  });
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  assert(
    sum(coins.map((coin) => coin.value)) ===
      sum(paid.map((one) => one.amount)) + (command.change?.value ?? 0) + command.fee,
    "a payout's inputs are its payments, change and fee",
  );

  const number = ++state.last.payout;
  for (const coin of coins) coin.payout = number;
  const payout: Payout = {
    number,
    txid: command.txid,
    raw: command.raw,
    inputs: command.inputs,
    withdrawals: command.withdrawals,
    fee: command.fee,
    broadcast: false,
    height: 0,
  };
  chain.payouts.set(number, payout);
  for (const withdrawal of paid) {
    withdrawal.payout = number;
    effects.push({ is: "status", transfer: withdrawal.transfer, status: "built", txid: command.txid });
  }
  if (command.change) {
    const { address, index, value, vout } = command.change;
    assert(index === chain.nextChange, "change goes to the next change address");
    chain.nextChange++;
    chain.addresses.set(address, { account: CHANGE, index });
    const outpoint = outpointOf({ txid: command.txid, vout });
    chain.coins.set(outpoint, {
      outpoint,
      value,
      address,
      coinbase: false,
      height: 0,
      payout: 0,
      spentAt: 0,
    });
  }
  return { payout: number };
};

export const payoutBroadcast = (state: State, command: PayoutBroadcast, effects: Effect[]): object => {
  const payout = state.chain.payouts.get(command.payout);
  assert(command.payout <= state.last.payout, `payout ${command.payout} exists`);
  // The node's answer can come after the blocks that made it final.
  if (!payout || payout.broadcast) return {};
  payout.broadcast = true;
  if (payout.height === 0)
    for (const transfer of payout.withdrawals)
      effects.push({ is: "status", transfer, status: "broadcast", txid: payout.txid });
  return {};
};

/** In a block: what was held leaves the hub. */
export const payoutConfirmed = (state: State, payout: Payout, height: number, effects: Effect[]): void => {
  payout.height = height;
  payout.broadcast = true;
  for (const transfer of payout.withdrawals) {
    const { account, amount, fee } = state.withdrawals.get(transfer)!;
    payHeld(state.ledger, BTC, account, CHAIN, amount);
    if (fee > 0) payHeld(state.ledger, BTC, account, HUB, fee);
    effects.push({ is: "status", transfer, status: "confirmed", txid: payout.txid });
  }
  if (payout.fee > 0) pay(state.ledger, BTC, HUB, CHAIN, payout.fee);
};

/** Its block was undone: bound again until it is mined again. */
export const payoutUnconfirmed = (state: State, payout: Payout, effects: Effect[]): void => {
  payout.height = 0;
  if (payout.fee > 0) takeBack(state.ledger, BTC, CHAIN, HUB, payout.fee);
  for (const transfer of payout.withdrawals) {
    const { account, amount, fee } = state.withdrawals.get(transfer)!;
    unpayHeld(state.ledger, BTC, account, CHAIN, amount);
    if (fee > 0) unpayHeld(state.ledger, BTC, account, HUB, fee);
    effects.push({ is: "status", transfer, status: "broadcast", txid: payout.txid });
  }
};

/** Deep enough: forgotten here, kept by history. */
export const payoutFinal = (state: State, payout: Payout, effects: Effect[]): void => {
  for (const transfer of payout.withdrawals) {
    state.withdrawals.delete(transfer);
    effects.push({ is: "status", transfer, status: "final", txid: payout.txid });
  }
  state.chain.payouts.delete(payout.number);
};
