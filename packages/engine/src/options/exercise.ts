import type { Amount, TimeMs } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import { BTC, type CurrencyIndex } from "../config.ts";
import { counted } from "../counted.ts";
import type { Effect, TransferKind } from "../effects.ts";
import { receivedFiat } from "../invoices/payments.ts";
import { type AccountIndex, availableOf, pay, payHeld } from "../ledger/ledger.ts";
import type { LineCoin } from "../lines/lines.ts";
import { moveMarks, withdrawable } from "../lines/marks.ts";
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
  invoice?: string,
): number => {
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
      address: invoice,
      invoice: invoice === undefined ? undefined : true,
    });
  return transfer;
};

/** Both sides change hands. The caller has checked that it is open at that time and that its buyer has what it gives. */
export const exercise = (
  state: State,
  option: Option,
  t: TimeMs,
  effects: Effect[],
  coins?: (coin: LineCoin) => boolean,
): void => {
  const { address, buyer, give, giveCurrency, id, issuer, to, want, wantCurrency } = option;
  assert(option.state === "open" && t < option.expires, `option ${id} is exercised once, and in time`);
  endOption(state.options, option, "exercised", t);
  if (giveCurrency === BTC) giveMarks(state, [buyer, issuer], give, coins);
  pay(state.ledger, giveCurrency, buyer, issuer, give);
  payHeld(state.ledger, wantCurrency, issuer, buyer, want);
  const invoice = to && address;
  tellMoved(state, "option-exercise", id, [buyer, issuer], [giveCurrency, give], t, effects, invoice);
  const came = tellMoved(
    state,
    "option-exercise",
    id,
    [issuer, buyer],
    [wantCurrency, want],
    t,
    effects,
    invoice,
  );
  if (to) receivedFiat(state, address, { amount: want, given: give, transfer: came }, effects);
};

/**
 * What was credited before it confirmed may not leave by the desk either. `coins` are those that exercise it; else, from the balance, what
 * may leave is given first.
 */
export const giveMarks = (
  state: State,
  between: readonly [AccountIndex, AccountIndex],
  give: Amount,
  coins?: (coin: LineCoin) => boolean,
): void => {
  if (!state.lines.holders.has(between[0])) return;
  const marked = coins ? give : give - withdrawable(state, between[0]);
  if (marked > 0) moveMarks(state.lines, between, marked, coins ?? (() => true));
};

export interface CreditedAt {
  readonly address: string;
  /** Satoshi; negative: a reorganisation took them back. */
  readonly change: number;
  /** The transaction, if they came by chain. */
  readonly txid?: string;
}

/**
 * BTC were credited at an address. If that makes up what an option there wants, while it is open and its buyer still has it, the option
 * is exercised; else they stay what they are, the buyer's BTC.
 */
export const creditedAt = (
  state: State,
  { address, change, txid }: CreditedAt,
  t: TimeMs,
  effects: Effect[],
): void => {
  if (txid !== undefined && change > 0)
    for (const option of [...(state.options.atInvoice.get(address) ?? [])])
      if (option.txid === txid) exerciseAttached(state, option, t, effects);
  const option = state.options.atAddress.get(address);
  if (!option || option.giveCurrency !== BTC) return;
  option.received = counted(option.received, change) as Amount;
  assert(option.received >= 0, "an option loses no more than came to its address");
  if (change < 0 || t >= option.expires || option.received < option.give) return;
  if (availableOf(state.ledger, option.buyer, BTC) < option.give) return;
  exercise(state, option, t, effects, (coin) => coin.address === address);
};

/** If what its transfer paid to the invoice's address is credited and makes up what it takes, the option is exercised, in time. */
export const exerciseAttached = (state: State, option: Option, t: TimeMs, effects: Effect[]): void => {
  const { address, buyer, expires, give, txid } = option;
  const part = state.invoices.byAddress.get(address)?.fiat?.parts.find((one) => one.txid === txid);
  if (!part || t >= expires || part.credited - part.used < give) return;
  if (availableOf(state.ledger, buyer, BTC) < give) return;
  part.used = (part.used + give) as Amount;
  exercise(state, option, t, effects, (coin) => coin.txid === txid && coin.address === address);
};
