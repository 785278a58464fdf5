import { expect, test } from "vitest";
import { readConfig } from "../config-file.ts";
import { type FileDesk, readDesk } from "./config.ts";

const { currencies, markets } = readConfig(undefined).engine;
const read = (desk: object) => readDesk(desk as FileDesk, currencies, markets);

test("a desk needs no more than its markets; the rest has defaults", () => {
  expect(read({ markets: [{ market: "BTC/USD" }] })).toEqual({
    account: "operator",
    lifeMs: 30_000,
    caps: { most: 100, mostPerBuyer: 5 },
    pairs: [
      {
        base: "BTC",
        quote: "USD",
        price: { from: "book", market: 0 },
        most: 1e7,
        spreadBps: 100,
        premiumBps: 0,
        staleMs: 15_000,
        wildBps: 300,
        wildMs: 60_000,
      },
    ],
  });
});

test("prices are the book's, a rate or somebody else's; a rate needs no market", () => {
  const prices = read({
    markets: [
      { market: "BTC/CAD", price: { rate: "90000.00" } },
      { market: "EUR/USD", price: { rate: "1.15" }, most: "1000.00" },
      { market: "BTC/EUR", price: { url: "https://hub.example/api/ticker?market=BTC/EUR" } },
    ],
  }).pairs.map(({ price }) => price);
  expect(prices).toEqual([
    { from: "rate", rate: 9_000_000 },
    { from: "rate", rate: 115 },
    { from: "url", url: "https://hub.example/api/ticker?market=BTC/EUR" },
  ]);
});

test("several sources make a price, by a majority of them unless said", () => {
  const sources = [
    "ccxt:kraken",
    "mtgox:https://mtgox.example",
    "https://hub.example/api/ticker?market=BTC/USD",
  ];
  const prices = read({
    markets: [
      { market: "BTC/USD", price: { sources } },
      { market: "BTC/EUR", price: { sources: ["ccxt:kraken", "ccxt:bitstamp"], quorum: 1, outlier_bps: 50 } },
    ],
  }).pairs.map(({ price }) => price);
  expect(prices).toEqual([
    { from: "sources", urls: sources, quorum: 2, outlierBps: 200 },
    { from: "sources", urls: ["ccxt:kraken", "ccxt:bitstamp"], quorum: 1, outlierBps: 50 },
  ]);
});

test.each([
  [{ sources: [] }, "sources of BTC/USD lists 1 to 16"],
  [{ sources: "ccxt:kraken" }, "sources of BTC/USD lists 1 to 16"],
  [{ sources: Array.from({ length: 17 }, (_, i) => `ccxt:x${i}`) }, "lists 1 to 16"],
  [{ sources: ["ccxt:kraken", "ccxt:kraken"] }, "has one twice"],
  [{ sources: ["kraken"] }, "source kraken of BTC/USD is not ccxt:NAME"],
  [{ sources: ["ccxt:../../x"] }, "is not ccxt:NAME"],
  [{ sources: ["file:///etc/passwd"] }, "is not ccxt:NAME"],
  [{ sources: ["mtgox:file:///etc/passwd"] }, "is not ccxt:NAME"],
  [{ sources: [5] }, "is not ccxt:NAME"],
  [{ sources: ["ccxt:kraken"], quorum: 2 }, "quorum of BTC/USD must be a whole number from 1 to 1"],
  [{ sources: ["ccxt:kraken"], quorum: 0 }, "quorum of BTC/USD must be"],
  [{ sources: ["ccxt:kraken"], outlier_bps: 0 }, "outlier_bps of BTC/USD must be"],
  [{ sources: ["ccxt:kraken"], rate: "1.00" }, 'price of BTC/USD is "book"'],
  [{ rate: "1.00", quorum: 1 }, 'price of BTC/USD is "book"'],
  [{ sources: ["ccxt:kraken"], quorom: 1 }, "has no setting quorom"],
])("the price %j is refused: %s", (price, reason) => {
  expect(() => read({ markets: [{ market: "BTC/USD", price }] })).toThrow(reason);
});

test.each([
  [{}, "markets lists at least one"],
  [{ markets: [] }, "markets lists at least one"],
  [{ markets: [{ market: "BTC/USD" }], acount: "x" }, "it has no setting acount"],
  [{ markets: [{ market: "BTC/USD", spread: 1 }] }, "a market has no setting spread"],
  [{ markets: [{ market: "BTC/XXX" }] }, "not of two of the hub's currencies"],
  [{ markets: [{ market: "BTC/BTC" }] }, "not of two of the hub's currencies"],
  [{ markets: [{ market: "BTC/USD/EUR" }] }, "not of two of the hub's currencies"],
  [{ markets: [{ market: "USD/BTC" }] }, "no market of that name to quote from"],
  [{ markets: [{ market: "BTC/USD" }, { market: "USD/BTC", price: { rate: "1" } }] }, "stands twice"],
  [{ markets: [{ market: "BTC/USD", price: {} }] }, 'price of BTC/USD is "book"'],
  [
    { markets: [{ market: "BTC/USD", price: { rate: "1.00", url: "https://x.example" } }] },
    "price of BTC/USD",
  ],
  [{ markets: [{ market: "BTC/USD", price: { rate: "0" } }] }, "rate of BTC/USD 0 is no amount of USD"],
  [{ markets: [{ market: "BTC/USD", price: { rate: "1.001" } }] }, "rate of BTC/USD"],
  [{ markets: [{ market: "BTC/USD", price: { url: "file:///etc/passwd" } }] }, "price of BTC/USD"],
  [{ markets: [{ market: "BTC/USD", most: 1 }] }, "most of BTC/USD 1 is no amount of BTC"],
  [{ markets: [{ market: "BTC/USD", spread_bps: 10_000 }] }, "spread_bps of BTC/USD must be"],
  [{ markets: [{ market: "BTC/USD", premium_bps: -1 }] }, "premium_bps of BTC/USD must be"],
  [{ markets: [{ market: "BTC/USD", stale_s: 0 }] }, "stale_s of BTC/USD must be"],
  [{ markets: [{ market: "BTC/USD", wild_bps: 0.5 }] }, "wild_bps of BTC/USD must be"],
  [{ markets: [{ market: "BTC/USD" }], life_s: 0 }, "life_s must be"],
  [{ markets: [{ market: "BTC/USD" }], most_open: 0 }, "most_open must be"],
  [{ markets: [{ market: "BTC/USD" }], most_open_per_buyer: "5" }, "most_open_per_buyer must be"],
  [{ markets: [{ market: "BTC/USD" }], account: "" }, "account is an account's identifier or name"],
])("%j is refused: %s", (desk, reason) => {
  expect(() => read(desk)).toThrow(reason);
});
