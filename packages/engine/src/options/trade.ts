import { findAccount } from "../accounts/accounts.ts";
import type { Caller } from "../accounts/admit.ts";
import { leftToday, useLimit } from "../accounts/authkeys.ts";
import { assert } from "../assert.ts";
import { issueAddress } from "../bitcoin/addresses.ts";
import type { Stamped } from "../command.ts";
import { BTC, type CurrencyIndex, currencyIndex } from "../config.ts";
import type { Effect } from "../effects.ts";
import { refusedAsPaid } from "../invoices/invoices.ts";
import { type AccountIndex, availableOf, hold, pay, release } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import { isHubs, type State } from "../state.ts";
import type { ExerciseOption, ExpireOptions, SellOption } from "./commands.ts";
import { exercise, giveMarks, tellMoved } from "./exercise.ts";
import {
  endOption,
  forgetEnded,
  keepOption,
  type Option,
  openOptionsOf,
  someAreDue,
  stateOfOption,
} from "./options.ts";

/** The desk's account; undefined where the hub sells no options. */
export const deskOf = (state: State, issuer: string): AccountIndex | undefined => {
  const index = findAccount(state.accounts, issuer)?.index;
  return state.config.options === undefined || index === undefined || isHubs(state, index)
    ? undefined
    : index;
};

/** Whose right it will be: the caller's, or the owner's of the invoice that another hub is to pay. */
const buyerOf = (
  { invoices }: State,
  { address, t, wantCurrency }: Stamped<SellOption>,
  caller: Caller | undefined,
): AccountIndex | Refused => {
  if (caller) return caller.account.index;
  const invoice = invoices.byAddress.get(address);
  if (invoice?.owner === undefined) return refuse("invoice_unknown");
  const notPayable = refusedAsPaid(invoice, t);
  if (notPayable) return notPayable;
  if (!invoice.fiat || invoice.currency !== wantCurrency)
    return refuse("param_invalid", { param: "for_cur" }, "The invoice is in another currency.");
  return invoice.owner;
};

const isTrusted = ({ lines }: State, identity: string): boolean =>
  (lines.identities.get(identity)?.ceiling ?? 0) > 0;

/** Identities are free: those without a ceiling bind no more than half of what the desk may have open. */
const strangersOpen = (state: State): number => {
  let open = 0;
  for (const all of state.options.atInvoice.values())
    for (const { to } of all) if (to && !isTrusted(state, to.identity)) open++;
  return open;
};

/** The same of what it has: what strangers' options hold now. */
const strangersHold = (state: State, desk: AccountIndex, currency: CurrencyIndex): number => {
  let held = 0;
  for (const all of state.options.atInvoice.values())
    for (const { issuer, to, want, wantCurrency } of all)
      if (to && issuer === desk && wantCurrency === currency && !isTrusted(state, to.identity)) held += want;
  return held;
};

/**
 * Refusals in order: (for an invoice) invoice_unknown, invoice_withdrawn, invoice_not_open, param_invalid; desk_closed, currency_unknown,
 * overloaded (the terms are past before they were sold), option_limit_reached, insufficient_funds and limit_exceeded (the premium), desk_short.
 */
export const sellOption = (
  state: State,
  command: Stamped<SellOption>,
  caller: Caller | undefined,
  effects: Effect[],
): object | Refused => {
  const { config, ledger, options } = state;
  const { address, expires, give, id, index, json, premium, signature, t, to, want } = command;
  assert((caller === undefined) === (to !== undefined), "an option is sold to an account or to an identity");
  const buyer = buyerOf(state, command, caller);
  if (typeof buyer !== "number") return buyer;
  const issuer = deskOf(state, command.issuer);
  if (config.options === undefined || issuer === undefined) return refuse("desk_closed");
  if (issuer === buyer) return refuse("desk_closed", {}, "The desk sells no options to itself.");
  const giveCurrency = currencyIndex(config, command.giveCurrency);
  if (giveCurrency === undefined) return refuse("currency_unknown", { currency: command.giveCurrency });
  const wantCurrency = currencyIndex(config, command.wantCurrency);
  if (wantCurrency === undefined) return refuse("currency_unknown", { currency: command.wantCurrency });
  if (expires <= t) return refuse("overloaded");
  const { most, mostPerBuyer } = config.options;
  if (openOptionsOf(options, to?.identity ?? buyer) >= mostPerBuyer)
    return refuse("option_limit_reached", { most: mostPerBuyer });
  if (options.open.size >= most || (to && !isTrusted(state, to.identity) && strangersOpen(state) >= most / 2))
    return refuse("option_limit_reached", {}, "The desk has as many open options as it may have.");
  if (premium > 0 && caller) {
    const available = availableOf(ledger, buyer, giveCurrency);
    if (premium > available) return refuse("insufficient_funds", { available });
    const left = leftToday(caller.key, giveCurrency, t);
    if (left !== undefined && premium > left) return refuse("limit_exceeded", { left });
  }
  const has = availableOf(ledger, issuer, wantCurrency);
  if (want > has) return refuse("desk_short");
  if (to && !isTrusted(state, to.identity)) {
    const bound = strangersHold(state, issuer, wantCurrency);
    if (bound + want > (bound + has) / 2) return refuse("desk_short");
  }

  assert(give > 0 && want > 0 && giveCurrency !== wantCurrency, `option ${id} trades one thing for another`);
  assert(!options.open.has(id) && !options.ended.has(id), "a generated option's id is new");
  forgetEnded(options, t);
  if (to) assert(premium === 0 && command.giveCurrency === "BTC", "another hub pays BTC, and no premium");
  else {
    assert(index !== undefined, "an option's own address is a fresh one");
    issueAddress(state, address, index, buyer);
  }
  if (premium > 0 && caller) {
    useLimit(caller.key, giveCurrency, premium, t);
    if (giveCurrency === BTC) giveMarks(state, [buyer, issuer], premium);
    pay(ledger, giveCurrency, buyer, issuer, premium);
    tellMoved(state, "option-premium", id, [buyer, issuer], [giveCurrency, premium], t, effects);
  }
  hold(ledger, wantCurrency, issuer, want);
  const option: Option = {
    number: ++state.last.option,
    id,
    buyer,
    issuer,
    address,
    give,
    giveCurrency,
    want,
    wantCurrency,
    premium,
    t,
    expires,
    json,
    signature,
    received: 0 as Option["received"],
    state: "open",
    endedAt: 0 as Option["endedAt"],
    to,
    txid: undefined,
  };
  keepOption(options, option);
  return { json, signature };
};

/** Refusals in order: option_unknown, option_not_open, insufficient_funds. */
export const exerciseOption = (
  state: State,
  command: Stamped<ExerciseOption>,
  caller: Caller,
  effects: Effect[],
): object | Refused => {
  const { ledger, options } = state;
  const { t } = command;
  const option = options.open.get(command.option) ?? options.ended.get(command.option);
  if (option?.buyer !== caller.account.index || option.to) return refuse("option_unknown");
  const standing = stateOfOption(option, t);
  if (standing !== "open") return refuse("option_not_open", { state: standing });
  const available = availableOf(ledger, option.buyer, option.giveCurrency);
  if (option.give > available) return refuse("insufficient_funds", { available });

  forgetEnded(options, t);
  exercise(state, option, t, effects);
  return {};
};

/** Run by the hub when there is something to do. */
export const expireOptions = (state: State, { t }: Stamped<ExpireOptions>, effects: Effect[]): object => {
  const { ledger, options } = state;
  assert(someAreDue(options, t), "options are expired when their time is over");
  forgetEnded(options, t);
  for (const option of [...options.open.values()]) {
    if (option.expires > t) continue;
    endOption(options, option, "expired", t);
    release(ledger, option.wantCurrency, option.issuer, option.want);
    // BTC that came for its invoice stay what they are.
    if (option.to) effects.push({ is: "invoice", address: option.address });
  }
  return {};
};
