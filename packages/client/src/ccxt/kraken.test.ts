import { functions, isFunctionName, mismatches } from "@coinholder/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connect, type Hub, type HubError } from "../index.ts";
import { type Kraken, startKraken, WITHDRAW_ADDRESSES } from "./testing.ts";

// Over real sockets, against an emulated Kraken that checks signatures and keeps balances, orders and a book.

let kraken: Kraken;
let hub: Hub;
beforeEach(async () => {
  kraken = await startKraken();
  hub = await connect("ccxt:kraken", kraken.keys, { ccxt: kraken.ccxt });
});
afterEach(() => kraken.close());

/** Calls, and sees that the answer has the function's shape. */
const ask: Hub["callByName"] = async (name, params, options) => {
  const told = await hub.callByName(name, params, options);
  expect(isFunctionName(name) && mismatches(functions[name].result.schema, told)).toEqual([]);
  return told;
};
const refusal = (name: string, params: Record<string, unknown>): Promise<HubError> =>
  hub.callByName(name, params).then(
    () => expect.fail("it was answered"),
    (error) => error,
  );
const sent = (endpoint: string) => kraken.calls.filter((call) => call.endpoint === endpoint);
const BUY = { trade_amt: "64.5", trade_cur: "USD", for_amt: "0.001", for_cur: "BTC" };

test("the overview says what Kraken is and can", () => {
  expect(hub.overview).toMatchObject({ name: "Kraken", network: "mainnet" });
  expect(hub.overview.markets).toContainEqual({
    name: "BTC/USD",
    base: "BTC",
    quote: "USD",
    tick: "0.10",
    lot: "0.00000001",
    maker_fee_bps: 25,
    taker_fee_bps: 40,
  });
  expect(hub.overview.currencies).toContainEqual({ code: "BTC", decimals: 10 });
  expect(hub.overview.supported_functions).toEqual(
    expect.arrayContaining(["my-balance", "place-order", "send-btc", "my-trades", "candles"]),
  );
});

test("without keys only market data is on offer", async () => {
  const anybody = await connect("ccxt:kraken", undefined, { ccxt: kraken.ccxt });
  expect(anybody.overview.supported_functions).toEqual(["ticker", "depth", "trades", "candles"]);
});

test("an order is placed, listed, cancelled, and its money is free again", async () => {
  const placed = await ask("place-order", { ...BUY, client_id: "order-417" });
  expect(placed).toMatchObject({ state: "open", filled_trade_amt: "0.00", filled_for_amt: "0.00" });
  const { oid } = placed as { oid: string };
  expect(await ask("my-balance")).toMatchObject({ available: { usd: "9935.50" }, held: { usd: "64.50" } });
  expect(await ask("my-open-orders")).toMatchObject({
    orders: [{ oid, market: "BTC/USD", side: "buy", price: "64500.00", client_id: "order-417" }],
  });
  expect(await ask("cancel-order", { client_id: "order-417" })).toMatchObject({
    oid,
    filled_trade_amt: "0.00",
    given_back: { usd: "64.50" },
  });
  expect(await refusal("cancel-order", { oid })).toMatchObject({ code: "order_unknown", status: 404 });
  expect(await ask("my-balance")).toMatchObject({ available: { usd: "10000" }, held: {} });
});

test("price and quantity leave as the exact text of the market's steps, rounded for their owner", async () => {
  // 64,512.378 a bitcoin: ccxt would round to the nearest, above what the buyer said.
  await ask("place-order", {
    trade_amt: "0.64512378",
    trade_cur: "USD",
    for_amt: "0.00001",
    for_cur: "BTC",
  }).catch(() => {});
  await ask("place-order", { trade_amt: "6.4512378", trade_cur: "USD", for_amt: "0.0001", for_cur: "BTC" });
  await ask("place-order", { trade_amt: "0.00012345", trade_cur: "BTC", for_amt: "8.0366", for_cur: "USD" });
  expect(sent("AddOrder").map(({ params }) => [params.type, params.volume, params.price])).toEqual([
    ["buy", "0.0001", "64512.3"],
    ["sell", "0.00012345", "65100.1"],
  ]);
});

test("a price by name is taken as it is, if the amounts are what it comes to", async () => {
  const named = { ...BUY, trade_amt: "6.4501", for_amt: "0.0001", price: "64501" };
  await ask("place-order", named);
  expect(sent("AddOrder")[0]!.params).toMatchObject({ price: "64501", volume: "0.0001" });
  expect(await refusal("place-order", { ...named, trade_amt: "6.46" })).toMatchObject({
    code: "order_price",
    particulars: { quote_amt: "6.4501" },
  });
  expect(await refusal("place-order", { ...named, price: "64501.01" })).toMatchObject({
    code: "order_price",
  });
});

test.each([
  ["a quantity finer than the lot", { for_amt: "0.000000001" }, "order_lot"],
  ["less than the market's least", { for_amt: "0.00001" }, "order_lot"],
  ["a market that is not there", { for_cur: "EUR" }, "market_unknown"],
  ["a currency that is not there", { for_cur: "XYZ" }, "currency_unknown"],
  ["an amount that is none", { trade_amt: "1e3" }, "amount_invalid"],
])("%s is refused, and nothing is sent", async (_, params, code) => {
  expect(await refusal("place-order", { ...BUY, ...params })).toMatchObject({ code, unknown: false });
  expect(sent("AddOrder")).toEqual([]);
});

test("orders now or never, whole or not at all, resting or not at all", async () => {
  const sell = { trade_amt: "0.6", trade_cur: "BTC", for_amt: "38994", for_cur: "USD" };
  expect(await refusal("place-order", { ...sell, post_only: true })).toMatchObject({
    code: "order_would_cross",
  });
  expect(await refusal("place-order", { ...sell, time_in_force: "fok" })).toMatchObject({
    code: "order_unfilled",
  });
  expect(await ask("place-order", { ...sell, time_in_force: "ioc" })).toMatchObject({
    state: "cancelled",
    filled_trade_amt: "0.50",
    filled_for_amt: "32495",
  });
  expect(await ask("my-trades")).toMatchObject({
    trades: [{ side: "sell", role: "taker", gave_amt: "0.50", got_amt: "32365.02", fee: "129.98" }],
    more_exist: false,
  });
});

test("trades of many pages of Kraken's are all told, each once", async () => {
  kraken.setBook("XXBTZUSD", { bids: [], asks: [["65000.0", "100"]] });
  for (let i = 0; i < 60; i++)
    await hub.call("place-order", { ...BUY, trade_amt: "6.5", for_amt: "0.0001", time_in_force: "ioc" });
  const first = await hub.call("my-trades", { limit: 40 });
  expect(first).toMatchObject({ more_exist: true });
  const second = await hub.call("my-trades", { limit: 40, before: first.next_before! });
  expect(second.more_exist).toBe(false);
  expect(new Set([...first.trades, ...second.trades].map(({ trade_id }) => trade_id)).size).toBe(60);
});

test("all orders of one market are cancelled, and no others", async () => {
  const one = await hub.call("place-order", BUY);
  const other = await hub.call("place-order", { ...BUY, trade_amt: "10", for_cur: "ETH", for_amt: "0.01" });
  expect(await ask("cancel-all-orders", { market: "BTC/USD" })).toEqual({ cancelled: [one.oid] });
  expect(await ask("my-open-orders")).toMatchObject({ orders: [{ oid: other.oid }] });
});

test("bitcoin are paid once for one client_id, and only where Kraken pays", async () => {
  const payment = { to_btc_address: WITHDRAW_ADDRESSES[0], amount: "0.1", client_id: "rent" };
  const paid = await ask("send-btc", payment);
  expect(paid).toMatchObject({ status: "reserved", fee: "0.00001" });
  expect(await ask("send-btc", payment)).toEqual(paid);
  expect(sent("Withdraw")).toHaveLength(1);
  expect(await ask("my-transfers")).toMatchObject({
    transfers: [{ kind: "withdrawal", direction: "out", amount: "0.10", btc_address: WITHDRAW_ADDRESSES[0] }],
  });
  const { btc_address } = (await ask("new-btc-address")) as { btc_address: string };
  expect(
    await refusal("send-btc", { ...payment, client_id: "x", to_btc_address: btc_address }),
  ).toMatchObject({
    code: "address_not_allowed",
  });
  expect(
    await refusal("send-btc", { ...payment, client_id: "y", to_btc_address: "bc1qnonsense" }),
  ).toMatchObject({
    code: "address_invalid",
  });
});

describe("answers that are lost", () => {
  test("an order that arrived is found by the mark that it was given", async () => {
    kraken.failNext("AddOrder", "carried-out-then-broken");
    expect(await ask("place-order", BUY)).toMatchObject({ state: "open" });
    kraken.failNext("AddOrder", { carriedOutButSays: ["EService:Busy"] });
    expect(await ask("place-order", BUY)).toMatchObject({ state: "open" });
    expect(sent("AddOrder")).toHaveLength(2);
  });

  test("one that did not arrive is unknown, and placed once by a retry, but not while it may be on its way", async () => {
    kraken.failNext("AddOrder", "broken");
    const order = { ...BUY, client_id: "mine" };
    expect(await refusal("place-order", order)).toMatchObject({
      code: "connection_lost",
      unknown: true,
      particulars: { client_id: "mine" },
    });
    expect(await refusal("place-order", order)).toMatchObject({ code: "outcome_unknown", unknown: true });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      expect(await ask("place-order", order)).toMatchObject({ state: "open" });
      expect(await ask("my-open-orders")).toMatchObject({ orders: [{ client_id: "mine" }] });
    } finally {
      vi.useRealTimers();
    }
  });

  test("a payment of unknown outcome is never sent a second time", async () => {
    kraken.failNext("Withdraw", "carried-out-then-broken");
    const payment = { to_btc_address: WITHDRAW_ADDRESSES[0], amount: "0.1", client_id: "rent" };
    for (let i = 0; i < 2; i++)
      expect(await refusal("send-btc", payment)).toMatchObject({
        code: "connection_lost",
        unknown: true,
        particulars: { client_id: "rent" },
      });
    expect(sent("Withdraw")).toHaveLength(1);
  });

  test("an order that was cancelled although the answer was lost is told as cancelled", async () => {
    const { oid } = await hub.call("place-order", BUY);
    kraken.failNext("CancelOrder", "carried-out-then-broken");
    expect(await ask("cancel-order", { oid })).toMatchObject({ oid, given_back: { usd: "64.50" } });
  });

  test("a caller who gives up is told so at once, and the next call goes on", async () => {
    kraken.failNext("AddOrder", "silent");
    const ending = AbortSignal.timeout(100);
    const error = await hub
      .callByName("place-order", BUY, { signal: ending })
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "timeout", unknown: true });
  });
});

test.each([
  ["EAPI:Invalid key", "authentication_failed", 401],
  ["EGeneral:Permission denied", "permission_denied", 403],
  ["EAPI:Invalid nonce", "nonce_stale", 401],
  ["EAPI:Rate limit exceeded", "rate_limited", 429],
  ["EOrder:Insufficient funds", "insufficient_funds", 409],
  ["EOrder:Something that nobody has heard of", "exchange_refused", 409],
])("%s is %s", async (words, code, status) => {
  kraken.failNext("AddOrder", { errors: [words] });
  expect(await refusal("place-order", BUY)).toMatchObject({ code, status, unknown: false });
});

test("what only reads is never of unknown outcome", async () => {
  kraken.failNext("BalanceEx", { status: 502, body: "<html>bad gateway</html>" });
  expect(await refusal("my-balance", {})).toMatchObject({ code: "overloaded", status: 503, unknown: false });
});

describe("connecting", () => {
  test("a name that ccxt does not know is told with those like it", async () => {
    const error = await connect("ccxt:krakn").catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "unsupported", particulars: { near: ["kraken"] } });
  });

  test("keys that the exchange also needs are asked for before anything is sent", async () => {
    const error = await connect("ccxt:okx", kraken.keys).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "authentication_missing", particulars: { missing: ["password"] } });
  });

  test("a hub's credentials are no exchange's keys", async () => {
    await expect(connect("ccxt:kraken", { name: "alice", pass: "open sesame" })).rejects.toThrow(TypeError);
  });
});
