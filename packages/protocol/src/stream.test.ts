import { describe, expect, test } from "vitest";
import { MOST_CHANNELS, readChannels, writeChannels } from "./stream.ts";
import { drawCandles } from "./stream-candles.ts";
import { drawNearby, type NearbyInvoice, nearbyChannel } from "./stream-nearby.ts";

describe("channels", () => {
  test("are read with what they are of and the number to go on from, and written as they were", () => {
    const text = "book:BTC/USD@1042,candles:BTC/USD:1m@0,candles:BTC/USD:1d,balances@7,fills";
    const read = readChannels(text);
    if ("problem" in read) throw new Error(read.problem);
    expect(read.channels).toEqual([
      { channel: "book:BTC/USD", kind: "book", market: "BTC/USD", after: 1042 },
      { channel: "candles:BTC/USD:1m", kind: "candles", market: "BTC/USD", interval: "1m", after: 0 },
      { channel: "candles:BTC/USD:1d", kind: "candles", market: "BTC/USD", interval: "1d" },
      { channel: "balances", kind: "balances", after: 7 },
      { channel: "fills", kind: "fills" },
    ]);
    expect(writeChannels(read.channels)).toBe(text);
  });

  test("of places nearby take any code that an invoice can have", () => {
    for (const random of [undefined, "417", "a,b:c@d%", "(!)~*'", "\u{1F9C1}".repeat(16), "&=+ /"]) {
      const place = { lat: "45.508888", lng: "-73.5617", radius_m: 400, ...(random ? { random } : {}) };
      const channel = nearbyChannel(place);
      expect(readChannels(`fills,${channel}@7`)).toEqual({
        channels: [
          { channel: "fills", kind: "fills" },
          {
            channel,
            kind: "nearby",
            near: { ...place, lat: 45.508888, lng: -73.5617 },
            after: 7,
          },
        ],
      });
    }
    expect(() => nearbyChannel({ lat: "91", lng: "0", radius_m: 400 })).toThrow(TypeError);
  });

  test.each([
    "",
    "book",
    "book:BTC",
    "book:BTC/USD:1m",
    "candles:BTC/USD",
    "candles:BTC/USD:2m",
    "candles:BTC/USD:1m:1m",
    "candles",
    "balances:BTC/USD",
    "nearby",
    "nearby:45.5:-73.5",
    "nearby:90.1:0:400",
    "nearby:45.5:-73.5:0",
    "nearby:45.5:-73.5:100001",
    "nearby:45.5:-73.5:400:417:1",
    "nearby:45.5:-73.5:400:%",
    "nearby:45.5:-73.5:400:%FF",
    `nearby:45.5:-73.5:400:${"4".repeat(33)}`,
    "book:BTC%2FUSD",
    "constructor",
    "book:BTC/USD@01",
    "book:BTC/USD@9007199254740993",
    "fills,fills@3",
    Array.from({ length: MOST_CHANNELS + 1 }, (_, i) => `book:BTC/X${i}`).join(","),
  ])("of another form are none: %s", (text) => {
    expect(readChannels(text)).toHaveProperty("problem");
  });
});

test("candles are replaced from the first told on; a gap is no drawing", () => {
  const candle = (t: number, close: string) => ({ t, open: "1", high: "9", low: "1", close, volume: "1" });
  const of = { channel: "candles:BTC/USD:1m", t: 0 };
  const candles = [candle(0, "1"), candle(60, "2")];
  const first = drawCandles(undefined, { type: "snapshot", ...of, seq: 5, data: { candles } });
  const news = { candles: [candle(60, "3"), candle(120, "4")] };
  const next = { type: "update", ...of, first: 6, last: 9, data: news } as const;
  expect(drawCandles(first, next)).toEqual({ seq: 9, candles: [candles[0], ...news.candles] });
  expect(drawCandles(first, { ...next, first: 7 })).toBeUndefined();
  expect(drawCandles(undefined, next)).toBeUndefined();
});

test("invoices nearby appear in order of distance, stand differently and disappear; a gap is no drawing", () => {
  const invoice = (btc_address: string, distance_m: number) =>
    ({ btc_address, distance_m, ambiguous: false }) as NearbyInvoice;
  const of = { channel: "nearby:0:0:400", t: 0 };
  const data = { invoices: [invoice("a", 3), invoice("b", 90)], more_exist: false };
  const first = drawNearby(undefined, { type: "snapshot", ...of, seq: 5, data });
  const news = {
    appeared: [invoice("c", 40)],
    disappeared: [
      { btc_address: "b", why: "paid" },
      { btc_address: "unknown", why: "expired" },
    ],
    changed: [{ btc_address: "a", ambiguous: true }],
  };
  const next = { type: "update", ...of, first: 6, last: 9, data: news } as const;
  const drawn = [{ ...invoice("a", 3), ambiguous: true }, invoice("c", 40)];
  expect(drawNearby(first, next)).toEqual({ seq: 9, invoices: drawn, more_exist: false });
  expect(drawNearby(first, { ...next, first: 7 })).toBeUndefined();
  expect(drawNearby(undefined, next)).toBeUndefined();
});
