import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, type Key, must, newFolder, startTestHub, type TestHub } from "../testing/harness.ts";

// BTC/USD with fees that fall with the volume; EUR/USD without fees.
let hub: TestHub;
type Person = Key & { account: string };
let [maker, taker]: [Person, Person] = [] as never;

beforeAll(async () => {
  const folder = newFolder();
  const config = join(folder, "fees.json");
  writeFileSync(
    config,
    JSON.stringify({
      accounts_per_hour: 1000,
      markets: [
        {
          base: "BTC",
          quote: "USD",
          maker_fee_bps: 10,
          taker_fee_bps: 20,
          fee_tiers: [
            { volume: "100.00", maker_fee_bps: 5, taker_fee_bps: 15 },
            { volume: "1000.00", maker_fee_bps: 0, taker_fee_bps: 10 },
          ],
        },
        { base: "EUR", quote: "USD" },
      ],
    }),
  );
  hub = await startTestHub({ config }, folder);
  [maker, taker] = [await hub.fundedAccount("1"), await hub.newAccount()];
  for (const currency of ["USD", "EUR"])
    for (const { account } of [maker, taker]) {
      const credit = { to_account: account, currency, amount: "1000.00", reference: "wire" };
      await must(hub.url, "operator-credit", credit, hub.operator);
    }
});
afterAll(() => hub.end());

const order = (by: Person, give: string, giveCur: string, want: string, wantCur: string, more = {}) =>
  must(
    hub.url,
    "place-order",
    { trade_amt: give, trade_cur: giveCur, for_amt: want, for_cur: wantCur, ...more },
    by,
  );

describe("fees by volume", () => {
  const tiers = [
    { volume: "0.00", maker_fee_bps: 10, taker_fee_bps: 20 },
    { volume: "100.00", maker_fee_bps: 5, taker_fee_bps: 15 },
    { volume: "1000.00", maker_fee_bps: 0, taker_fee_bps: 10 },
  ];

  test("are public: in the overview and in the ticker", async () => {
    const overview = (await (await fetch(`${hub.url}/api/overview.js`)).json()) as {
      markets: { fee_tiers: unknown }[];
    };
    expect(overview.markets.map((one) => one.fee_tiers)).toEqual([
      tiers,
      [{ volume: "0.00", maker_fee_bps: 0, taker_fee_bps: 0 }],
    ]);
    expect((await must(hub.url, "ticker", { market: "BTC/USD" })).fee_tiers).toEqual(tiers);
  });

  test("a trader sees the own volume, tier and what comes next, and in each trade what was paid and why", async () => {
    const mine = async (by: Person) => (await must(hub.url, "my-fees", { market: "BTC/USD" }, by)).markets;
    expect(await mine(taker)).toEqual([
      { market: "BTC/USD", volume: "0.00", maker_fee_bps: 10, taker_fee_bps: 20, next_tier: tiers[1] },
    ]);
    await order(maker, "0.5", "BTC", "200.00", "USD");
    const first = await order(taker, "100.00", "USD", "0.25", "BTC");
    expect(first).toMatchObject({ state: "filled", filled_for_amt: "0.25", fee: "0.0005" });
    const second = await order(taker, "100.00", "USD", "0.25", "BTC");
    expect(second.fee).toBe("0.000375");
    expect(await mine(maker)).toEqual([
      { market: "BTC/USD", volume: "200.00", maker_fee_bps: 5, taker_fee_bps: 15, next_tier: tiers[2] },
    ]);
    const { trades } = await must(hub.url, "my-trades", {}, taker);
    expect(trades.map(({ role, fee, fee_bps }) => [role, fee, fee_bps])).toEqual([
      ["taker", "0.000375", 15],
      ["taker", "0.0005", 20],
    ]);
    const sold = await must(hub.url, "my-trades", {}, maker);
    expect(sold.trades.map(({ role, got_amt, fee, fee_bps }) => [role, got_amt, fee, fee_bps])).toEqual([
      ["maker", "99.95", "0.05", 5],
      ["maker", "99.90", "0.10", 10],
    ]);
    expect((await must(hub.url, "my-fees", {}, taker)).markets.map((one) => one.market)).toEqual([
      "BTC/USD",
      "EUR/USD",
    ]);
    expect((await call(hub.url, "my-fees", { market: "XXX/USD" }, taker)).code).toBe("market_unknown");
  });
});

describe("own orders that meet", () => {
  test("what is cancelled is told by the order that did it, given back, and kept in history, across a restart", async () => {
    const euros = (amount: string) => order(taker, amount, "EUR", amount, "USD");
    const rule = (own_order_prevention: string) =>
      must(hub.url, "change-settings", { own_order_prevention }, taker);

    expect(await must(hub.url, "my-settings", {}, taker)).toEqual({ own_order_prevention: "cancel_oldest" });
    const one = await euros("10.00");
    const two = await order(taker, "10.00", "USD", "10.00", "EUR");
    expect(two).toMatchObject({ state: "open", cancelled: [one.oid], given_back: { eur: "10.00" } });

    await rule("cancel_newest");
    const three = await euros("5.00");
    expect(three).toMatchObject({ state: "cancelled", cancelled: [], given_back: {}, stopped_by: two.oid });

    await rule("cancel_both");
    const four = await euros("5.00");
    expect(four).toMatchObject({
      state: "cancelled",
      cancelled: [two.oid],
      given_back: { usd: "10.00" },
      stopped_by: two.oid,
    });
    expect((await must(hub.url, "my-open-orders", {}, taker)).orders).toEqual([]);
    expect((await must(hub.url, "my-balance", {}, taker)).held).toEqual({});

    hub = await hub.restart();
    expect((await must(hub.url, "my-settings", {}, taker)).own_order_prevention).toBe("cancel_both");
    const page = await must(hub.url, "my-cancelled-orders", { limit: "3" }, taker);
    expect(page.orders.map(({ oid, met, side, filled_for_amt }) => [oid, met, side, filled_for_amt])).toEqual(
      [
        [four.oid, two.oid, "sell", "0.00"],
        [two.oid, four.oid, "buy", "0.00"],
        [three.oid, two.oid, "sell", "0.00"],
      ],
    );
    const rest = await must(
      hub.url,
      "my-cancelled-orders",
      { before: String(page.next_before), limit: "3" },
      taker,
    );
    expect(rest).toMatchObject({
      orders: [
        {
          oid: one.oid,
          met: two.oid,
          market: "EUR/USD",
          trade_amt: "10.00",
          trade_cur: "EUR",
          for_cur: "USD",
        },
      ],
      more_exist: false,
    });
    expect((await must(hub.url, "my-cancelled-orders", {}, maker)).orders).toEqual([]);
  });

  test("a batch places, amends and cancels by client_id in order, each answered as alone", async () => {
    await must(hub.url, "change-settings", { own_order_prevention: "cancel_oldest" }, taker);
    const params = {
      trade_amt: "10.00",
      trade_cur: "EUR",
      for_amt: "20.00",
      for_cur: "USD",
      client_id: "ask",
    };
    const { results } = await must(
      hub.url,
      "batch",
      {
        calls: JSON.stringify([
          { function: "place-order", params },
          { function: "place-order", params: { ...params, for_amt: "10.00" } },
          { function: "my-open-orders" },
          { function: "cancel-order", params: { client_id: "ask" } },
          { function: "cancel-order", params: { client_id: "ask" } },
        ]),
      },
      taker,
    );
    expect(results).toEqual([
      expect.objectContaining({ state: "open" }),
      { error: expect.objectContaining({ code: "client_id_conflict" }) },
      {
        orders: [
          expect.objectContaining({ client_id: "ask", market: "EUR/USD", side: "sell", price: "2.00" }),
        ],
      },
      expect.objectContaining({ given_back: { eur: "10.00" } }),
      { error: expect.objectContaining({ code: "order_unknown" }) },
    ]);
  });
});

describe("a price by name", () => {
  const small = { trade_amt: "65.01", trade_cur: "USD", for_amt: "0.001", for_cur: "BTC" };

  test("stands where the two amounts would say it too coarsely, and is told as it was asked", async () => {
    const placed = await must(hub.url, "place-order", { ...small, price: "65000.01" }, taker);
    const priceOf = async () =>
      (await must(hub.url, "my-open-orders", {}, taker)).orders.find((one) => one.oid === placed.oid)?.price;
    expect(await priceOf()).toBe("65000.01");
    const more = { oid: placed.oid, trade_amt: "65.01", for_amt: "0.001", price: "65000.02" };
    await must(hub.url, "amend-order", more, taker);
    expect(await priceOf()).toBe("65000.02");
    await must(hub.url, "cancel-order", { oid: placed.oid }, taker);
  });

  test.each([
    [
      { ...small, trade_amt: "65.00", price: "65000.01" },
      { code: "order_price", quote_amt: "65.01" },
    ],
    [
      { ...small, price: "65000.001" },
      { code: "amount_invalid", reason: "too_precise" },
    ],
    [
      { ...small, price: "0" },
      { code: "amount_invalid", reason: "not_positive" },
    ],
  ])("%j is refused: %j", async (params, error) => {
    const { status, body } = await call(hub.url, "place-order", params, taker);
    expect({ status, body }).toMatchObject({ status: 400, body: { error } });
  });
});
