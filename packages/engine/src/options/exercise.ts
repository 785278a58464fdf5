import type { Amount, TimeMs } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import { BTC, type CurrencyIndex } from "../config.ts";
import type { Effect, TransferKind } from "../effects.ts";
import { type AccountIndex, availableOf, pay, payHeld } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { tellTransfer } from "../transfers/rows.ts";
import { endOption, type Option } from "./options.ts";

/** Tells both sides of what an option moved: a transfer of its own, so that statements add up. */
export const tellMoved = (
  state: State,
  kind: TransferKind,
  id: string,
  [from, to]: readonly [AccountIndex, AccountIndex],
  [currency, amount]: readonly [CurrencyIndex, Amount],
  t: TimeMs,
  effects: Effect[],
): void => {
  const transfer = ++state.last.transfer;
  for (const incoming of [false, true])
    tellTransfer(state, effects, {
      account: incoming ? to : from,
      transfer,
      t,
      kind,
      incoming,
      currency,
      amount,
      status: "done",
      reference: id,
    });
};

/** Both sides change hands. The caller has checked that it is open at that time and that its buyer has what it gives. */
export const exercise = (state: State, option: Option, t: TimeMs, effects: Effect[]): void => {
  const { buyer, give, giveCurrency, id, issuer, want, wantCurrency } = option;
  assert(option.state === "open" && t < option.expires, `option ${id} is exercised once, and in time`);
  endOption(state.options, option, "exercised", t);
  pay(state.ledger, giveCurrency, buyer, issuer, give);
  payHeld(state.ledger, wantCurrency, issuer, buyer, want);
  tellMoved(state, "option-exercise", id, [buyer, issuer], [giveCurrency, give], t, effects);
  tellMoved(state, "option-exercise", id, [issuer, buyer], [wantCurrency, want], t, effects);
};

/**
 * BTC were credited at an address (negative: a reorganisation took them back). If that makes up what an option there wants, while
 * it is open and its buyer still has it, the option is exercised; else they stay what they are, the buyer's BTC.
 */
export const creditedAt = (
  state: State,
  address: string,
  change: number,
  t: TimeMs,
  effects: Effect[],
): void => {
  const option = state.options.atAddress.get(address);
  if (!option || option.giveCurrency !== BTC) return;
  option.received = (option.received + change) as Amount;
  assert(option.received >= 0, "an option loses no more than came to its address");
  if (change < 0 || t >= option.expires || option.received < option.give) return;
  if (availableOf(state.ledger, option.buyer, BTC) >= option.give) exercise(state, option, t, effects);
};
