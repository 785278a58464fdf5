import type { Amount } from "@coinholder/protocol";
import { assert, broken } from "../assert.ts";
import type { CurrencyIndex } from "../config.ts";

/** Number of an account, in the order in which they were made. */
export type AccountIndex = number & { readonly __is?: "account index" };

/**
 * Double entry: every movement takes from one balance and gives to another, so the sum per currency is zero at all times.
 * A balance lives in a **slot**, one per (account, currency) that was ever touched; the columns are flat arrays, because a
 * hub holds millions of balances. An account's slots are linked through `next`; few currencies make a short walk.
 */
export interface Ledger {
  /** First slot of each account, 0 for none. */
  first: Int32Array;
  count: number;
  currency: Uint8Array;
  next: Int32Array;
  /** What can be spent or traded now. */
  available: Float64Array;
  /** What open orders, options sold and withdrawals under way bind. */
  held: Float64Array;
  /** By slot, incoming that is not counted yet: told to the owner, no part of the ledger's sums. Few have any. */
  readonly pending: Map<number, Amount>;
  /** Accounts that may go below zero: the world outside. */
  readonly mayOwe: Set<AccountIndex>;
  /** Accounts below zero because a reorganisation took back what they had spent. */
  readonly debtors: Set<AccountIndex>;
  /** Accounts whose balances the last command changed, `touchedCount` of them; one may stand there more than once. */
  touched: Int32Array;
  touchedCount: number;
}

export const emptyLedger = (): Ledger => ({
  first: new Int32Array(16),
  count: 1, // slot 0 is «none»
  currency: new Uint8Array(16),
  next: new Int32Array(16),
  available: new Float64Array(16),
  held: new Float64Array(16),
  pending: new Map(),
  mayOwe: new Set(),
  debtors: new Set(),
  touched: new Int32Array(16),
  touchedCount: 0,
});

const grown = <A extends Int32Array | Uint8Array | Float64Array>(array: A, length: number): A => {
  const larger = new (array.constructor as new (length: number) => A)(length);
  larger.set(array);
  return larger;
};

// Half as much again: slots are the hub's largest memory, doubling would leave half of it idle.
const roomFor = (needed: number, had: number): number => Math.max(needed, Math.ceil(had * 1.5));

const findSlot = (ledger: Ledger, account: AccountIndex, currency: CurrencyIndex): number => {
  const { first, currency: currencies, next } = ledger;
  let slot = account < first.length ? first[account]! : 0;
  while (slot !== 0 && currencies[slot] !== currency) slot = next[slot]!;
  return slot;
};

/** The slot of a balance, made at its first use. To be asked for before a column is taken up: a new slot may replace them by longer ones. */
export const slotOf = (ledger: Ledger, account: AccountIndex, currency: CurrencyIndex): number => {
  const found = findSlot(ledger, account, currency);
  return found !== 0 ? found : newSlot(ledger, account, currency);
};

const newSlot = (ledger: Ledger, account: AccountIndex, currency: CurrencyIndex): number => {
  if (account >= ledger.first.length)
    ledger.first = grown(ledger.first, roomFor(account + 1, ledger.first.length));
  if (ledger.count >= ledger.currency.length) {
    const length = roomFor(ledger.count + 1, ledger.currency.length);
    ledger.currency = grown(ledger.currency, length);
    ledger.next = grown(ledger.next, length);
    ledger.available = grown(ledger.available, length);
    ledger.held = grown(ledger.held, length);
  }
  const slot = ledger.count++;
  ledger.currency[slot] = currency;
  // At the end of the walk, so that the currency used first stays the one found first.
  let last = ledger.first[account]!;
  if (last === 0) ledger.first[account] = slot;
  else {
    while (ledger.next[last] !== 0) last = ledger.next[last]!;
    ledger.next[last] = slot;
  }
  return slot;
};

export interface Balance {
  readonly currency: CurrencyIndex;
  readonly available: Amount;
  readonly held: Amount;
  readonly pending: Amount;
}

export const pendingOf = (ledger: Ledger, slot: number): Amount => ledger.pending.get(slot) ?? (0 as Amount);

export const balancesOf = (ledger: Ledger, account: AccountIndex): Balance[] => {
  const balances: Balance[] = [];
  for (
    let slot = account < ledger.first.length ? ledger.first[account]! : 0;
    slot !== 0;
    slot = ledger.next[slot]!
  )
    balances.push({
      currency: ledger.currency[slot]!,
      available: ledger.available[slot] as Amount,
      held: ledger.held[slot] as Amount,
      pending: pendingOf(ledger, slot),
    });
  return balances;
};

export const availableOf = (ledger: Ledger, account: AccountIndex, currency: CurrencyIndex): Amount => {
  const slot = findSlot(ledger, account, currency);
  return (slot === 0 ? 0 : ledger.available[slot]) as Amount;
};

export const heldOf = (ledger: Ledger, account: AccountIndex, currency: CurrencyIndex): Amount => {
  const slot = findSlot(ledger, account, currency);
  return (slot === 0 ? 0 : ledger.held[slot]) as Amount;
};

const touch = (ledger: Ledger, account: AccountIndex): void => {
  const at = ledger.touchedCount++;
  if (at === ledger.touched.length) ledger.touched = grown(ledger.touched, 2 * at);
  ledger.touched[at] = account;
};

/** Before each command. */
export const forgetTouched = (ledger: Ledger): void => {
  ledger.touchedCount = 0;
};

const positive = (amount: Amount): void => {
  if (!Number.isSafeInteger(amount) || amount <= 0) cannotBeMoved(amount);
};
const cannotBeMoved = (amount: Amount): never => broken(`${amount} cannot be moved`);

const take = (column: Float64Array, slot: number, amount: Amount, mayOwe: boolean): void => {
  const left = column[slot]! - amount;
  if (!(left >= 0 || (mayOwe && Number.isSafeInteger(left)))) cannotGive(column[slot]!, amount);
  column[slot] = left;
};
const cannotGive = (balance: number, amount: Amount): never =>
  broken(`a balance of ${balance} cannot give ${amount}`);

const give = (column: Float64Array, slot: number, amount: Amount): void => {
  const sum = column[slot]! + amount;
  if (!Number.isSafeInteger(sum)) cannotTake(column[slot]!, amount);
  column[slot] = sum;
};
const cannotTake = (balance: number, amount: Amount): never =>
  broken(`a balance of ${balance} cannot take ${amount}`);

const debtMadeGood = (ledger: Ledger, account: AccountIndex): void => {
  if (ledger.debtors.has(account) && balancesOf(ledger, account).every((balance) => balance.available >= 0))
    ledger.debtors.delete(account);
};

/** available -> another's available. */
export const pay = (
  ledger: Ledger,
  currency: CurrencyIndex,
  from: AccountIndex,
  to: AccountIndex,
  amount: Amount,
): void => {
  positive(amount);
  touch(ledger, from);
  touch(ledger, to);
  const source = slotOf(ledger, from, currency);
  const target = slotOf(ledger, to, currency);
  take(ledger.available, source, amount, ledger.available[source]! < amount && ledger.mayOwe.has(from));
  give(ledger.available, target, amount);
  if (ledger.debtors.size > 0) debtMadeGood(ledger, to);
};

/** available -> held. */
export const hold = (
  ledger: Ledger,
  currency: CurrencyIndex,
  account: AccountIndex,
  amount: Amount,
): void => {
  positive(amount);
  touch(ledger, account);
  const slot = slotOf(ledger, account, currency);
  take(ledger.available, slot, amount, false);
  give(ledger.held, slot, amount);
};

/** held -> available. */
export const release = (
  ledger: Ledger,
  currency: CurrencyIndex,
  account: AccountIndex,
  amount: Amount,
): void => {
  positive(amount);
  touch(ledger, account);
  const slot = slotOf(ledger, account, currency);
  take(ledger.held, slot, amount, false);
  give(ledger.available, slot, amount);
  if (ledger.debtors.size > 0) debtMadeGood(ledger, account);
};

/** held -> another's available. */
export const payHeld = (
  ledger: Ledger,
  currency: CurrencyIndex,
  from: AccountIndex,
  to: AccountIndex,
  amount: Amount,
): void => {
  positive(amount);
  touch(ledger, from);
  touch(ledger, to);
  const source = slotOf(ledger, from, currency);
  const target = slotOf(ledger, to, currency);
  take(ledger.held, source, amount, false);
  give(ledger.available, target, amount);
  if (ledger.debtors.size > 0) debtMadeGood(ledger, to);
};

const countable = (amount: Amount): boolean => Number.isSafeInteger(amount) && amount >= 0;

/**
 * One currency's part of a trade in one movement: what one side gives, of what it held or has available, is what the other gets, its
 * fee to the hub, and what rounding leaves (below zero: takes).
 */
export const payTrade = (
  ledger: Ledger,
  currency: CurrencyIndex,
  from: AccountIndex,
  isHeld: boolean,
  gives: Amount,
  to: AccountIndex,
  gets: Amount,
  fee: Amount,
  hub: AccountIndex,
  rounding: AccountIndex,
): void => {
  if (!countable(gives) || !countable(gets) || !countable(fee))
    broken(`${gives} cannot become ${gets} and a fee of ${fee}`);
  if (gives > 0) {
    touch(ledger, from);
    const slot = slotOf(ledger, from, currency);
    take(isHeld ? ledger.held : ledger.available, slot, gives, false);
  }
  const left = (gives - gets - fee) as Amount;
  if (left !== 0) {
    touch(ledger, rounding);
    const slot = slotOf(ledger, rounding, currency);
    if (left > 0) give(ledger.available, slot, left);
    else take(ledger.available, slot, -left as Amount, false);
  }
  if (gets > 0) {
    touch(ledger, to);
    const slot = slotOf(ledger, to, currency);
    give(ledger.available, slot, gets);
    if (ledger.debtors.size > 0) debtMadeGood(ledger, to);
  }
  if (fee > 0) {
    touch(ledger, hub);
    const slot = slotOf(ledger, hub, currency);
    give(ledger.available, slot, fee);
  }
};

/** The reverse of `payHeld`: what was paid is bound again. */
export const unpayHeld = (
  ledger: Ledger,
  currency: CurrencyIndex,
  from: AccountIndex,
  to: AccountIndex,
  amount: Amount,
): void => {
  positive(amount);
  touch(ledger, from);
  touch(ledger, to);
  const target = slotOf(ledger, to, currency);
  const source = slotOf(ledger, from, currency);
  take(ledger.available, target, amount, ledger.mayOwe.has(to));
  give(ledger.held, source, amount);
};

/** Takes back a payment from outside that did not last, below zero if it was spent: the account is then a debtor. */
export const takeBack = (
  ledger: Ledger,
  currency: CurrencyIndex,
  from: AccountIndex,
  to: AccountIndex,
  amount: Amount,
): void => {
  positive(amount);
  touch(ledger, from);
  touch(ledger, to);
  const source = slotOf(ledger, from, currency);
  const target = slotOf(ledger, to, currency);
  take(ledger.available, source, amount, true);
  give(ledger.available, target, amount);
  if (ledger.available[source]! < 0 && !ledger.mayOwe.has(from)) ledger.debtors.add(from);
};

/** Incoming that is in sight (negative: no longer). Outside the ledger's sums. */
export const changePending = (
  ledger: Ledger,
  currency: CurrencyIndex,
  account: AccountIndex,
  change: number,
): void => {
  touch(ledger, account);
  const slot = slotOf(ledger, account, currency);
  const pending = (pendingOf(ledger, slot) + change) as Amount;
  assert(Number.isSafeInteger(pending) && pending >= 0, `pending cannot become ${pending}`);
  if (pending === 0) ledger.pending.delete(slot);
  else ledger.pending.set(slot, pending);
};
