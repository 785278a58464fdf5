import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  AuthenticationError,
  BadRequest,
  BadSymbol,
  DuplicateOrderId,
  InsufficientFunds,
  InvalidAddress,
  InvalidOrder,
  NotSupported,
  OrderImmediatelyFillable,
  OrderNotFillable,
  OrderNotFound,
  PermissionDenied,
} from "ccxt";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { coinholder } from "./coinholder.ts";
import { implicit } from "./implicit.ts";
import { startTestHub, type TestHub, type Trader } from "./testing.ts";

const SYMBOL = "BTC/USD";
let hub: TestHub;
let maker: Trader;
let taker: Trader;
beforeAll(async () => {
  hub = await startTestHub();
  maker = await hub.trader("20", "2000000.00");
  taker = await hub.trader("20", "2000000.00");
}, 180_000);
afterAll(() => hub?.end());
afterEach(async () => {
  await maker.exchange.cancelAllOrders();
  await taker.exchange.cancelAllOrders();
});

describe("orders", () => {
  test("the hub shows the price that was asked for, for many amounts and prices, small ones too", async () => {
    const { exchange } = maker;
    // A plain generator, so that the amounts are the same each time.
    let state = 12_345;
    const next = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state % below;
    };
    for (let count = 0; count < 60; count++) {
      const side = count % 2 === 0 ? "buy" : "sell";
      // Bids and asks that do not meet.
      const price = ((side === "buy" ? 5_000_000 : 7_000_000) + next(100_000)) / 100;
      const amount = (count % 3 === 0 ? 100_000_000 + next(30_000_000) : 2_000 + next(1_000_000)) / 1e8;
      const made = await exchange.createOrder(SYMBOL, "limit", side, amount, price);
      const [open] = (await exchange.fetchOpenOrders(SYMBOL)).filter(({ id }) => id === made.id);
      expect(made.price).toBe(price);
      expect(open).toMatchObject({ price, amount, side, filled: 0, remaining: amount });
      await exchange.cancelOrder(made.id!, SYMBOL);
    }
  }, 120_000);

  test("from placing to their end", async () => {
    const sell = await maker.exchange.createOrder(SYMBOL, "limit", "sell", 0.5, 65_000, {
      clientOrderId: "mine-1",
    });
    expect(sell).toMatchObject({
      status: "open",
      clientOrderId: "mine-1",
      timeInForce: "GTC",
      type: "limit",
    });
    const buy = await taker.exchange.createOrder(SYMBOL, "limit", "buy", 0.2, 65_010);
    expect(buy).toMatchObject({ status: "closed", filled: 0.2, average: 65_000, cost: 13_000, remaining: 0 });
    expect(await maker.exchange.fetchOrder(sell.id!)).toMatchObject({
      status: "open",
      filled: 0.2,
      remaining: 0.3,
      clientOrderId: "mine-1",
    });
    expect(await taker.exchange.fetchOrder(buy.id!)).toMatchObject({
      status: "closed",
      filled: 0.2,
      amount: 0.2,
      cost: 13_000,
      average: 65_000,
    });
    const [trade] = await taker.exchange.fetchOrderTrades(buy.id!);
    expect(trade).toMatchObject({
      order: buy.id,
      side: "buy",
      takerOrMaker: "taker",
      amount: 0.2,
      cost: 13_000,
      fee: { cost: 0, currency: "BTC" },
    });
    await maker.exchange.cancelOrder(sell.id!);
    expect(await maker.exchange.fetchOrder(sell.id!)).toMatchObject({
      status: "canceled",
      filled: 0.2,
      amount: 0.5,
    });
    // Another program that has the same keys was not there: it is told the trades, and nothing is made up.
    const other = new coinholder({ hostname: hub.url, ...maker.keys });
    const seen = await other.fetchOrder(sell.id!, SYMBOL);
    expect(seen).toMatchObject({ filled: 0.2, cost: 13_000, status: undefined, amount: undefined });
    await expect(other.fetchOrder("o999999", SYMBOL)).rejects.toThrow(OrderNotFound);
  });

  test("are changed in place", async () => {
    const { exchange } = maker;
    const made = await exchange.createOrder(SYMBOL, "limit", "buy", 1, 60_000);
    const less = await exchange.editOrder(made.id!, SYMBOL, "limit", "buy", 0.5, 60_000);
    expect(less).toMatchObject({ id: made.id, amount: 0.5, price: 60_000, status: "open" });
    await exchange.editOrder(made.id!, SYMBOL, "limit", "buy", undefined, 59_000);
    expect(await exchange.fetchOpenOrders(SYMBOL)).toMatchObject([
      { id: made.id, amount: 0.5, price: 59_000 },
    ]);
    await expect(exchange.editOrder(made.id!, SYMBOL, "limit", "sell", 1, 70_000)).rejects.toThrow(
      InvalidOrder,
    );
    await expect(exchange.editOrder("o999999", SYMBOL, "limit", "buy", 1, 1)).rejects.toThrow(OrderNotFound);
  });

  test("market orders take what is there, within the book and the slippage", async () => {
    await maker.exchange.createOrder(SYMBOL, "limit", "sell", 0.5, 65_000);
    await maker.exchange.createOrder(SYMBOL, "limit", "sell", 0.5, 80_000);
    const bought = await taker.exchange.createMarketOrder(SYMBOL, "buy", 0.4);
    expect(bought).toMatchObject({ type: "market", status: "closed", filled: 0.4, average: 65_000 });
    // A bound of one's own: what is worse is left, and nothing rests.
    const bound = await taker.exchange.createOrder(SYMBOL, "market", "buy", 0.4, 65_000);
    expect(bound).toMatchObject({ status: "canceled", filled: 0.1, remaining: 0.3 });
    expect(await taker.exchange.fetchOpenOrders()).toEqual([]);
    await expect(taker.exchange.createMarketOrder(SYMBOL, "sell", 0.1)).rejects.toThrow(OrderNotFillable);
  });

  test("now or never, whole or not at all, to rest or not at all", async () => {
    await maker.exchange.createOrder(SYMBOL, "limit", "sell", 0.5, 65_000);
    const buy = (amount: number, price: number, params: object) =>
      taker.exchange.createOrder(SYMBOL, "limit", "buy", amount, price, params);
    await expect(buy(1, 65_000, { timeInForce: "FOK" })).rejects.toThrow(OrderNotFillable);
    await expect(buy(1, 65_000, { postOnly: true })).rejects.toThrow(OrderImmediatelyFillable);
    await expect(buy(1, 65_000, { timeInForce: "PO" })).rejects.toThrow(OrderImmediatelyFillable);
    expect(await buy(1, 65_000, { timeInForce: "IOC" })).toMatchObject({ status: "canceled", filled: 0.5 });
    expect(await buy(1, 60_000, { postOnly: true })).toMatchObject({ status: "open", postOnly: true });
    expect(await taker.exchange.fetchOpenOrders(SYMBOL)).toMatchObject([
      { postOnly: true, timeInForce: "PO" },
    ]);
    await expect(buy(1, 65_000, { triggerPrice: 66_000 })).rejects.toThrow(NotSupported);
    await expect(taker.exchange.createOrder(SYMBOL, "stop", "buy", 1, 1)).rejects.toThrow(InvalidOrder);
  });

  test("a client id places once, and cancels", async () => {
    const place = (amount: number) =>
      maker.exchange.createOrder(SYMBOL, "limit", "buy", amount, 50_000, { clientOrderId: "once" });
    const [first, again] = [await place(0.1), await place(0.1)];
    expect(again.id).toBe(first.id);
    await expect(place(0.2)).rejects.toThrow(DuplicateOrderId);
    expect(await maker.exchange.fetchOpenOrders()).toHaveLength(1);
    expect(await maker.exchange.cancelOrder("", undefined, { clientOrderId: "once" })).toMatchObject({
      id: first.id,
      status: "canceled",
      amount: 0.1,
      filled: 0,
    });
  });

  test("placing again by a client id does not forget what was filled before", async () => {
    const place = (exchange: coinholder) =>
      exchange.createOrder(SYMBOL, "limit", "sell", 0.3, 65_000, { clientOrderId: "long-ago" });
    const { id } = await place(maker.exchange);
    await taker.exchange.createOrder(SYMBOL, "limit", "buy", 0.2, 65_000);
    // The program was started anew, on a clock that is far ahead of those trades.
    const later = new coinholder({ hostname: hub.url, ...maker.keys });
    const { milliseconds } = later;
    later.milliseconds = () => milliseconds() + 3_600_000;
    expect((await place(later)).id).toBe(id);
    await later.cancelOrder(id!);
    expect(await later.fetchOrder(id!)).toMatchObject({ filled: 0.2, amount: 0.3, status: "canceled" });
  });

  test("all are cancelled, or those of one market", async () => {
    const { exchange } = maker;
    const made = await exchange.createOrder(SYMBOL, "limit", "buy", 0.1, 50_000);
    expect(await exchange.cancelAllOrders("BTC/EUR")).toEqual([]);
    expect(await exchange.cancelAllOrders(SYMBOL)).toMatchObject([
      { id: made.id, status: "canceled", symbol: SYMBOL },
    ]);
  });
});

describe("refusals", () => {
  test("are told by ccxt's classes", async () => {
    const { exchange } = maker;
    const order = (amount: number, price: number) =>
      exchange.createOrder(SYMBOL, "limit", "buy", amount, price);
    await expect(order(1000, 65_000)).rejects.toThrow(InsufficientFunds);
    await expect(order(0.000000001, 65_000)).rejects.toThrow(InvalidOrder);
    await expect(exchange.fetchTicker("BTC/XYZ")).rejects.toThrow(BadSymbol);
    await expect(exchange.cancelOrder("o999999")).rejects.toThrow(OrderNotFound);
    await expect(exchange.withdraw("BTC", 0.1, "no address")).rejects.toThrow(InvalidAddress);
    // Never sent in part: what is finer than a satoshi is refused, not cut.
    await expect(
      exchange.withdraw("BTC", 0.123456789, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"),
    ).rejects.toThrow(BadRequest);
    await expect(exchange.createOrder(SYMBOL, "limit", "buy", 1, 1, { colour: "red" })).rejects.toThrow(
      BadRequest,
    );
    const stranger = new coinholder({ hostname: hub.url, ...maker.keys, secret: taker.keys.secret });
    await expect(stranger.fetchBalance()).rejects.toThrow(AuthenticationError);
    await expect(new coinholder({ hostname: hub.url }).fetchBalance()).rejects.toThrow(AuthenticationError);
    const { authkey } = (await implicit(exchange).privatePostCreateAuthkey!({
      permissions: JSON.stringify([[maker.keys.uid, "my-balance"]]),
    })) as { authkey: { token: string; key: string } };
    const reader = new coinholder({
      hostname: hub.url,
      apiKey: authkey.token,
      secret: authkey.key,
      uid: maker.keys.uid,
    });
    expect((await reader.fetchBalance()).BTC?.free).toBeGreaterThan(0);
    await expect(reader.fetchOpenOrders()).rejects.toThrow(PermissionDenied);
  });
});

test("an order placed by a wrong clock is told with its trades", async () => {
  const exchange = new coinholder({ hostname: hub.url, ...taker.keys });
  const { milliseconds } = exchange;
  exchange.milliseconds = () => milliseconds() + 3_600_000;
  await maker.exchange.createOrder(SYMBOL, "limit", "sell", 0.1, 65_000);
  const { id } = await exchange.createOrder(SYMBOL, "limit", "buy", 0.1, 65_000);
  expect(await exchange.fetchOrder(id!)).toMatchObject({ status: "closed", filled: 0.1 });
});

test("a clock that is wrong is corrected once, and then known", async () => {
  const exchange = new coinholder({
    urls: { api: hub.url },
    ...maker.keys,
    options: { timeDifference: 3_600_000 },
  });
  expect((await exchange.fetchBalance()).USD?.free).toBeGreaterThan(0);
  expect(Math.abs(exchange.options.timeDifference)).toBeLessThan(60_000);
  expect(Math.abs(await exchange.loadTimeDifference())).toBeLessThan(60_000);
});

test("money: balances, addresses, transfers, as decimal strings where ccxt is told so", async () => {
  const exchange = new coinholder({ hostname: hub.url, ...taker.keys });
  Object.assign(exchange, { number: String });
  const before = await exchange.fetchBalance();
  expect(before.EUR).toEqual({ free: "0", used: "0", total: "0" });
  await exchange.createOrder(SYMBOL, "limit", "sell", "0.00012345" as unknown as number, 70_000);
  expect((await exchange.fetchBalance()).BTC).toMatchObject({ used: "0.00012345", total: before.BTC?.total });
  const { address } = await maker.exchange.fetchDepositAddress("BTC");
  expect((await maker.exchange.fetchDepositAddress("BTC")).address).toBe(address);
  const sent = await exchange.withdraw("BTC", "0.01" as unknown as number, address!, undefined, {
    clientOrderId: "rent",
  });
  expect(sent).toMatchObject({ status: "ok", amount: "0.01", type: "withdrawal", fee: { cost: "0.00" } });
  const again = await exchange.withdraw("BTC", "0.01" as unknown as number, address!, undefined, {
    clientOrderId: "rent",
  });
  expect(again.id).toBe(sent.id);
  const [received] = (await maker.exchange.fetchDeposits("BTC")).slice(-1);
  expect(received).toMatchObject({ amount: 0.01, status: "ok", internal: true, address });
  const all = await exchange.fetchDepositsWithdrawals(undefined, 1);
  expect(all.map(({ type }) => type)).toContain("deposit");
  expect(all.at(-1)).toMatchObject({ id: sent.id, type: "withdrawal" });
  expect(await exchange.fetchTradingFee(SYMBOL)).toMatchObject({ maker: "0", taker: "0", symbol: SYMBOL });
});

test("the example runs: any program for ccxt trades on a hub", async () => {
  await maker.exchange.createOrder(SYMBOL, "limit", "buy", 0.5, 64_990);
  await maker.exchange.createOrder(SYMBOL, "limit", "sell", 0.5, 65_010);
  const program = fileURLToPath(new URL("../../../examples/ccxt-bot.mjs", import.meta.url));
  const { apiKey: TOKEN, secret: KEY, uid: ACCOUNT } = taker.keys;
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, HUB: hub.url, TOKEN, KEY, ACCOUNT },
  });
  let printed = "";
  for (const output of [child.stdout, child.stderr])
    output.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  const [code] = await once(child, "close");
  expect(printed).toContain("BTC/USD is 64990 to 65010");
  expect(printed).toMatch(/o[0-9]+ buy 0.01 at 64340.1: open/);
  expect(printed).toContain("canceled");
  expect(code).toBe(0);
  expect(await taker.exchange.fetchOpenOrders()).toEqual([]);
}, 60_000);
