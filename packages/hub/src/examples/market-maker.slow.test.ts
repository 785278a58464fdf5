import { afterAll, beforeAll, expect, test } from "vitest";
import { type Key, must, startTestHub, type TestHub, until } from "../testing/harness.ts";
import { startExample } from "./run.ts";

// The reference is another hub's book, which the test moves.
let hub: TestHub;
let elsewhere: TestHub;
let maker: Key;
let reference: Key;
const MARKET = "BTC/USD";

const withMoney = async (where: TestHub, btc: string) => {
  const made = await where.fundedAccount(btc);
  const credit = {
    to_account: made.account,
    currency: "USD",
    amount: "900000.00",
    reference: "bank",
    client_id: made.account,
  };
  await must(where.url, "operator-credit", credit, where.operator);
  return made;
};
beforeAll(async () => {
  [hub, elsewhere] = await Promise.all([startTestHub(), startTestHub()]);
  maker = await withMoney(hub, "2");
  reference = await withMoney(elsewhere, "2");
});
afterAll(() => Promise.all([hub.end(), elsewhere.end()]));

const setReference = async (bid: number, ask: number) => {
  await must(elsewhere.url, "cancel-all-orders", {}, reference);
  const buy = { trade_amt: `${bid}.00`, trade_cur: "USD", for_amt: "1", for_cur: "BTC" };
  const sell = { trade_amt: "1", trade_cur: "BTC", for_amt: `${ask}.00`, for_cur: "USD" };
  for (const order of [buy, sell]) await must(elsewhere.url, "place-order", order, reference);
};
const openOrders = async () => (await must(hub.url, "my-open-orders", {}, maker)).orders;
const prices = async () => Object.fromEntries((await openOrders()).map(({ side, price }) => [side, price]));
const env = () => ({
  HUB: hub.url,
  TOKEN: maker.token,
  KEY: maker.key,
  ACCOUNT: maker.account!,
  REFERENCE: elsewhere.url,
  MARKET,
  EVERY_MS: "100",
});
const are =
  (buy: string, sell: string) =>
  (told: Record<string, string>): boolean =>
    told.buy === buy && told.sell === sell;

test("the market maker among the examples quotes around a reference, follows it, goes on after a kill, and leaves nothing behind", async () => {
  await setReference(59_900, 60_100);
  const first = startExample("market-maker.mjs", [], env());
  await until(prices, are("59400.00", "60600.00"), 60_000);
  const before = await openOrders();
  expect(before.map(({ client_id }) => client_id?.replace(/[0-9]+$/, ""))).toEqual([
    "maker-buy-",
    "maker-sell-",
  ]);

  await setReference(64_900, 65_100);
  await until(prices, are("64350.00", "65650.00"), 60_000);
  expect(await openOrders()).toHaveLength(2);

  // Killed, with its orders open: the next one takes them for its own and adds none.
  first.child.kill("SIGKILL");
  await first.ended;
  const left = await openOrders();
  // An order of somebody else's hand on the same account is no concern of it.
  const own = { trade_amt: "1.00", trade_cur: "USD", for_amt: "1", for_cur: "BTC", client_id: "by-hand" };
  const { oid } = await must(hub.url, "place-order", own, maker);
  // A move too small to follow: the orders keep their place in the queue.
  await setReference(64_920, 65_100);
  const second = startExample("market-maker.mjs", [], env());
  await second.says(/offers around 65010/);
  const oids = (orders: readonly { oid: string }[]) => orders.map((order) => order.oid).sort();
  expect(oids(await openOrders())).toEqual(oids([...left, { oid }]));
  expect(second.out()).not.toContain("placed");
  await setReference(69_900, 70_100);
  await second.says(/offers around 70000/);
  const now = (await openOrders()).filter((order) => order.oid !== oid);
  expect(now.map(({ price }) => price).sort()).toEqual(["69300.00", "70700.00"]);
  expect(now.some((order) => left.some((old) => old.oid === order.oid))).toBe(false);

  // Without a reference nothing stays open.
  await must(elsewhere.url, "cancel-all-orders", {}, reference);
  await until(openOrders, (orders) => orders.length === 1, 60_000);
  await setReference(69_900, 70_100);
  await until(openOrders, (orders) => orders.length === 3, 60_000);

  // Somebody takes one side: it is offered anew.
  const taker = await withMoney(hub, "1");
  const take = {
    trade_amt: "710.00",
    trade_cur: "USD",
    for_amt: "0.01",
    for_cur: "BTC",
    time_in_force: "ioc",
  };
  await must(hub.url, "place-order", take, taker);
  await until(openOrders, (orders) => orders.length === 3, 60_000);

  second.child.kill("SIGTERM");
  expect(await second.ended).toBe(0);
  expect(second.out()).toMatch(/stopped: nothing of it is open\n$/);
  expect((await openOrders()).map((order) => order.oid)).toEqual([oid]);
}, 240_000);
