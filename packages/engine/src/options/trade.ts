import { findAccount, OPERATOR } from "../accounts/accounts.ts";
import type { Caller } from "../accounts/admit.ts";
import { leftToday, useLimit } from "../accounts/authkeys.ts";
import { assert } from "../assert.ts";
import { issueAddress } from "../bitcoin/addresses.ts";
import type { Stamped } from "../command.ts";
import { currencyIndex } from "../config.ts";
import type { Effect } from "../effects.ts";
import { availableOf, hold, pay, release } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import type { ExerciseOption, ExpireOptions, SellOption } from "./commands.ts";
import { exercise, tellMoved } from "./exercise.ts";
import {
  endOption,
  forgetEnded,
  keepOption,
  type Option,
  openOptionsOf,
  someAreDue,
  stateOfOption,
} from "./options.ts";

/**
 * Refusals in order: desk_closed, currency_unknown, overloaded (the terms are past before they were sold), option_limit_reached,
 * insufficient_funds and limit_exceeded (the premium), desk_short.
 */
export const sellOption = (
  state: State,
  command: Stamped<SellOption>,
  caller: Caller,
  effects: Effect[],
): object | Refused => {
  const { config, ledger, options } = state;
  const { address, expires, give, id, json, premium, signature, t, want } = command;
  const buyer = caller.account.index;
  const issuer = findAccount(state.accounts, command.issuer)?.index;
  if (config.options === undefined || issuer === undefined || issuer < OPERATOR) return refuse("desk_closed");
  if (issuer === buyer) return refuse("desk_closed", {}, "The desk sells no options to itself.");
  const giveCurrency = currencyIndex(config, command.giveCurrency);
  if (giveCurrency === undefined) return refuse("currency_unknown", { currency: command.giveCurrency });
  const wantCurrency = currencyIndex(config, command.wantCurrency);
  if (wantCurrency === undefined) return refuse("currency_unknown", { currency: command.wantCurrency });
  if (expires <= t) return refuse("overloaded");
  const { most, mostPerBuyer } = config.options;
  if (openOptionsOf(options, buyer) >= mostPerBuyer)
    return refuse("option_limit_reached", { most: mostPerBuyer });
  if (options.open.size >= most)
    return refuse("option_limit_reached", {}, "The desk has as many open options as it may have.");
  if (premium > 0) {
    const available = availableOf(ledger, buyer, giveCurrency);
    if (premium > available) return refuse("insufficient_funds", { available });
    const left = leftToday(caller.key, giveCurrency, t);
    if (left !== undefined && premium > left) return refuse("limit_exceeded", { left });
  }
  if (want > availableOf(ledger, issuer, wantCurrency)) return refuse("desk_short");

  assert(give > 0 && want > 0 && giveCurrency !== wantCurrency, `option ${id} trades one thing for another`);
  assert(!options.open.has(id) && !options.ended.has(id), "a generated option's id is new");
  forgetEnded(options, t);
  issueAddress(state, address, command.index, buyer);
  if (premium > 0) {
    useLimit(caller.key, giveCurrency, premium, t);
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
  if (option?.buyer !== caller.account.index) return refuse("option_unknown");
  const standing = stateOfOption(option, t);
  if (standing !== "open") return refuse("option_not_open", { state: standing });
  const available = availableOf(ledger, option.buyer, option.giveCurrency);
  if (option.give > available) return refuse("insufficient_funds", { available });

  forgetEnded(options, t);
  exercise(state, option, t, effects);
  return {};
};

/** Run by the hub when there is something to do. */
export const expireOptions = (state: State, { t }: Stamped<ExpireOptions>): object => {
  const { ledger, options } = state;
  assert(someAreDue(options, t), "options are expired when their time is over");
  forgetEnded(options, t);
  for (const option of [...options.open.values()]) {
    if (option.expires > t) continue;
    endOption(options, option, "expired", t);
    release(ledger, option.wantCurrency, option.issuer, option.want);
  }
  return {};
};
