import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Check, runChecks } from "./checks.ts";
import { startTestHub, type TestHub, type Trader, until } from "./testing.ts";

const SYMBOL = "BTC/USD";
const script = fileURLToPath(new URL("../../../scripts/ccxt-checks.mjs", import.meta.url));
const prepared = spawnSync(process.execPath, [script], { encoding: "utf8" });
const python = prepared.stdout.trim().split("\n").at(-1)!;
const why = prepared.status === 0 ? undefined : prepared.stderr;
// Off line the checks cannot be fetched; where everything is to be checked, that is a failure.
if (why !== undefined && process.env.CI) throw new Error(why);
if (why !== undefined) console.warn(`SKIPPED: ccxt's own checks are not here. ${why}`);

let hub: TestHub;
let maker: Trader;
let taker: Trader;
beforeAll(async () => {
  if (why !== undefined) return;
  hub = await startTestHub();
  maker = await hub.trader("2", "200000.00");
  taker = await hub.trader("2", "200000.00");
  for (const [side, price] of [
    ["buy", 64_900],
    ["buy", 64_990],
    ["sell", 65_010],
    ["sell", 65_100],
  ] as const)
    await maker.exchange.createOrder(SYMBOL, "limit", side, 0.5, price);
  for (const [side, price] of [
    ["buy", 65_010],
    ["sell", 64_990],
  ] as const)
    await taker.exchange.createOrder(SYMBOL, "limit", side, 0.01, price);
  await taker.exchange.createOrder(SYMBOL, "limit", "buy", 0.01, 60_000, { postOnly: true });
  const { address } = await maker.exchange.createDepositAddress("BTC");
  await taker.exchange.withdraw("BTC", 0.1, address!);
  await taker.exchange.withdraw("USD", 100, "IBAN of the test");
  await taker.exchange.withdraw("BTC", 0.1, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080");
  await until(
    () => taker.exchange.fetchWithdrawals("BTC"),
    (sent) => sent.some(({ txid }) => txid !== undefined),
  );
}, 180_000);
afterAll(() => hub?.end());

// ccxt expects more than five currencies of an exchange; a hub has as many as its operator wants.
// What else is left out, and why:
/** A hub does not say when a transfer last changed. */
const UPDATED = { updated: true } as const;
/** What did not come or go by the chain has no transaction. */
const INSIDE = { ...UPDATED, txid: true } as const;
/** And what is no bitcoin has no network. */
const BANK = { ...INSIDE, network: true } as const;

const CHECKS: readonly Check[] = [
  { check: "loadMarkets" },
  { check: "fetchMarkets" },
  { check: "fetchCurrencies", skipped: { amountOfCurrencies: true } },
  { check: "features" },
  { check: "fetchStatus" },
  { check: "fetchTicker", args: [SYMBOL] },
  { check: "fetchTickers", args: [SYMBOL] },
  { check: "fetchOrderBook", args: [SYMBOL] },
  { check: "fetchTrades", args: [SYMBOL] },
  { check: "fetchOHLCV", args: [SYMBOL] },
  { check: "fetchBalance" },
  { check: "fetchMyTrades", args: [SYMBOL] },
  { check: "fetchOpenOrders", args: [SYMBOL] },
  { check: "fetchTradingFee", args: [SYMBOL] },
  { check: "fetchTradingFees" },
  { check: "fetchDeposits", args: ["BTC"], skipped: UPDATED },
  { check: "fetchDeposits", args: ["USD"], skipped: BANK },
  { check: "fetchWithdrawals", args: ["BTC"], skipped: INSIDE },
  { check: "fetchWithdrawals", args: ["USD"], skipped: BANK },
  { check: "fetchDepositWithdrawals", args: ["BTC"], skipped: INSIDE },
  { check: "createOrder", args: [SYMBOL] },
];

test.skipIf(why !== undefined)(
  "ccxt's own checks of an exchange pass on a running hub",
  async () => {
    const checked = await runChecks(python, taker.exchange, CHECKS);
    expect(checked.filter(({ error }) => error !== null)).toEqual([]);
    expect(checked.map(({ check }) => check)).toEqual(CHECKS.map(({ check }) => check));
  },
  180_000,
);

test.skipIf(why !== undefined)(
  "they notice what is wrong, so that passing means something",
  async () => {
    const spoil: Record<string, (result: never) => unknown> = {
      fetchTicker: (ticker: object) => ({ ...ticker, bid: 2, ask: 1 }),
      fetchOrderBook: (book: { bids: unknown[] }) => ({ ...book, bids: book.bids.toReversed() }),
      fetchTrades: (trades: object[]) => trades.map((trade) => ({ ...trade, side: "long" })),
      fetchOHLCV: (candles: number[][]) => candles.map(([t, ...rest]) => [t! + 1, ...rest]),
      fetchBalance: (balance: { total: object }) => ({ ...balance, total: { ...balance.total, BTC: 99 } }),
      fetchMyTrades: (trades: object[]) => trades.map((trade) => ({ ...trade, takerOrMaker: "both" })),
      fetchOpenOrders: (orders: object[]) => orders.map((order) => ({ ...order, status: "resting" })),
      fetchTradingFee: ({ maker: _, ...fee }: { maker: number }) => fee,
      fetchDeposits: (deposits: object[]) => deposits.map((deposit) => ({ ...deposit, currency: "XYZ" })),
      fetchCurrencies: (all: Record<string, object>) => ({ ...all, BTC: { ...all.BTC, precision: 8 } }),
      fetchMarkets: (all: object[]) => all.map((market) => ({ ...market, base: undefined })),
      fetchOrder: (order: object) => ({ ...order, status: "canceled", filled: 0 }),
    };
    const checks = CHECKS.filter(({ check }) => check in spoil || check === "createOrder");
    const checked = await runChecks(python, taker.exchange, checks, (method, result) =>
      method in spoil ? spoil[method]!(result as never) : result,
    );
    expect(checked.filter(({ error }) => error === null)).toEqual([]);
    for (const { error } of checked) expect(error).toMatch(/^AssertionError/);
    expect(checked.find(({ check }) => check === "createOrder")?.error).toContain("order should be open");
  },
  180_000,
);
