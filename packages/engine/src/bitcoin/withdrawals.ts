import type { Amount, TimeMs } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import { BTC } from "../config.ts";
import type { Effect } from "../effects.ts";
import { type AccountIndex, hold } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { tellTransfer } from "../transfers/rows.ts";
import type { SkipTransfers } from "./commands.ts";

/** A payment by chain: reserved -> built -> broadcast -> confirmed -> final. */
export interface Withdrawal {
  readonly transfer: number;
  readonly account: AccountIndex;
  readonly address: string;
  /** What arrives. */
  readonly amount: Amount;
  /** What the account is charged on top. */
  readonly fee: Amount;
  /** Carries the hub's identity: paid alone, at once, and never replaced. */
  readonly pledged: boolean;
  readonly t: TimeMs;
  /** The payout that carries it, 0 while it is only reserved. */
  payout: number;
}

export const reserveWithdrawal = (state: State, of: Omit<Withdrawal, "payout">, effects: Effect[]): void => {
  hold(state.ledger, BTC, of.account, (of.amount + of.fee) as Amount);
  state.withdrawals.set(of.transfer, { ...of, payout: 0 });
  state.chain.index.waiting.add(of.transfer);
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

export const skipTransfers = ({ last }: State, { to }: SkipTransfers): object => {
  assert(Number.isSafeInteger(to) && to > last.transfer, "numbers that were not given out are skipped");
  last.transfer = to;
  return {};
};

/**
 * Reserved ones that may be paid now, oldest first; a `pledged` one is for a payout of its own. None while payments by chain
 * stand still, and none of an account in debt.
 */
export const payableWithdrawals = ({ chain, ledger, withdrawals }: State): Withdrawal[] =>
  chain.halt
    ? []
    : [...chain.index.waiting]
        .sort((a, b) => a - b)
        .map((transfer) => withdrawals.get(transfer)!)
        .filter(({ account }) => !ledger.debtors.has(account));
