import type { Account } from "../accounts/accounts.ts";
import { type Book, emptyBook } from "./book.ts";
import { add, remove } from "./number-table.ts";
import { emptyOrders, type Order, type Orders } from "./order.ts";
import { type OwnOrderRule, USUAL_RULE } from "./own-orders.ts";
import type { Venue } from "./venue.ts";
import type { Volume } from "./volumes.ts";

export interface Markets {
  /** In the order of `config.markets`. */
  readonly books: Book[];
  readonly orders: Orders;
  /** Accounts that have placed an order, or chosen how theirs meet, in the order in which they first did. */
  readonly traders: Trader[];
  /** Made from the configuration as they are needed. */
  readonly venues: Venue[];
}

/** What the markets know of an account. Its orders lead here, so that no trade has to look for it. */
export interface Trader {
  readonly account: Account;
  /** Head of the account's chain of trades in history. */
  lastTrade: number;
  ownOrders: OwnOrderRule;
  /** Head of the account's chain of orders that its rule cancelled, in history. */
  lastCancelled: number;
  /** Open orders, in the order in which they came to rest. */
  open: number;
  first: Order | undefined;
  last: Order | undefined;
  /** By market. */
  readonly volumes: (Volume | undefined)[];
}

export const emptyMarkets = (): Markets => ({
  books: [],
  orders: emptyOrders(),
  traders: [],
  venues: [],
});

export const addBook = (markets: Markets): void => {
  markets.books.push(emptyBook());
};

/** The trader that an account is, or that it is about to become (`keepTrader`). */
export const traderOf = (account: Account): Trader => account.trader ?? newTrader(account);

const newTrader = (account: Account): Trader => ({
  account,
  lastTrade: 0,
  ownOrders: USUAL_RULE,
  lastCancelled: 0,
  open: 0,
  first: undefined,
  last: undefined,
  volumes: [],
});

export const keepTrader = ({ traders }: Markets, trader: Trader): void => {
  if (trader.account.trader) return;
  trader.account.trader = trader;
  traders.push(trader);
};

/** An account's open orders, in the order in which they came to rest. */
export const ordersOf = ({ trader }: Account): Order[] => {
  const own: Order[] = [];
  for (let order = trader?.first; order; order = order.ownAfter) own.push(order);
  return own;
};

export const keepOrder = (markets: Markets, order: Order): void => {
  add(markets.orders.byNumber, order.number, order);
  keepInTurn(order);
};

/** Behind the orders that its account has already. */
export const keepInTurn = (order: Order): void => {
  const { trader } = order;
  const { last } = trader;
  order.ownBefore = last;
  if (last !== undefined) last.ownAfter = order;
  else trader.first = order;
  trader.last = order;
  trader.open++;
};

export const dropOrder = (markets: Markets, order: Order): void => {
  remove(markets.orders.byNumber, order.number);
  const { trader, ownBefore, ownAfter } = order;
  if (ownBefore !== undefined) ownBefore.ownAfter = ownAfter;
  else trader.first = ownAfter;
  if (ownAfter !== undefined) ownAfter.ownBefore = ownBefore;
  else trader.last = ownBefore;
  order.ownBefore = order.ownAfter = undefined;
  trader.open--;
};
