import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { OptionText } from "@coinholder/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buyOption, credit, RATES, startWithDesk } from "../testing/desk.ts";
import { call, type Key, must, type TestHub, until } from "../testing/harness.ts";

type Owner = Key & { account: string };

test("a desk that quotes from its own book does so where both sides are deep enough, at the price of the last needed", async () => {
  const hub = await startWithDesk(RATES);
  const maker = await hub.fundedAccount("2");
  const anna = await hub.fundedAccount("0.2");
  for (const one of [maker, hub.operator]) await credit(hub, one, "100000.00", "EUR");
  const order = (give: string, giveCur: string, want: string, wantCur: string) =>
    must(
      hub.url,
      "place-order",
      { trade_amt: give, trade_cur: giveCur, for_amt: want, for_cur: wantCur },
      maker,
    );
  const asked = { trade_cur: "BTC", for_cur: "EUR", trade_amt: "0.01" };
  const reason = async () => {
    const { body } = await call(hub.url, "buy-option", asked, anna);
    return (body.error as { reason?: string } | undefined)?.reason;
  };
  await order("0.5", "BTC", "31000", "EUR");
  await order("600", "EUR", "0.01", "BTC");
  expect(await reason()).toBe("price_missing");
  await order("7200", "EUR", "0.12", "BTC");
  // 0.01 are bid for at 60000, too; a tenth is so only down to there.
  await order("1000", "EUR", "0.0165", "BTC");
  const { option } = await buyOption(hub, anna, asked);
  expect(option).toMatchObject({ trade_amt: "0.01", for_amt: "600.00" });
  await must(hub.url, "cancel-all-orders", {}, maker);
  expect(await reason()).toBe("price_missing");
  await order("0.5", "BTC", "40000", "EUR");
  await order("14000", "EUR", "0.2", "BTC");
  expect(await reason()).toBe("price_wild");
  // The first price is forgotten after wild_s.
  await until(reason, (why) => why === undefined);
  await hub.end();
});

test("a desk with several sources quotes by their median, and its operator sees which count", async () => {
  const prices = ["60000.00", "60010.00", "66000.00"];
  const servers = prices.map((bid) =>
    createServer((_request, response) =>
      response.end(JSON.stringify({ bid, ask: `${Number(bid) + 20}.00`, t: Date.now() })),
    ),
  );
  const sources: string[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    sources.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }
  const hub = await startWithDesk({
    markets: [{ market: "BTC/USD", price: { sources }, spread_bps: 0, stale_s: 60 }],
  });
  await credit(hub, hub.operator, "10000.00");
  const anna = await hub.fundedAccount("0.2");
  const asked = { trade_cur: "BTC", for_cur: "USD", trade_amt: "0.001" };
  await until(
    () => call(hub.url, "buy-option", asked, anna),
    ({ body }) =>
      body.option_json !== undefined &&
      (JSON.parse(body.option_json as string) as OptionText).for_amt === "60.00",
  );
  const { price_sources } = await must(hub.url, "operator-status", {}, hub.operator);
  expect(price_sources).toMatchObject([
    { market: "BTC/USD", source: sources[0], standing: "used", bid: "60000.00", ask: "60020.00" },
    { source: sources[1], standing: "used" },
    { source: sources[2], standing: "outlier", out_since_t: expect.any(Number) },
  ]);
  await hub.end();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe("a desk that quotes from another hub's ticker", () => {
  let server: Server;
  let url: string;
  let price: object;
  let hub: TestHub;
  let anna: Owner;
  beforeAll(async () => {
    server = createServer((_request, response) => response.end(JSON.stringify(price)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/ticker?market=BTC/USD`;
    price = {};
    hub = await startWithDesk({
      markets: [{ market: "BTC/USD", price: { url }, spread_bps: 0, stale_s: 5, wild_s: 1, wild_bps: 100 }],
    });
    await credit(hub, hub.operator, "10000.00");
    anna = await hub.fundedAccount("0.2");
  });
  afterAll(async () => {
    await hub.end();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const asked = { trade_cur: "BTC", for_cur: "USD", trade_amt: "0.001" };
  const why = async (): Promise<unknown> => {
    const { body } = await call(hub.url, "buy-option", asked, anna);
    const { code, reason } = (body.error ?? {}) as { code?: string; reason?: string };
    return code === undefined
      ? (JSON.parse(body.option_json as string) as OptionText).for_amt
      : (reason ?? code);
  };
  const becomes = (what: string) => until(why, (is) => is === what);

  test("quotes while it is there, fresh and calm; and says why when it is not", async () => {
    expect(await why()).toBe("price_missing");
    price = { bid: "60000.00", ask: "60100.00", t: Date.now() + 3_600_000 };
    await becomes("price_stale");
    price = { bid: "60100.00", ask: "60100.00", t: Date.now() + 4000 };
    await becomes("price_crossed");
    price = { bid: "60000.00", ask: "60100.00", t: Date.now() + 4000 };
    await becomes("60.00");
    price = { bid: "66000.00", ask: "66100.00", t: Date.now() + 4000 };
    await becomes("price_wild");
    price = { bid: "66000.00", ask: "66100.00", t: Date.now() - 60_000 };
    await becomes("price_stale");
  });
});
