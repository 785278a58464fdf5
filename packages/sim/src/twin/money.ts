import type { Credit, Send, SettleFiat, Stamped, WithdrawFiat } from "@coinholder/engine";
import { twinAllows } from "./allowlist.ts";
import { twinUnpayable } from "./invoices.ts";
import { twinWithdrawable } from "./lines.ts";
import { twinCredited } from "./options.ts";
import {
  BANK,
  balanceOf,
  HUB,
  leftOf,
  OPERATOR,
  type Twin,
  type TwinCaller,
  useUp,
  type Verdict,
} from "./twin.ts";

const inDebt = (twin: Twin, account: number): boolean =>
  twin.config.currencies.some(({ code }) => balanceOf(twin, account, code).available < 0n);

export const twinSend = (twin: Twin, command: Stamped<Send>, caller: TwinCaller): Verdict => {
  const payee = twin.addresses.get(command.address);
  if (payee !== undefined && payee < OPERATOR) return "address_invalid";
  if (payee === caller.account) return "own_address";
  if (!twinAllows(twin, caller.account, command.address, command.t)) return "address_not_allowed";
  const invoice = twin.invoices.find((one) => one.address === command.address);
  const unpayable = command.invoice && invoice ? twinUnpayable(invoice, command.t) : undefined;
  if (unpayable) return unpayable;
  const outside = command.invoice && payee === undefined;
  if (outside && (twin.paidOutside.get(command.address) ?? 0) > command.t) return "invoice_not_open";
  if (payee === undefined && inDebt(twin, caller.account)) return "account_in_debt";
  if (payee === undefined && twin.halt) return "withdrawals_halted";
  const fee = payee === undefined ? command.fee : 0;
  if (fee === undefined) return "node_unreachable";
  if (command.subtractFee && command.amount <= fee) return "fee_exceeds_amount";
  const debit = command.subtractFee ? command.amount : command.amount + fee;
  const balance = balanceOf(twin, caller.account, "BTC");
  if (BigInt(debit) > balance.available) return "insufficient_funds";
  if (payee === undefined && BigInt(debit) > twinWithdrawable(twin, caller.account))
    return "not_withdrawable";
  const left = leftOf(caller.key, "BTC", command.t);
  if (left !== undefined && debit > left) return "limit_exceeded";
  useUp(caller.key, "BTC", debit, command.t);
  const transfer = ++twin.lastTransfer;
  balance.available -= BigInt(debit);
  if (outside) twin.paidOutside.set(command.address, command.t + 2 * 86_400_000);
  if (payee === undefined) {
    balance.held += BigInt(debit);
    const pledged = command.pledged ?? false;
    twin.withdrawals.push({
      transfer,
      account: caller.account,
      amount: debit - fee,
      fee,
      pledged,
      payout: 0,
    });
    if (command.crossing) twin.crossings.set(transfer, false);
    return "done";
  }
  balanceOf(twin, payee, "BTC").available += BigInt(debit);
  if (invoice) invoice.received += debit;
  twinCredited(twin, command.address, debit, command.t);
  return "done";
};

export const twinCredit = (twin: Twin, command: Stamped<Credit>): Verdict => {
  const currency = twin.config.currencies.find((one) => one.code === command.currency);
  if (!currency) return "currency_unknown";
  const byId = twin.accounts.findIndex((one) => one.id === command.to);
  const account = byId >= 0 ? byId : twin.accounts.findIndex((one) => one.name === command.to);
  if (account < OPERATOR || account === twin.linesAccount) return "account_unknown";
  const isBtc = currency.code === "BTC";
  const source = balanceOf(twin, isBtc ? HUB : BANK, currency.code);
  if (isBtc && source.available < BigInt(command.amount)) return "insufficient_funds";
  if (!isBtc && BigInt(command.amount) - source.available > BigInt(currency.max)) return "amount_invalid";
  source.available -= BigInt(command.amount);
  balanceOf(twin, account, currency.code).available += BigInt(command.amount);
  twin.lastTransfer++;
  return "done";
};

export const twinWithdrawFiat = (twin: Twin, command: Stamped<WithdrawFiat>, caller: TwinCaller): Verdict => {
  const { currency, amount } = command;
  if (!twin.config.currencies.some((one) => one.code === currency)) return "currency_unknown";
  if (currency === "BTC") return "unsupported";
  if (inDebt(twin, caller.account)) return "account_in_debt";
  const balance = balanceOf(twin, caller.account, currency);
  if (BigInt(amount) > balance.available) return "insufficient_funds";
  const left = leftOf(caller.key, currency, command.t);
  if (left !== undefined && amount > left) return "limit_exceeded";
  useUp(caller.key, currency, amount, command.t);
  balance.available -= BigInt(amount);
  balance.held += BigInt(amount);
  twin.fiat.push({ transfer: ++twin.lastTransfer, account: caller.account, currency, amount });
  return "done";
};

export const twinSettle = (twin: Twin, command: Stamped<SettleFiat>): Verdict => {
  const one = twin.fiat.find((waiting) => waiting.transfer === command.transfer);
  if (!one) return "transfer_unknown";
  const { currency } = one;
  balanceOf(twin, one.account, currency).held -= BigInt(one.amount);
  const to = command.outcome === "done" ? BANK : one.account;
  balanceOf(twin, to, currency).available += BigInt(one.amount);
  twin.fiat = twin.fiat.filter((waiting) => waiting !== one);
  return "done";
};
