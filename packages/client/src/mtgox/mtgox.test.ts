import { functionRow, mismatches } from "@coinholder/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type Hub, type HubError } from "../index.ts";
import { MTGOX_USER, type OldMtgox, startOldMtgox, type Time } from "./testing.ts";

let gox: OldMtgox;
let hub: Hub;

const begin = async (time: Time): Promise<void> => {
  gox = await startOldMtgox(time);
  hub = await connect(gox.url, MTGOX_USER);
};
afterEach(() => gox.close());

const failure = async (call: Promise<unknown>): Promise<{ code: string; unknown: boolean }> => {
  try {
    return { code: `answered ${JSON.stringify(await call)}`, unknown: false };
  } catch (error) {
    const { code, unknown } = error as HubError;
    return { code, unknown };
  }
};
const certain = (code: string) => ({ code, unknown: false });
const nobodyKnows = (code: string) => ({ code, unknown: true });

const BUY = { trade_amt: "0.39", trade_cur: "USD", for_amt: "1.05", for_cur: "BTC" } as const;
const SELL = { trade_amt: "3", trade_cur: "BTC", for_amt: "0.00004", for_cur: "USD" } as const;
const MARKET = { market: "BTC/USD" } as const;
const paths = (): string[] => gox.calls.map(({ path }) => path);

describe.each<Time>(["A", "B", "C"])("answers as in period %s", (time) => {
  beforeEach(() => begin(time));

  test("every function answers in the table's form", async () => {
    const calls = [
      ["my-balance", {}],
      ["place-order", BUY],
      ["my-open-orders", {}],
      ["new-btc-address", {}],
      ["send-btc", { to_btc_address: "171dQDNQKVtxx6JvJMBgpZnSFxDkDWxF8Z", amount: "0.5" }],
      ["ticker", MARKET],
      ["depth", MARKET],
      ["trades", MARKET],
    ] as const;
    for (const [name, params] of calls) {
      const answer = await hub.callByName(name, params);
      expect(mismatches(functionRow(name).result.schema, answer), name).toEqual([]);
    }
    const { orders } = await hub.call("my-open-orders");
    const cancelled = await hub.call("cancel-order", { oid: orders[0]!.oid });
    expect(mismatches(functionRow("cancel-order").result.schema, cancelled)).toEqual([]);
    expect(gox.orders).toEqual([]);
    expect([...hub.overview.supported_functions].sort()).toEqual(
      [...calls.map(([name]) => name), "cancel-order"].sort(),
    );
  });

  test("balances are exact: no float stands between", async () => {
    expect(await hub.call("my-balance")).toEqual({
      available: { usd: "3.70", btc: "22.00" },
      pending: {},
      held: {},
    });
    Object.assign(gox.funds, { usds: "9.700000000000001", btcs: "12345678.12345678" });
    expect((await hub.call("my-balance")).available).toEqual({ usd: "9.70", btc: "12345678.12345678" });
    Object.assign(gox.funds, { usds: "0", btcs: "1.0e-8" });
    expect((await hub.call("my-balance")).available).toEqual({ btc: "0.00000001" });
  });

  test("an order goes out as amount and price, rounded in the owner's favour, and is found again", async () => {
    const bought = await hub.call("place-order", BUY);
    const sold = await hub.call("place-order", SELL);
    expect(gox.calls.filter(({ path }) => /BTC\.php/.test(path)).map(({ form }) => form)).toEqual([
      { amount: "1.05", price: "0.37142" },
      { amount: "3.00", price: "0.00002" },
    ]);
    expect([bought, sold]).toEqual(gox.orders.map(({ oid }) => ({ oid, state: "open" })));
    const { orders } = await hub.call("my-open-orders");
    expect(orders).toMatchObject([
      {
        oid: bought.oid,
        side: "buy",
        price: "0.37142",
        trade_cur: "USD",
        trade_amt: "0.39",
        for_amt: "1.05",
      },
      {
        oid: sold.oid,
        side: "sell",
        price: "0.00002",
        trade_amt: "3.00",
        for_amt: "0.00006",
        for_cur: "USD",
      },
    ]);
    expect(orders[0]!.t).toBe(time === "A" ? 1_306_886_400_000 : 1_309_198_830_000);
    await hub.call("cancel-order", { oid: sold.oid });
    expect(gox.calls.at(-1)).toMatchObject({
      path: "/code/cancelOrder.php",
      form: { oid: sold.oid, type: "1" },
    });
    expect(await failure(hub.call("cancel-order", { oid: sold.oid }))).toEqual(certain("order_unknown"));
  });

  test("market data: best first in whichever order it comes, small numbers in plain digits", async () => {
    expect(await hub.call("ticker", MARKET)).toMatchObject({
      high: "17.90001",
      volume: "0.00000001",
      bid: "17.50",
      ask: "17.62",
      last: "17.51",
    });
    const { bids, asks } = await hub.call("depth", { ...MARKET, limit: 2 });
    expect(bids).toEqual([
      ["17.50", "2.00"],
      ["17.49", "0.30"],
    ]);
    expect(asks[0]).toEqual(["17.62", "1.00"]);
    const { trades, next_before } = await hub.call("trades", { ...MARKET, limit: 1 });
    expect(trades).toMatchObject([
      time === "A"
        ? { trade_id: "7002", price: "8.70", amount: "0.00000001", t: 1_306_886_460_000 }
        : { trade_id: "1309198831086401", price: "17.51", amount: "12345678.12345678" },
    ]);
    const older = await hub.call("trades", { ...MARKET, before: next_before! });
    expect(older).toMatchObject({ trades: [{ price: time === "A" ? "8.60" : "17.50" }], more_exist: false });
  });

  test("what Mt Gox refuses has the protocol's codes, and is certain", async () => {
    const stranger = await connect(gox.url, { ...MTGOX_USER, pass: "wrong" });
    expect(await failure(stranger.call("my-balance"))).toEqual(certain("authentication_failed"));
    expect(await failure(stranger.call("place-order", BUY))).toEqual(certain("authentication_failed"));
    gox.mishaps.length = 0;
    const send = { to_btc_address: "171dQDNQKVtxx6JvJMBgpZnSFxDkDWxF8Z", amount: "23" };
    expect(await failure(hub.call("send-btc", send))).toEqual(certain("insufficient_funds"));
    expect(gox.orders).toEqual([]);
  });
});

describe("of whatever period", () => {
  beforeEach(() => begin("B"));

  test("an order without funds, which would wait in the list, is taken back and refused", async () => {
    gox.fate = "unfunded";
    expect(await failure(hub.call("place-order", BUY))).toEqual(certain("insufficient_funds"));
    expect(gox.orders).toEqual([]);
    // When that fails, it may trade one day: nobody may take it for refused.
    gox.mishaps.push(undefined, undefined, "mysql");
    gox.orders.length = 0;
    expect(await failure(hub.call("place-order", BUY))).toEqual(nobodyKnows("outcome_unknown"));
  });

  test("an order that traded at once has its id, or is told to be unknown where Mt Gox names none", async () => {
    gox.fate = "traded";
    expect(await failure(hub.call("place-order", BUY))).toEqual(nobodyKnows("outcome_unknown"));
    gox.namesOrders = true;
    expect(await hub.call("place-order", BUY)).toEqual({ oid: "a1b2c3d4-0000-4000-8000-000000000002" });
  });

  test("an order that somebody else of the account placed meanwhile is not taken for one's own", async () => {
    gox.fate = "traded";
    const { calls, orders } = gox;
    calls.push = (...called) => {
      if (called[0]?.path === "/code/buyBTC.php")
        orders.push({ oid: "of-another", type: 2, amount: "7", price: "0.2", status: 1 });
      return Array.prototype.push.apply(calls, called);
    };
    expect(await failure(hub.call("place-order", BUY))).toEqual(nobodyKnows("outcome_unknown"));
  });

  test("orders placed at once have different ids", async () => {
    const placed = await Promise.all([1, 2, 3].map(() => hub.call("place-order", BUY)));
    expect(placed.map(({ oid }) => oid).sort()).toEqual(gox.orders.map(({ oid }) => oid).sort());
    expect(new Set(placed.map(({ oid }) => oid)).size).toBe(3);
  });

  test("words instead of an answer: what reads is asked again, what changes something never", async () => {
    gox.mishaps.push("mysql", "drop");
    expect((await hub.call("my-balance")).available.usd).toBe("3.70");
    expect(paths()).toEqual(Array(3).fill("/code/getFunds.php"));
    for (const mishap of ["mysql", "drop", "busy"] as const) {
      gox.calls.length = 0;
      gox.mishaps.push(undefined, mishap);
      expect((await failure(hub.call("place-order", BUY))).unknown).toBe(true);
      expect(paths()).toEqual(["/code/getOrders.php", "/code/buyBTC.php"]);
    }
    gox.calls.length = 0;
    gox.mishaps.push("mysql");
    const send = { to_btc_address: "171dQDNQKVtxx6JvJMBgpZnSFxDkDWxF8Z", amount: "1" };
    expect(await failure(hub.call("send-btc", send))).toEqual(nobodyKnows("answer_malformed"));
    expect(paths()).toEqual(["/code/withdraw.php"]);
  });

  test("reads that never get an answer end, and nothing is unknown of them", async () => {
    gox.mishaps.push("mysql", "mysql", "mysql", "mysql");
    expect(await failure(hub.call("my-open-orders"))).toEqual(certain("answer_malformed"));
    expect(gox.calls.length).toBe(4);
  });

  test("no answer in time: unknown for what changes something, and only for that", async () => {
    gox.mishaps.push("silence");
    expect(await failure(hub.call("my-balance", {}, { timeoutMs: 200 }))).toEqual(certain("timeout"));
    gox.mishaps.push("silence");
    const send = { to_btc_address: "171dQDNQKVtxx6JvJMBgpZnSFxDkDWxF8Z", amount: "1" };
    expect(await failure(hub.call("send-btc", send, { timeoutMs: 200 }))).toEqual(nobodyKnows("timeout"));
  });

  test("refusals in words that nobody knows leave it open what a call has done", async () => {
    gox.says = '{"error":"The hamster is tired"}';
    expect(await failure(hub.call("my-balance"))).toEqual(certain("exchange_refused"));
    const send = { to_btc_address: "171dQDNQKVtxx6JvJMBgpZnSFxDkDWxF8Z", amount: "1" };
    expect(await failure(hub.call("send-btc", send))).toEqual(nobodyKnows("exchange_refused"));
    gox.says = '{"btcs":3}';
    expect(await failure(hub.call("send-btc", send))).toEqual(nobodyKnows("answer_malformed"));
    expect(await failure(hub.call("my-balance"))).toEqual(certain("answer_malformed"));
  });

  test("what Mt Gox cannot promise is refused before anything is sent", async () => {
    const place = (more: object) => failure(hub.callByName("place-order", { ...BUY, ...more }));
    expect(await place({ time_in_force: "ioc" })).toEqual(certain("unsupported"));
    expect(await place({ post_only: "true" })).toEqual(certain("unsupported"));
    expect(await place({ client_id: "order-417" })).toEqual(certain("unsupported"));
    expect(await place({ trade_cur: "EUR" })).toEqual(certain("currency_unknown"));
    expect(await place({ trade_cur: "BTC" })).toEqual(certain("market_unknown"));
    expect(await place({ for_amt: "1.000000001" })).toEqual(certain("amount_invalid"));
    expect(await place({ trade_amt: "0.390001" })).toEqual(certain("amount_invalid"));
    expect(await place({ trade_amt: "0.00001", for_amt: "2" })).toEqual(certain("order_price"));
    const send = { to_btc_address: "171dQDNQKVtxx6JvJMBgpZnSFxDkDWxF8Z", amount: "1" };
    for (const more of [{ client_id: "x" }, { subtract_fee: true }, { quote_id: "q-4zkq2wq6x4m5b3td" }])
      expect(await failure(hub.callByName("send-btc", { ...send, ...more }))).toEqual(certain("unsupported"));
    expect(await failure(hub.callByName("cancel-order", { client_id: "x" }))).toEqual(certain("unsupported"));
    expect(await failure(hub.callByName("my-trades", {}))).toEqual(certain("function_unknown"));
    expect(await failure(hub.call("ticker", { market: "BTC/EUR" }))).toEqual(certain("market_unknown"));
    expect(gox.calls).toEqual([]);
  });

  test("without name and password there is market data alone", async () => {
    const anybody = await connect(gox.url);
    expect(anybody.overview.supported_functions).toEqual(["ticker", "depth", "trades"]);
    expect((await anybody.call("ticker", MARKET)).last).toBe("17.51");
    expect(gox.calls).toEqual([{ path: "/code/data/ticker.php", method: "GET", form: {} }]);
  });

  test("keys of other kinds and URLs that are none are not taken", async () => {
    await expect(connect(gox.url, { apiKey: "a", secret: "b" })).rejects.toThrow(TypeError);
    await expect(connect("mtgox:mtgox.com", MTGOX_USER)).rejects.toThrow(TypeError);
    await expect(connect("mtgox:https://a:b@mtgox.com", MTGOX_USER)).rejects.toThrow(TypeError);
  });
});
