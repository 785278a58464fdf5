import type { Caller } from "../accounts/admit.ts";
import { refusedByAllowlist } from "../accounts/allowlist.ts";
import { leftToday, useLimit } from "../accounts/authkeys.ts";
import { assert } from "../assert.ts";
import type { PayFiat, Stamped } from "../command.ts";
import { BTC, type CurrencyIndex, currencyIndex } from "../config.ts";
import type { Effect, TransferKind } from "../effects.ts";
import { dueInFiat, refusedAsPaid } from "../invoices/invoices.ts";
import { receivedFiat } from "../invoices/payments.ts";
import { type AccountIndex, availableOf, pay } from "../ledger/ledger.ts";
import type { OptionTerms } from "../options/commands.ts";
import { giveMarks, tellMoved } from "../options/exercise.ts";
import { deskOf } from "../options/trade.ts";
import { isRefused, type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import { tellTransfer } from "./rows.ts";

/**
 * Refusals in order: invoice_unknown, own_address, address_not_allowed, invoice_withdrawn, invoice_not_open, then those of an option
 * (desk_closed, overloaded, insufficient_funds, limit_exceeded, desk_short) or insufficient_funds, limit_exceeded.
 */
export const payFiat = (
  state: State,
  command: Stamped<PayFiat>,
  caller: Caller,
  effects: Effect[],
): object | Refused => {
  const { address, t, via } = command;
  const payer = caller.account.index;
  const invoice = state.invoices.byAddress.get(address);
  if (invoice?.owner === undefined || !invoice.fiat) return refuse("invoice_unknown");
  if (invoice.owner === payer) return refuse("own_address");
  const notAllowed = refusedByAllowlist(state, payer, address, t);
  if (notAllowed) return notAllowed;
  const notPayable = refusedAsPaid(invoice, t);
  if (notPayable) return notPayable;
  const currency = currencyIndex(state.config, invoice.currency);
  assert(currency !== undefined, "an own invoice is in a currency of the hub's");
  const due = dueInFiat(invoice);
  const exchanged =
    via === "balance"
      ? chargeBalance(state, caller, currency, due, t)
      : exchange(state, caller, via, invoice.currency, due, t, effects);
  if (isRefused(exchanged)) return exchanged;

  pay(state.ledger, currency, payer, invoice.owner, due);
  const transfer = ++state.last.transfer;
  for (const incoming of [false, true])
    tellTransfer(state, effects, {
      account: incoming ? invoice.owner : payer,
      transfer,
      t,
      kind: "internal",
      incoming,
      currency,
      amount: due,
      status: "done",
      address,
      invoice: true,
    });
  receivedFiat(state, address, { amount: due, given: 0 as typeof due, transfer }, effects);
  return { transfer, status: "done", amount: due };
};

const chargeBalance = (
  { ledger }: State,
  { account, key }: Caller,
  currency: CurrencyIndex,
  due: OptionTerms["want"],
  t: Stamped["t"],
): object | Refused => {
  const available = availableOf(ledger, account.index, currency);
  if (due > available) return refuse("insufficient_funds", { available });
  const left = leftToday(key, currency, t);
  if (left !== undefined && due > left) return refuse("limit_exceeded", { left });
  useLimit(key, currency, due, t);
  return {};
};

/** The desk sells an option and the payer exercises it, in one: what is due is on the payer's balance then. */
const exchange = (
  state: State,
  { account, key }: Caller,
  terms: OptionTerms,
  currency: string,
  due: OptionTerms["want"],
  t: Stamped["t"],
  effects: Effect[],
): object | Refused => {
  const { config, ledger } = state;
  const { expires, give, id, premium, want } = terms;
  const payer = account.index;
  const issuer = deskOf(state, terms.issuer);
  if (issuer === undefined) return refuse("desk_closed");
  if (issuer === payer) return refuse("desk_closed", {}, "The desk sells no options to itself.");
  if (expires <= t) return refuse("overloaded");
  assert(
    terms.giveCurrency === "BTC" && terms.wantCurrency === currency && want === due && give > 0,
    "the option is for what is due",
  );
  const cost = (give + premium) as typeof give;
  const available = availableOf(ledger, payer, BTC);
  if (cost > available) return refuse("insufficient_funds", { available, currency: "BTC" });
  const left = leftToday(key, BTC, t);
  if (left !== undefined && cost > left) return refuse("limit_exceeded", { left, currency: "BTC" });
  const wanted = currencyIndex(config, currency)!;
  if (want > availableOf(ledger, issuer, wanted)) return refuse("desk_short");

  useLimit(key, BTC, cost, t);
  giveMarks(state, [payer, issuer], cost);
  const move = (
    kind: TransferKind,
    [from, to]: readonly [AccountIndex, AccountIndex],
    [what, amount]: readonly [CurrencyIndex, typeof give],
  ): void => {
    pay(ledger, what, from, to, amount);
    tellMoved(state, kind, id, [from, to], [what, amount], t, effects);
  };
  if (premium > 0) move("option-premium", [payer, issuer], [BTC, premium]);
  move("option-exercise", [payer, issuer], [BTC, give]);
  move("option-exercise", [issuer, payer], [wanted, want]);
  return {};
};
