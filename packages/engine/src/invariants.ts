import { ROUNDING } from "./accounts/accounts.ts";
import { MOST_ALLOWED } from "./accounts/allowlist.ts";
import { assert } from "./assert.ts";
import { outpointOf } from "./bitcoin/chain.ts";
import { checkChain } from "./bitcoin/check.ts";
import { checkBooks } from "./book/check.ts";
import { allOrders } from "./book/order.ts";
import { givenCurrency, venueOf } from "./book/venue.ts";
import { BTC } from "./config.ts";
import { type Invoice, stateOfInvoice } from "./invoices/invoices.ts";
import { isNearby } from "./invoices/nearby.ts";
import { balancesOf } from "./ledger/ledger.ts";
import { checkLines } from "./lines/check.ts";
import { isCarried } from "./lines/lines.ts";
import { checkActions } from "./operator-actions.ts";
import { checkOptions } from "./options/check.ts";
import type { State } from "./state.ts";
import { checkWebhooks } from "./webhooks/webhooks.ts";

/**
 * Everything that must be true of a state at all times, in the plainest way. Throws BrokenInvariant at the first that is
 * not. Walks the whole state: for `verify`, tests and simulation.
 */
export const checkInvariants = (state: State): void => {
  const sums = new Map<number, number>();
  const held = new Map<string, number>();
  const pending = new Map<string, number>();
  const add = (to: Map<string, number>, account: number, currency: number, amount: number): void => {
    if (amount !== 0) to.set(`${account} ${currency}`, (to.get(`${account} ${currency}`) ?? 0) + amount);
  };

  for (const { index } of state.accounts.list) {
    for (const balance of balancesOf(state.ledger, index)) {
      const { currency, available } = balance;
      sums.set(currency, (sums.get(currency) ?? 0) + available + balance.held);
      add(held, index, currency, balance.held);
      add(pending, index, currency, balance.pending);
      assert(
        balance.held >= 0 && balance.pending >= 0,
        `account ${index}: held and pending are never below zero`,
      );
      assert(
        available >= 0 || state.ledger.mayOwe.has(index) || state.ledger.debtors.has(index),
        `account ${index}: below zero only as recorded debt`,
      );
    }
  }
  for (const [currency, sum] of sums)
    assert(sum === 0, `currency ${currency}: all balances sum to zero, not ${sum}`);
  for (const index of state.ledger.debtors)
    assert(
      balancesOf(state.ledger, index).some((balance) => balance.available < 0),
      `account ${index}: a debt that was made good is no longer recorded`,
    );
  assert(!state.ledger.debtors.has(ROUNDING), "what trades leave over is never negative");

  const bound = new Map<string, number>();
  for (const order of allOrders(state.markets.orders))
    add(bound, order.account, givenCurrency(order, venueOf(state, order.market)), order.held);
  for (const one of state.withdrawals.values()) {
    const payout = state.chain.payouts.get(one.payout);
    if (!payout || payout.height === 0) add(bound, one.account, BTC, one.amount + one.fee);
  }
  for (const one of state.fiatWithdrawals.values()) add(bound, one.account, one.currency, one.amount);
  for (const one of state.options.open.values()) add(bound, one.issuer, one.wantCurrency, one.want);
  equal(held, bound, "held = open orders + options + withdrawals under way");

  const incoming = new Map<string, number>();
  for (const deposit of state.chain.deposits.values())
    if (deposit.transfer === 0 && !isCarried(state.lines, outpointOf(deposit)))
      add(incoming, deposit.account, BTC, deposit.value);
  equal(pending, incoming, "pending = deposits that do not count yet");

  checkBooks(state);
  checkChain(state);
  checkOptions(state);
  checkLines(state);
  for (const { transfer, account } of state.crossings.values()) {
    const withdrawal = state.withdrawals.get(transfer);
    assert(
      withdrawal?.pledged === true && withdrawal.account === account,
      `crossing ${transfer} belongs to a pledged withdrawal`,
    );
  }
  checkWebhooks(state);
  checkActions(state.actions);
  for (const [account, { on, addresses }] of state.allowlists)
    assert(
      (on || addresses.size > 0) && addresses.size <= MOST_ALLOWED,
      `account ${account}: its list is one`,
    );
  for (const invoice of state.invoices.byAddress.values()) {
    const listed = isNearby(state.invoices.nearby, invoice);
    const standing = stateOfInvoice(invoice, state.t);
    assert(!listed || standing !== "withdrawn", `invoice ${invoice.address}: withdrawn ones are not found`);
    assert(
      invoice.seen >= 0 && invoice.received >= 0,
      `invoice ${invoice.address}: counts are not below zero`,
    );
    checkFiat(invoice);
  }
};

const checkFiat = ({ address, currency, fiat, owner, received }: Invoice): void => {
  assert(
    (fiat !== undefined) === (owner !== undefined && currency !== "BTC"),
    `invoice ${address}: an own one in another currency is paid in that`,
  );
  if (!fiat) return;
  const { given, parts } = fiat;
  const credited = parts.reduce((sum, part) => sum + part.credited, 0);
  const used = parts.reduce((sum, part) => sum + part.used, 0);
  assert(credited <= received && used === given, `invoice ${address}: what came by chain for it adds up`);
  assert(fiat.received >= 0, `invoice ${address}: what was paid is not below zero`);
  for (const part of parts)
    assert(part.credited >= 0 && part.used >= 0, `invoice ${address}: ${part.txid} brought something`);
};

const equal = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>, what: string): void => {
  for (const [key, value] of a)
    assert(b.get(key) === value, `${what}: ${key} has ${value}, not ${b.get(key) ?? 0}`);
  for (const [key, value] of b)
    assert(a.get(key) === value, `${what}: ${key} has ${a.get(key) ?? 0}, not ${value}`);
};
