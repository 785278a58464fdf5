import type { ConnectOptions } from "../connect.ts";
import type { Credentials, ExchangeKeys } from "../credentials.ts";
import { HubError } from "../hub-error.ts";
import type { WrappedExchange, WrappedFunctions } from "../wrapped.ts";
import { type Account, openAccount } from "./account.ts";
import { myBalance } from "./balances.ts";
import { newBtcAddress, sendBtc } from "./bitcoin.ts";
import { cancelling } from "./cancel-order.ts";
import { type CcxtExchange, can } from "./ccxt-exchange.ts";
import { loadExchange } from "./load.ts";
import { marketData } from "./market-data.ts";
import { overviewOf, readMarkets } from "./markets.ts";
import { myTrades } from "./my-trades.ts";
import { placeOrder } from "./place-order.ts";
import { openSession } from "./session.ts";
import { myTransfers } from "./transfers.ts";

/** An account without the keys that the exchange needs (some need a `password` too) could only fail. */
const checkKeys = (exchange: CcxtExchange): void => {
  const missing = Object.entries(exchange.requiredCredentials).flatMap(([name, isNeeded]) =>
    isNeeded && !(exchange as unknown as Record<string, unknown>)[name] ? [name] : [],
  );
  if (missing.length > 0)
    throw new HubError("authentication_missing", `${exchange.name} also needs ${missing.join(" and ")}.`, {
      status: 401,
      particulars: { missing },
    });
};

const accountFunctions = (account: Account): WrappedFunctions => {
  const { exchange } = account;
  const hasBitcoin = exchange.currencies.BTC !== undefined;
  const cancel = cancelling(account);
  const transfers = myTransfers(account);
  const canCancel = can(exchange, "cancelOrder");
  const canList = can(exchange, "fetchOpenOrders");
  return {
    ...(can(exchange, "fetchBalance") ? { "my-balance": myBalance(account) } : {}),
    ...(hasBitcoin && (can(exchange, "createDepositAddress") || can(exchange, "fetchDepositAddress"))
      ? { "new-btc-address": newBtcAddress(account) }
      : {}),
    ...(hasBitcoin && can(exchange, "withdraw") ? { "send-btc": sendBtc(account) } : {}),
    ...(can(exchange, "createOrder") ? { "place-order": placeOrder(account) } : {}),
    ...(canCancel ? { "cancel-order": cancel["cancel-order"] } : {}),
    ...(canCancel && canList ? { "cancel-all-orders": cancel["cancel-all-orders"] } : {}),
    ...(canList ? { "my-open-orders": cancel["my-open-orders"] } : {}),
    ...(can(exchange, "fetchMyTrades") ? { "my-trades": myTrades(account) } : {}),
    ...(transfers === undefined ? {} : { "my-transfers": transfers }),
  };
};

/**
 * `ccxt:kraken`: any exchange that ccxt knows. Without keys only its market data. Throws HubError: `unsupported` when ccxt
 * is not installed or has no such exchange (`near`: names like it), `authentication_missing` when a key is.
 */
export const connectCcxt = async (
  url: string,
  credentials: Credentials | ExchangeKeys | undefined,
  options: ConnectOptions,
): Promise<WrappedExchange> => {
  if (credentials !== undefined && !("apiKey" in credentials))
    throw new TypeError(
      "an exchange takes the keys it gave (apiKey, secret), not an authkey or name and pass",
    );
  const exchange = await loadExchange(url.slice("ccxt:".length), credentials, options.ccxt ?? {});
  if (credentials !== undefined) checkKeys(exchange);
  const session = await openSession(exchange);
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  await session.look({ signal }, () => exchange.loadMarkets());
  const markets = readMarkets(exchange);
  const account = openAccount(session, markets);
  return {
    url,
    about: overviewOf(exchange, markets),
    functions: { ...marketData(account), ...(credentials === undefined ? {} : accountFunctions(account)) },
  };
};
