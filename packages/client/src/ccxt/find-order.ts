import { refusal } from "@coinholder/protocol";
import { refusedError, type WrappedCall } from "../wrapped.ts";
import type { Account } from "./account.ts";
import { type CcxtExchange, type CcxtOrder, can, needsMarket } from "./ccxt-exchange.ts";
import { compare, decimal, ZERO } from "./decimal.ts";

/** Some exchanges tell an account's orders and trades only market by market; so many are asked for one answer. */
const MOST_MARKETS = 40;

/**
 * The markets that the account can have to do with: those it placed orders in over this connection, and those between
 * currencies that it has. Throws HubError where these are too many to ask one by one.
 */
export const ownSymbols = async (account: Account, about: WrappedCall): Promise<string[]> => {
  const { total } = await account.ask(about, (exchange) => exchange.fetchBalance());
  const has = (code: string): boolean => compare(decimal(total[code]) ?? ZERO, ZERO) > 0;
  const found = new Set([...account.orders.values()].map(({ symbol }) => symbol));
  for (const { symbol, base, quote } of account.markets.values())
    if (has(base) && has(quote)) found.add(symbol);
  if (found.size > MOST_MARKETS)
    throw refusedError(
      refusal(
        "unsupported",
        { markets: found.size },
        `${account.exchange.name} tells this only market by market, and there are ${found.size}.`,
      ),
    );
  return [...found];
};

/** One list of the account's, or one for each market where the exchange tells it only so. */
export const acrossMarkets = async <T>(
  account: Account,
  name: "fetchOpenOrders" | "fetchMyTrades",
  about: WrappedCall,
  list: (symbol: string | undefined) => Promise<readonly T[]>,
): Promise<T[]> => {
  const symbols = needsMarket(account.exchange, name) ? await ownSymbols(account, about) : [undefined];
  const found: T[] = [];
  for (const symbol of symbols) found.push(...(await account.ask(about, () => list(symbol))));
  return found;
};

export const openOrders = (account: Account, about: WrappedCall): Promise<CcxtOrder[]> =>
  acrossMarkets(account, "fetchOpenOrders", about, (symbol) => account.exchange.fetchOpenOrders(symbol));

export const findById = (
  account: Account,
  oid: string,
  symbol: string,
  about: WrappedCall,
): Promise<CcxtOrder> => account.ask(about, (exchange) => exchange.fetchOrder(oid, symbol));

type ListOfOver =
  | "fetchOrders"
  | "fetchCanceledAndClosedOrders"
  | "fetchClosedOrders"
  | "fetchCanceledOrders";

/**
 * What tells the orders that are over. «Closed» are the filled ones alone on most exchanges: one that traded in part and was
 * cancelled stands among the cancelled ones. Empty: the exchange does not tell.
 */
const listsOfOver = (exchange: CcxtExchange): readonly ListOfOver[] => {
  const whole = (["fetchOrders", "fetchCanceledAndClosedOrders"] as const).find((name) =>
    can(exchange, name),
  );
  if (whole !== undefined) return [whole];
  if (!can(exchange, "fetchClosedOrders")) return [];
  return can(exchange, "fetchCanceledOrders")
    ? ["fetchClosedOrders", "fetchCanceledOrders"]
    : ["fetchClosedOrders"];
};

/** By their documentation, and ccxt's class of them: what is closed there was filled or cancelled. */
const CLOSED_IS_ALL = new Set(["bitfinex", "gate", "kraken", "kucoin"]);

/** Whether an order that is neither open nor in these lists was never there. */
export const tellsAllOver = (exchange: CcxtExchange): boolean => {
  const lists = listsOfOver(exchange);
  return (
    lists.length > 1 ||
    (lists.length === 1 && (lists[0] !== "fetchClosedOrders" || CLOSED_IS_ALL.has(exchange.id)))
  );
};

/** Among the open orders of a market, then among those that are over since a time (ms). */
export const findByClientId = async (
  account: Account,
  { symbol, clientId, since }: { readonly symbol: string; readonly clientId: string; readonly since: number },
  about: WrappedCall,
): Promise<CcxtOrder | undefined> => {
  const isIt = (order: CcxtOrder): boolean => order.clientOrderId === clientId;
  const open = await account.ask(about, (exchange) => exchange.fetchOpenOrders(symbol));
  let found = open.find(isIt);
  for (const name of listsOfOver(account.exchange))
    found ??= (await account.ask(about, (exchange) => exchange[name](symbol, since))).find(isIt);
  return found;
};
