import type { Market } from "./markets.ts";
import type { Session } from "./session.ts";

/** What an order of this connection was placed as. */
export interface KnownOrder {
  readonly symbol: string;
  readonly clientId: string | undefined;
}

/** The exchange, its markets, and what was learnt since it was connected. */
export interface Account extends Session {
  readonly markets: ReadonlyMap<string, Market>;
  readonly orders: Map<string, KnownOrder>;
}

/** Orders that are remembered: many exchanges want an order's market to cancel it. */
const REMEMBERED = 10_000;

export const remember = ({ orders }: Account, oid: string, order: KnownOrder): void => {
  orders.set(oid, order);
  if (orders.size > REMEMBERED) orders.delete(orders.keys().next().value!);
};

export const openAccount = (session: Session, markets: ReadonlyMap<string, Market>): Account => ({
  ...session,
  markets,
  orders: new Map(),
});
