import type { AccountIndex } from "../ledger/ledger.ts";
import { type Book, emptyBook } from "./book.ts";
import type { Order } from "./order.ts";

export interface Markets {
  /** In the order of `config.markets`. */
  readonly books: Book[];
  /** Open orders by number. */
  readonly orders: Map<number, Order>;
  readonly ofAccount: Map<AccountIndex, Set<Order>>;
  readonly addBook: () => void;
}

export const emptyMarkets = (): Markets => {
  const books: Book[] = [];
  return { books, orders: new Map(), ofAccount: new Map(), addBook: () => books.push(emptyBook()) };
};

export const keepOrder = (markets: Markets, order: Order): void => {
  markets.orders.set(order.number, order);
  const own = markets.ofAccount.get(order.account);
  if (own) own.add(order);
  else markets.ofAccount.set(order.account, new Set([order]));
};

export const dropOrder = (markets: Markets, order: Order): void => {
  markets.orders.delete(order.number);
  const own = markets.ofAccount.get(order.account)!;
  own.delete(order);
  if (own.size === 0) markets.ofAccount.delete(order.account);
};
