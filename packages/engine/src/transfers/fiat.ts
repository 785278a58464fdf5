import type { Amount, TimeMs } from "@coinholder/protocol";
import { BANK, findAccount, HUB } from "../accounts/accounts.ts";
import type { Caller } from "../accounts/admit.ts";
import { leftToday, useLimit } from "../accounts/authkeys.ts";
import type { Credit, SettleFiat, Stamped, WithdrawFiat } from "../command.ts";
import { BTC, type CurrencyIndex, currencyIndex } from "../config.ts";
import type { Effect } from "../effects.ts";
import { type AccountIndex, availableOf, hold, pay, payHeld, release } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import { isHubs, type State } from "../state.ts";
import { refusedInDebt } from "./debt.ts";
import { tellSettled, tellTransfer } from "./rows.ts";

/** A pay-out that waits for the operator; its amount is held. */
export interface FiatWithdrawal {
  readonly transfer: number;
  readonly account: AccountIndex;
  readonly currency: CurrencyIndex;
  readonly amount: Amount;
  readonly destination: string;
  readonly t: TimeMs;
}

const fiat = (state: State, code: string): CurrencyIndex | Refused => {
  const currency = currencyIndex(state.config, code);
  if (currency === undefined) return refuse("currency_unknown", { currency: code });
  return currency === BTC ? refuse("unsupported", {}, "Only the chain moves BTC in and out.") : currency;
};

/** What came by bank, in the operator's word; in BTC out of what the hub itself has: coins that came back to their owner. */
export const credit = (
  state: State,
  command: Stamped<Credit>,
  _caller: Caller,
  effects: Effect[],
): object | Refused => {
  const currency = currencyIndex(state.config, command.currency);
  if (currency === undefined) return refuse("currency_unknown", { currency: command.currency });
  const account = findAccount(state.accounts, command.to);
  if (!account || isHubs(state, account.index)) return refuse("account_unknown", { account: command.to });
  const source = currency === BTC ? HUB : BANK;
  const there = availableOf(state.ledger, source, currency);
  if (currency === BTC && command.amount > there)
    return refuse("insufficient_funds", { available: Math.max(0, there) });
  // The outside owes what all accounts have: the hub cannot hold more than it can count.
  if (currency !== BTC && command.amount - there > state.config.currencies[currency]!.max)
    return refuse(
      "amount_invalid",
      { reason: "too_large" },
      "The hub cannot hold that much of the currency.",
    );
  pay(state.ledger, currency, source, account.index, command.amount);
  const transfer = ++state.last.transfer;
  tellTransfer(state, effects, {
    account: account.index,
    transfer,
    t: command.t,
    kind: "credit",
    incoming: true,
    currency,
    amount: command.amount,
    status: "done",
    reference: command.reference,
  });
  return { transfer };
};

export const withdrawFiat = (
  state: State,
  command: Stamped<WithdrawFiat>,
  caller: Caller,
  effects: Effect[],
): object | Refused => {
  const currency = fiat(state, command.currency);
  if (typeof currency !== "number") return currency;
  const account = caller.account.index;
  const { amount, t } = command;
  const inDebt = refusedInDebt(state, account);
  if (inDebt) return inDebt;
  const available = availableOf(state.ledger, account, currency);
  if (amount > available) return refuse("insufficient_funds", { available });
  const left = leftToday(caller.key, currency, t);
  if (left !== undefined && amount > left) return refuse("limit_exceeded", { left });
  hold(state.ledger, currency, account, amount);
  useLimit(caller.key, currency, amount, t);
  const transfer = ++state.last.transfer;
  state.fiatWithdrawals.set(transfer, {
    transfer,
    account,
    currency,
    amount,
    destination: command.destination,
    t,
  });
  tellTransfer(state, effects, {
    account,
    transfer,
    t,
    kind: "fiat-withdrawal",
    incoming: false,
    currency,
    amount,
    status: "reserved",
    reference: command.destination,
  });
  return { transfer };
};

export const settleFiat = (
  state: State,
  command: Stamped<SettleFiat>,
  _caller: Caller,
  effects: Effect[],
): object | Refused => {
  const withdrawal = state.fiatWithdrawals.get(command.transfer);
  if (!withdrawal) return refuse("transfer_unknown");
  const { transfer, currency, account, amount, destination } = withdrawal;
  if (command.outcome === "done") payHeld(state.ledger, currency, account, BANK, amount);
  else release(state.ledger, currency, account, amount);
  state.fiatWithdrawals.delete(transfer);
  effects.push({
    is: "status",
    transfer,
    account,
    status: command.outcome,
    ...(command.outcome === "refused" && command.forOwner && command.reference !== ""
      ? { reason: command.reference }
      : {}),
  });
  if (command.outcome === "done")
    tellSettled(state, effects, {
      account,
      transfer,
      t: command.t,
      kind: "fiat-withdrawal",
      incoming: false,
      currency,
      amount,
      fee: 0 as Amount,
      reference: destination,
    });
  return {};
};
