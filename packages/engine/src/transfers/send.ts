import type { Amount } from "@coinholder/protocol";
import { OPERATOR } from "../accounts/accounts.ts";
import type { Caller } from "../accounts/admit.ts";
import { refusedByAllowlist } from "../accounts/allowlist.ts";
import { leftToday, useLimit } from "../accounts/authkeys.ts";
import { reserveWithdrawal } from "../bitcoin/withdrawals.ts";
import type { Send, Stamped } from "../command.ts";
import { BTC } from "../config.ts";
import { openCrossing } from "../crossings/crossings.ts";
import type { Effect } from "../effects.ts";
import { refusedAsPaid } from "../invoices/invoices.ts";
import { paidOutside, receivedInside } from "../invoices/payments.ts";
import { availableOf, pay } from "../ledger/ledger.ts";
import { withdrawable } from "../lines/marks.ts";
import { creditedAt } from "../options/exercise.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import { refusedInDebt } from "./debt.ts";
import { tellTransfer } from "./rows.ts";

/**
 * BTC to an address: at once when it is one of this hub's accounts', else a withdrawal.
 * Refusals in order: address_invalid, own_address, address_not_allowed, invoice_withdrawn, invoice_not_open, (by chain)
 * account_in_debt, withdrawals_halted, node_unreachable, then fee_exceeds_amount, insufficient_funds,
 * (by chain) not_withdrawable, limit_exceeded.
 */
export const send = (
  state: State,
  command: Stamped<Send>,
  caller: Caller,
  effects: Effect[],
): object | Refused => {
  const payer = caller.account.index;
  const { address, amount, t } = command;
  const payee = state.chain.addresses.get(address);
  if (payee && payee.account < OPERATOR)
    return refuse("address_invalid", { reason: "hub" }, "The hub's own addresses are not paid to.");
  if (payee?.account === payer) return refuse("own_address");
  const notAllowed = refusedByAllowlist(state, payer, address, t);
  if (notAllowed) return notAllowed;
  const invoice = state.invoices.byAddress.get(address);
  const notPayable = command.invoice && invoice && refusedAsPaid(invoice, t);
  if (notPayable) return notPayable;
  // An invoice is paid once, whoever of this hub does it.
  if (command.invoice && !payee && (state.invoices.paidOutside.get(address) ?? 0) > t)
    return refuse("invoice_not_open", { state: "paid" });
  if (!payee) {
    const inDebt = refusedInDebt(state, payer);
    if (inDebt) return inDebt;
    if (state.chain.halt) return refuse("withdrawals_halted", { reason: state.chain.halt.reason });
  }
  const fee = payee ? (0 as Amount) : command.fee;
  // The hub took the address for its own when it stamped the command, so it has no fee for it; it is not any more.
  if (fee === undefined) return refuse("node_unreachable");
  if (command.subtractFee && amount <= fee) return refuse("fee_exceeds_amount", { fee });
  const arrives = (command.subtractFee ? amount - fee : amount) as Amount;
  const debit = (arrives + fee) as Amount;
  const available = availableOf(state.ledger, payer, BTC);
  if (debit > available) return refuse("insufficient_funds", { available });
  if (!payee) {
    const most = withdrawable(state, payer);
    if (debit > most) return refuse("not_withdrawable", { available, withdrawable: most });
  }
  const left = leftToday(caller.key, BTC, t);
  if (left !== undefined && debit > left) return refuse("limit_exceeded", { left });

  useLimit(caller.key, BTC, debit, t);
  const transfer = ++state.last.transfer;
  if (!payee) {
    const pledged = command.pledged ?? false;
    const withdrawal = { transfer, account: payer, address, amount: arrives, fee, pledged, t };
    reserveWithdrawal(state, withdrawal, effects);
    if (command.invoice) paidOutside(state, address, t);
    if (command.crossing) openCrossing(state, transfer, payer, command.crossing, effects);
    return { transfer, status: "reserved", fee };
  }
  pay(state.ledger, BTC, payer, payee.account, amount);
  for (const incoming of [false, true])
    tellTransfer(state, effects, {
      account: incoming ? payee.account : payer,
      transfer,
      t,
      kind: "internal",
      incoming,
      currency: BTC,
      amount,
      status: "done",
      address,
      invoice: invoice ? true : undefined,
    });
  if (invoice) receivedInside(state, invoice, amount, transfer, effects);
  creditedAt(state, { address, change: amount }, t, effects);
  return { transfer, status: "done", fee };
};
