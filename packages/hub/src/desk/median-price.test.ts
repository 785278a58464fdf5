import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "@coinholder/client";
import type { TimeMs } from "@coinholder/protocol";
import { afterEach, expect, test } from "vitest";
import { startKraken } from "../../../client/dist/ccxt/testing.js";
import { until } from "../testing/harness.ts";
import { guarded } from "./guard.ts";
import { medianPrice } from "./median-price.ts";
import type { PriceSource } from "./price.ts";
import { wrappedPrice } from "./wrapped-price.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A ticker over HTTP that says what it is told, or does not answer at all. */
const ticker = async (bid: string, ask: string) => {
  const told = { bid, ask, ageMs: 0, mode: "well" as "well" | "hangs" | "fails", asked: 0 };
  const server = createServer((_request, response) => {
    told.asked++;
    if (told.mode === "hangs") return;
    if (told.mode === "fails") response.writeHead(500).end();
    else response.end(JSON.stringify({ bid: told.bid, ask: told.ask, t: Date.now() - told.ageMs }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return Object.assign(told, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
};

const open = (urls: readonly string[], quorum = 2) => {
  const lines: object[] = [];
  const log = { info: (about: object) => lines.push(about), warn: (about: object) => lines.push(about) };
  const rules = { urls, decimals: 2, everyMs: 20, staleMs: 15_000, outlierBps: 200, quorum };
  const source = medianPrice("BTC/USD", rules, log as never);
  closing.push(source.close);
  return { source, lines };
};
const latest = (source: PriceSource) => source.latest(Date.now() as TimeMs);
const becomes = (source: PriceSource, expected: object) =>
  until(
    async () => latest(source),
    (price) => Object.entries(expected).every(([name, value]) => (price as never)?.[name] === value),
  );
const standings = (source: PriceSource) => source.parts!().map(({ standing }) => standing);

test("three servers make one price; one that lies, hangs or fails changes nothing and is told once", async () => {
  const [a, b, c] = [
    await ticker("100.00", "100.40"),
    await ticker("100.10", "100.50"),
    await ticker("100.20", "100.60"),
  ];
  const { source, lines } = open([a.url, b.url, c.url]);
  await becomes(source, { bid: 100_10, ask: 100_50 });
  lines.length = 0;

  c.bid = "150.00";
  c.ask = "150.10";
  await becomes(source, { bid: 100_00, ask: 100_50 });
  expect(standings(source)).toEqual(["used", "used", "outlier"]);
  for (let i = 0; i < 20; i++) latest(source);
  expect(lines).toEqual([{ market: "BTC/USD", source: c.url, standing: "outlier" }]);
  expect(source.parts!()[2]?.outSince).toBeTypeOf("number");

  c.mode = "hangs";
  const before = a.asked;
  a.bid = "100.02";
  await becomes(source, { bid: 100_02 });
  await until(
    async () => a.asked,
    (asked) => asked > before + 5,
  );
  expect(standings(source)).toEqual(["used", "used", "outlier"]);
});

test("too few that are fresh are no price, and the desk's guard says why", async () => {
  const [a, b] = [await ticker("100.00", "100.40"), await ticker("100.10", "100.50")];
  const { source, lines } = open([a.url, b.url]);
  const guard = guarded(source, { staleMs: 15_000, wildBps: 10_000, wildMs: 1000 });
  const look = () => guard.look(Date.now() as TimeMs);
  await becomes(source, { bid: 100_00, ask: 100_50 });
  expect(look()).toMatchObject({ bid: 100_00, ask: 100_50 });
  b.ageMs = 60_000;
  await becomes(source, { problem: "price_stale" });
  expect(look()).toEqual({ problem: "price_stale" });
  b.mode = "fails";
  await until(
    async () => source.parts!()[1]?.trouble,
    (trouble) => trouble === "status_500",
  );
  latest(source);
  expect(lines).toContainEqual({
    market: "BTC/USD",
    source: b.url,
    standing: "stale",
    trouble: "status_500",
  });
});

test("a source that was never reached is missing", async () => {
  const a = await ticker("100.00", "100.40");
  const gone = await ticker("1", "2");
  await closing.pop()!();
  const { source } = open([a.url, gone.url]);
  await until(
    async () => source.parts!().map(({ trouble }) => trouble),
    ([of, other]) => of === undefined && other === "unreachable",
  );
  expect(latest(source)).toEqual({ problem: "price_missing" });
  expect(standings(source)).toEqual(["used", "missing"]);
});

test("all that jump together are one price, which the guard takes for wild", async () => {
  const all = [
    await ticker("100.00", "100.40"),
    await ticker("100.10", "100.50"),
    await ticker("100.20", "100.60"),
  ];
  const { source } = open(all.map(({ url }) => url));
  const guard = guarded(source, { staleMs: 15_000, wildBps: 300, wildMs: 60_000 });
  const look = () => guard.look(Date.now() as TimeMs);
  await becomes(source, { bid: 100_10 });
  expect(look()).toMatchObject({ bid: 100_10 });
  for (const one of all) Object.assign(one, { bid: "120.00", ask: "120.10" });
  await becomes(source, { bid: 120_00 });
  expect(look()).toEqual({ problem: "price_wild" });
});

test("a wrapped exchange is asked for its ticker; one that ends no call hinders neither the next try nor the close", async () => {
  let mode: "refuses" | "well" | "nonsense" = "refuses";
  let connections = 0;
  const source = wrappedPrice(
    "ccxt:small",
    "BTC/USD",
    2,
    5,
    async () => {
      connections++;
      if (mode === "refuses") throw Object.assign(new Error("no such exchange"), { code: "hub_unreachable" });
      return {
        callByName: async (name, params) =>
          mode === "nonsense"
            ? { bid: 5 }
            : { name, ...params, bid: "99.999", ask: "100.001", t: Date.now() },
      };
    },
    10,
  );
  closing.push(source.close);
  await until(
    async () => source.trouble(),
    (trouble) => trouble === "hub_unreachable",
  );
  mode = "well";
  await until(
    async () => source.latest(),
    (price) => price?.bid === 99_99 && price.ask === 100_01,
  );
  const made = connections;
  mode = "nonsense";
  await until(
    async () => source.trouble(),
    (trouble) => trouble === "malformed",
  );
  expect(source.latest()).toMatchObject({ bid: 99_99 });
  expect(connections).toBe(made);
});

test("an emulated Kraken is a source by its name", async () => {
  const kraken = await startKraken();
  closing.push(kraken.close);
  kraken.setBook("XXBTZUSD", { bids: [["64990.1", "0.5"]], asks: [["65010.2", "1.25"]] });
  const source = wrappedPrice("ccxt:kraken", "BTC/USD", 2, 5, (url) =>
    connect(url, undefined, { ccxt: kraken.ccxt }),
  );
  closing.push(source.close);
  const price = await until(
    async () => source.latest(),
    (latest) => latest !== undefined,
    60_000,
  );
  expect(price).toMatchObject({ bid: 64_990_10, ask: 65_010_20 });
  expect(price?.t).toBeGreaterThan(1_700_000_000_000);
}, 90_000);

test("an exchange that never answers is given up when the desk closes", async () => {
  const source = wrappedPrice("ccxt:small", "BTC/USD", 2, 5, () => new Promise(() => {}));
  source.close();
  await until(
    async () => source.trouble(),
    (trouble) => trouble === "timeout",
  );
  expect(source.latest()).toBeUndefined();
});
