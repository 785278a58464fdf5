import { type FunctionName, functionNames, functionRow } from "@coinholder/protocol";
import { errorClasses } from "./errors.ts";

const namesOf = (access: readonly string[]): FunctionName[] =>
  functionNames.filter((name) => access.includes(functionRow(name).access));
const endpoints = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, 1]));

const open = endpoints(namesOf(["public", "self-signed"]));
const signed = endpoints(namesOf(["account", "operator"]));

const NONE = { marginMode: false, trigger: false, trailing: false, symbolRequired: false };

/** What ccxt is told of a hub. */
export const description = {
  id: "coinholder",
  name: "Coinholder",
  countries: [],
  // ms between calls. A hub has limits of its own for some functions only (docs/reference/calls.md).
  rateLimit: 20,
  version: "v1",
  certified: false,
  pro: false,
  has: {
    CORS: true,
    spot: true,
    margin: false,
    swap: false,
    future: false,
    option: false,
    cancelAllOrders: true,
    cancelOrder: true,
    createDepositAddress: true,
    createLimitOrder: true,
    createMarketBuyOrderWithCost: false,
    createMarketOrder: true,
    createMarketOrderWithCost: false,
    createMarketSellOrderWithCost: false,
    createOrder: true,
    createOrders: false,
    createPostOnlyOrder: true,
    createReduceOnlyOrder: false,
    createStopOrder: false,
    createTriggerOrder: false,
    editOrder: true,
    fetchBalance: true,
    fetchBidsAsks: false,
    fetchCanceledOrders: false,
    fetchClosedOrders: false,
    fetchCurrencies: true,
    fetchDepositAddress: "emulated",
    fetchDeposits: true,
    fetchDepositsWithdrawals: true,
    fetchLedger: false,
    fetchMarkets: true,
    fetchMyTrades: true,
    fetchOHLCV: true,
    fetchOpenOrders: true,
    fetchOrder: "emulated",
    fetchOrderBook: true,
    fetchOrders: false,
    fetchOrderTrades: "emulated",
    fetchStatus: true,
    fetchTicker: true,
    fetchTickers: "emulated",
    fetchTime: true,
    fetchTrades: true,
    fetchTradingFee: true,
    fetchTradingFees: true,
    fetchWithdrawals: true,
    transfer: false,
    withdraw: true,
    ws: false,
  },
  urls: { api: { public: "https://{hostname}", private: "https://{hostname}" } },
  api: {
    public: { get: { "overview.js": 1, ...open }, post: open },
    private: { get: signed, post: signed },
  },
  requiredCredentials: { apiKey: true, secret: true, uid: true },
  timeframes: { "1m": "1m", "5m": "5m", "15m": "15m", "1h": "1h", "4h": "4h", "1d": "1d" },
  // Basis points of what is received; how many, each hub says itself.
  fees: { trading: { tierBased: true, percentage: true, feeSide: "get" } },
  exceptions: { exact: errorClasses },
  options: {
    // ms that this clock is ahead of the hub's.
    timeDifference: 0,
    // How much worse than the book's price a market order may trade, as a share.
    marketSlippage: "0.01",
    timeInForce: { GTC: "gtc", IOC: "ioc", FOK: "fok", PO: "gtc" },
  },
  features: {
    spot: {
      sandbox: false,
      createOrder: {
        marginMode: false,
        triggerPrice: false,
        triggerPriceType: undefined,
        stopLossPrice: false,
        takeProfitPrice: false,
        attachedStopLossTakeProfit: undefined,
        timeInForce: { GTC: true, IOC: true, FOK: true, PO: true, GTD: false },
        hedged: false,
        trailing: false,
        leverage: false,
        marketBuyRequiresPrice: false,
        marketBuyByCost: false,
        selfTradePrevention: false,
        iceberg: false,
      },
      createOrders: undefined,
      fetchMyTrades: {
        marginMode: false,
        limit: undefined,
        daysBack: undefined,
        untilDays: undefined,
        symbolRequired: false,
      },
      fetchOrder: NONE,
      fetchOpenOrders: { ...NONE, limit: undefined },
      fetchOrders: undefined,
      fetchClosedOrders: undefined,
      fetchOHLCV: { limit: 1000 },
    },
  },
};
