import { afterEach, expect, test } from "vitest";
import { connect, type Hub } from "../index.ts";
import { answering, PAYEE } from "./emulated/answering.ts";
import { binance as emulatedBinance } from "./emulated/binance.ts";
import { okx } from "./emulated/okx.ts";
import { startKraken, WITHDRAW_ADDRESSES } from "./testing.ts";

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail("it was answered"),
    (error: unknown) => error,
  );

let close: () => Promise<void> = async () => {};
afterEach(() => close());

test("what changes something is sent once, though ccxt was told to try again by itself", async () => {
  const kraken = await startKraken();
  ({ close } = kraken);
  const hub = await connect("ccxt:kraken", kraken.keys, {
    ccxt: { ...kraken.ccxt, options: { maxRetriesOnFailure: 3 } },
  });
  kraken.failNext("Withdraw", "carried-out-then-broken");
  const payment = { to_btc_address: WITHDRAW_ADDRESSES[0], amount: "0.1" };
  expect(await failure(hub.call("send-btc", payment))).toMatchObject({ unknown: true });
  expect(kraken.calls.filter(({ endpoint }) => endpoint === "Withdraw")).toHaveLength(1);
});

// By developers.binance.com: an order that is no longer open is told by allOrders alone.
const binance = () => {
  const placed: Record<string, unknown>[] = [];
  const answered = answering({
    "GET /api/v3/exchangeInfo": {
      timezone: "UTC",
      serverTime: Date.now(),
      rateLimits: [],
      symbols: [
        {
          symbol: "BTCUSDT",
          status: "TRADING",
          baseAsset: "BTC",
          baseAssetPrecision: 8,
          quoteAsset: "USDT",
          quotePrecision: 8,
          quoteAssetPrecision: 8,
          orderTypes: ["LIMIT", "LIMIT_MAKER"],
          isSpotTradingAllowed: true,
          permissions: [],
          permissionSets: [["SPOT"]],
          filters: [
            { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000.00", tickSize: "0.01" },
            { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000.0", stepSize: "0.00001" },
          ],
        },
      ],
    },
    "GET /sapi/v1/capital/config/getall": [],
    "POST /api/v3/order": ({ params }) => {
      placed.push({
        symbol: "BTCUSDT",
        orderId: placed.length + 1,
        clientOrderId: params.newClientOrderId,
        price: params.price,
        origQty: params.quantity,
        executedQty: "0.00600",
        cummulativeQuoteQty: "390.00000000",
        status: "EXPIRED",
        timeInForce: "IOC",
        type: "LIMIT",
        side: "BUY",
        time: Date.now(),
        updateTime: Date.now(),
      });
      // It is done, and the answer is lost.
      throw new TypeError("fetch failed");
    },
    "GET /api/v3/openOrders": [],
    "GET /api/v3/allOrders": () => placed,
  });
  return { ...answered, placed };
};

test("an order that traded in part and was cancelled, its answer lost, is found again and not placed twice", async () => {
  const { fetchImplementation, placed } = binance();
  const keys = { apiKey: "emulated-key", secret: "emulated-secret" };
  const hub: Hub = await connect("ccxt:binance", keys, {
    ccxt: { fetchImplementation, enableRateLimit: false },
  });
  const order = {
    trade_amt: "650.00",
    trade_cur: "USDT",
    for_amt: "0.01",
    for_cur: "BTC",
    time_in_force: "ioc",
    client_id: "mine",
  } as const;
  const told = { oid: "1", filled_trade_amt: "390.00", filled_for_amt: "0.006", state: "cancelled" };
  const first = await hub.call("place-order", order).catch((error: unknown) => error);
  const second = await hub.call("place-order", order).catch((error: unknown) => error);
  expect(placed).toHaveLength(1);
  expect([first, second]).toEqual([told, told]);
});

test.each([
  [emulatedBinance, "POST /sapi/v1/capital/withdraw/apply"],
  [okx, "POST /api/v5/asset/withdrawal"],
] as const)(
  "a withdrawal of unknown outcome is not sent again ($id)",
  async ({ id, keys, routes }, route) => {
    const { breakNext, fetchImplementation, requests } = answering(routes);
    const hub = await connect(`ccxt:${id}`, keys, { ccxt: { fetchImplementation, enableRateLimit: false } });
    breakNext(route);
    const payment = { to_btc_address: PAYEE, amount: "0.01", client_id: "rent" };
    for (const _ of [1, 2])
      expect(await failure(hub.call("send-btc", payment))).toMatchObject({ unknown: true });
    expect(requests.filter(({ method, path }) => `${method} ${path}` === route)).toHaveLength(1);
  },
);
