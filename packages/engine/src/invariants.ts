import { ROUNDING } from "./accounts/accounts.ts";
import { MOST_ALLOWED } from "./accounts/allowlist.ts";
import { assert } from "./assert.ts";
import { checkChain } from "./bitcoin/check.ts";
import { ordersOf } from "./book/markets.ts";
import { type Order, openQuantity } from "./book/order.ts";
import { allOrders, findOrder } from "./book/order-table.ts";
import { best, levels, MOST_IN_CHUNK } from "./book/side.ts";
import { givenCurrency, needOf, venueOf } from "./book/venue.ts";
import { checkVolumes } from "./book/volumes.ts";
import { BTC } from "./config.ts";
import { stateOfInvoice } from "./invoices/invoices.ts";
import { balancesOf } from "./ledger/ledger.ts";
import { checkOptions } from "./options/check.ts";
import type { State } from "./state.ts";

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
    if (deposit.transfer === 0) add(incoming, deposit.account, BTC, deposit.value);
  equal(pending, incoming, "pending = deposits that do not count yet");

  checkBooks(state);
  checkChain(state);
  checkOptions(state);
  for (const [account, { on, addresses }] of state.allowlists)
    assert(
      (on || addresses.size > 0) && addresses.size <= MOST_ALLOWED,
      `account ${account}: its list is one`,
    );
  for (const invoice of state.invoices.byAddress.values()) {
    const listed = state.invoices.nearby.byNumber.has(invoice.number);
    const standing = stateOfInvoice(invoice, state.t);
    assert(!listed || standing !== "withdrawn", `invoice ${invoice.address}: withdrawn ones are not found`);
    assert(
      invoice.seen >= 0 && invoice.received >= 0,
      `invoice ${invoice.address}: counts are not below zero`,
    );
  }
};

const equal = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>, what: string): void => {
  for (const [key, value] of a)
    assert(b.get(key) === value, `${what}: ${key} has ${value}, not ${b.get(key) ?? 0}`);
  for (const [key, value] of b)
    assert(a.get(key) === value, `${what}: ${key} has ${a.get(key) ?? 0}, not ${value}`);
};

const checkBooks = (state: State): void => {
  const seen = new Set<Order>();
  for (const [i, book] of state.markets.books.entries()) {
    const venue = venueOf(state, i);
    for (const side of [book.bids, book.asks]) {
      let before: number | undefined;
      for (const chunk of side.chunks)
        assert(
          chunk.length <= MOST_IN_CHUNK && (chunk.length > 0 || side.chunks.length === 1),
          "chunks of levels are neither empty nor too long",
        );
      for (const level of levels(side)) {
        assert(
          before === undefined || (side.buys ? level.price < before : level.price > before),
          "levels are in order",
        );
        before = level.price;
        let open = 0;
        let ahead: Order | undefined;
        for (let order = level.first; order; order = order.behind) {
          assert(
            order.ahead === ahead && order.level === level && order.price === level.price,
            "a queue is linked both ways",
          );
          assert(openQuantity(order) > 0 && order.buys === side.buys, "what rests is open");
          assert(order.held === needOf(order, venue), `order ${order.number} holds just what it needs`);
          assert(
            order.price % venue.market.tick === 0 && order.quantity % venue.market.lot === 0,
            "ticks and lots",
          );
          assert(
            findOrder(state.markets.orders, order.number) === order,
            "a resting order is known by its number",
          );
          open += openQuantity(order);
          seen.add(order);
          ahead = order;
        }
        assert(
          level.last === ahead && level.quantity === open && open > 0,
          "a level counts what is open in it",
        );
      }
    }
    const bid = best(book.bids)?.price;
    const ask = best(book.asks)?.price;
    assert(bid === undefined || ask === undefined || bid < ask, "a book is never crossed");
    checkVolumes(book.volumes, i);
  }
  assert(seen.size === state.markets.orders.count, "every open order rests");
  let own = 0;
  for (const trader of state.markets.traders) {
    const account = trader.account.index;
    const orders = ordersOf(trader.account);
    assert(trader.account.trader === trader, "a trader is its account's");
    assert(orders.length === trader.open && orders.at(-1) === trader.last, "an account's orders are counted");
    for (const order of orders) {
      assert(
        order.account === account && order.trader === trader && seen.has(order),
        "an account's orders are open and its own",
      );
      own++;
    }
  }
  assert(own === seen.size, "every order belongs to an account");
};
