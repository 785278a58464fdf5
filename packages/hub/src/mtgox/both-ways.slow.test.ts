import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type Hub, type HubError } from "@coinholder/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Key, must, newFolder, startTestHub, type TestHub, until } from "../testing/harness.ts";

// The client's wrapper of Mt Gox at a hub that answers as Mt Gox did, against what the hub's own protocol says.

const USER = { name: "satoshi", pass: "ünlikely & long=+%" };
const MARKET = { market: "BTC/USD" } as const;
let hub: TestHub;
let key: Key & { account: string };
let gox: Hub;

const begin = async (usdPlaces: number, tick: string): Promise<void> => {
  const data = newFolder();
  const config = join(data, "hub.json");
  const currencies = [
    { code: "BTC", decimals: 8 },
    { code: "USD", decimals: usdPlaces },
  ];
  writeFileSync(config, JSON.stringify({ currencies, markets: [{ base: "BTC", quote: "USD", tick }] }));
  hub = await startTestHub({ mtgox: true, config }, data);
  const { account, authkey } = await must(hub.url, "create-account", USER);
  key = { account, token: authkey.token, key: authkey.key! };
  const { btc_address } = await must(hub.url, "new-btc-address", {}, key);
  await hub.rpc("devchain_fund", btc_address, "22.00000001");
  await hub.rpc("devchain_mine", 1);
  await until(
    () => must(hub.url, "my-balance", {}, key),
    ({ available }) => available.btc !== undefined,
    60_000,
  );
  const credit = { to_account: account, currency: "USD", amount: "1000.07", reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  gox = await connect(`mtgox:${hub.url}`, USER);
};
afterEach(() => hub.end());

const own = () => must(hub.url, "my-open-orders", {}, key);
const balance = async () => (await must(hub.url, "my-balance", {}, key)).available;
const failure = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return await call;
  } catch (error) {
    const { code, unknown } = error as HubError;
    return { code, unknown };
  }
};

describe("a hub with cents", () => {
  beforeEach(() => begin(2, "0.01"));

  test("balances, orders, cancelling, an address and a payment are the same by both doors", async () => {
    expect((await gox.call("my-balance")).available).toEqual(await balance());
    const bought = await gox.call("place-order", {
      trade_amt: "0.39",
      trade_cur: "USD",
      for_amt: "1.05",
      for_cur: "BTC",
    });
    const sold = await gox.call("place-order", {
      trade_amt: "2.00000001",
      trade_cur: "BTC",
      for_amt: "35",
      for_cur: "USD",
    });
    expect([bought.state, sold.state]).toEqual(["open", "open"]);
    const { orders } = await own();
    expect(orders).toMatchObject([
      { oid: bought.oid, side: "buy", price: "0.37", trade_amt: "0.39", for_amt: "1.05" },
      { oid: sold.oid, side: "sell", price: "17.50", trade_amt: "2.00000001", for_amt: "35.00" },
    ]);
    const listed = (await gox.call("my-open-orders")).orders;
    expect(listed.map(({ oid, side, price }) => [oid, side, price])).toEqual(
      orders.map(({ oid, side, price }) => [oid, side, price]),
    );
    expect((await gox.call("my-balance")).available).toEqual(await balance());
    expect(await gox.call("depth", MARKET)).toMatchObject({
      bids: [["0.37", "1.05"]],
      asks: [["17.50", "2.00000001"]],
    });

    for (const { oid } of [bought, sold]) await gox.call("cancel-order", { oid });
    expect(await own()).toEqual({ orders: [] });
    expect(await failure(gox.call("cancel-order", { oid: sold.oid }))).toEqual({
      code: "order_unknown",
      unknown: false,
    });

    const { btc_address } = await gox.call("new-btc-address");
    const bob = await hub.newAccount();
    const to = await must(hub.url, "new-btc-address", {}, bob);
    expect(to.btc_address).not.toBe(btc_address);
    expect(await gox.call("send-btc", { to_btc_address: to.btc_address, amount: "0.25" })).toEqual({});
    expect((await must(hub.url, "my-balance", {}, bob)).available).toEqual({ btc: "0.25" });
    expect((await gox.call("my-balance")).available).toEqual({ btc: "21.75000001", usd: "1000.07" });
  });

  test("trades are told alike, and an order that traded at once has its id", async () => {
    const bob = await hub.fundedAccount("3");
    const wish = { trade_amt: "3", trade_cur: "BTC", for_amt: "30", for_cur: "USD" };
    await must(hub.url, "place-order", wish, bob);
    const { oid } = await gox.call("place-order", {
      trade_amt: "21",
      trade_cur: "USD",
      for_amt: "2",
      for_cur: "BTC",
    });
    const told = await must(hub.url, "trades", MARKET);
    expect(oid).toBe((await must(hub.url, "my-trades", {}, key)).trades[0]!.oid);
    expect((await gox.call("trades", MARKET)).trades).toEqual(
      told.trades.map(({ trade_id, price, amount, t }) => ({
        trade_id: trade_id.slice(1),
        price,
        amount,
        t: Math.floor(t / 1000) * 1000,
      })),
    );
    const { last, high, low, ask, volume } = await must(hub.url, "ticker", MARKET);
    expect(await gox.call("ticker", MARKET)).toMatchObject({ last, high, low, ask, volume });
  });

  test("what the hub refuses arrives with the hub's own code, and is certain", async () => {
    const send = (to_btc_address: string, amount: string) =>
      failure(gox.call("send-btc", { to_btc_address, amount }));
    const certain = (code: string) => ({ code, unknown: false });
    const { btc_address } = await gox.call("new-btc-address");
    expect(await send(btc_address, "1")).toEqual(certain("own_address"));
    expect(await send("171dQDNQKVtxx6JvJMBgpZnSFxDkDWxF8Z", "1")).toEqual(certain("address_invalid"));
    expect(await send((await must(hub.url, "new-btc-address", {}, hub.operator)).btc_address, "23")).toEqual(
      certain("insufficient_funds"),
    );
    const order = { trade_amt: "9999", trade_cur: "USD", for_amt: "1", for_cur: "BTC" } as const;
    expect(await failure(gox.call("place-order", order))).toEqual(certain("insufficient_funds"));
    const stranger = await connect(`mtgox:${hub.url}`, { ...USER, pass: "guess" });
    expect(await failure(stranger.call("my-balance"))).toEqual(certain("authentication_failed"));
    expect(await own()).toEqual({ orders: [] });
  });
});

test("a hub with Mt Gox's own places: prices are what was asked for, to the tick of 0.00001", async () => {
  await begin(5, "0.00001");
  const wishes = [
    { trade_amt: "0.05555", trade_cur: "USD", for_amt: "0.01", for_cur: "BTC" },
    { trade_amt: "0.01", trade_cur: "BTC", for_amt: "0.17512", for_cur: "USD" },
    { trade_amt: "0.39", trade_cur: "USD", for_amt: "1.05", for_cur: "BTC" },
  ] as const;
  for (const wish of wishes) await gox.call("place-order", wish);
  const { orders } = await own();
  expect(orders.map(({ price }) => price)).toEqual(["5.555", "17.512", "0.37142"]);
  expect((await gox.call("my-open-orders")).orders.map(({ price }) => price)).toEqual([
    "5.555",
    "17.512",
    "0.37142",
  ]);
  expect((await gox.call("my-balance")).available).toEqual(await balance());
});
