import { type Amount, parseAmount } from "@coinholder/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { btcText, type OfMarket, orderFor } from "./limit.ts";

const CENTS: OfMarket = { usdPlaces: 2, tick: 1 };
const units = (text: string, places: number): Amount => {
  const read = parseAmount(text, places);
  if ("problem" in read) throw new Error(`${text}: ${read.problem}`);
  return read.amount;
};

const priceOf = (buys: boolean, amount: string, price: string, of: OfMarket): string | undefined =>
  orderFor({ buys, amount, price }, of)?.price;

test("a bot's price is the order's price, rounded to the tick in its owner's favour", () => {
  expect(priceOf(true, "1.05", "0.37142", CENTS)).toBe("0.37");
  expect(priceOf(false, "1.05", "0.37142", CENTS)).toBe("0.38");
  expect(priceOf(true, "0.1", "6", CENTS)).toBe("6.00");
  expect(priceOf(true, "0.01", "5.55", CENTS)).toBe("5.55");
  expect(priceOf(false, "0.01", "5.55", CENTS)).toBe("5.55");
  expect(priceOf(true, "1", "0.004", CENTS)).toBe(undefined);
  expect(priceOf(false, "0.001", "5.55", CENTS)).toBe(undefined);
});

test("whatever amount and price: the sum is what the price comes to, up for a buy, down for a sell", () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.integer({ min: 1, max: 1_000_000_000_000 }),
      fc.integer({ min: 1, max: 10_000_000_000 }),
      fc.constantFrom(0, 2, 5),
      fc.constantFrom(1, 5, 100),
      (buys, sats, price, usdPlaces, tick) => {
        const amount = `${Math.floor(sats / 1e8)}.${String(sats % 1e8).padStart(8, "0")}`;
        const asked = `${Math.floor(price / 1e5)}.${String(price % 1e5).padStart(5, "0")}`;
        const order = orderFor({ buys, amount, price: asked }, { usdPlaces, tick });
        if (order === undefined) return;
        expect(units(order.btc, 8)).toBe(sats);
        const [usd, limit] = [BigInt(units(order.usd, usdPlaces)), BigInt(units(order.price, usdPlaces))];
        expect(limit % BigInt(tick)).toBe(0n);
        const exact = limit * BigInt(sats);
        expect(usd).toBe((exact + (buys ? 99_999_999n : 0n)) / 100_000_000n);
        // Never against the owner, by less than a tick.
        const off = (BigInt(price) * 10n ** BigInt(usdPlaces) - limit * 100_000n) * (buys ? 1n : -1n);
        expect(off).toBeGreaterThanOrEqual(0n);
        expect(off).toBeLessThan(BigInt(tick) * 100_000n);
      },
    ),
    { seed: 2011 },
  );
});

test("amounts as programs of that time print them are read, and nothing that is no number", () => {
  expect(btcText("1e-05")).toBe("0.00001");
  expect(btcText(".5")).toBe("0.5");
  expect(btcText("5.")).toBe("5");
  expect(btcText("0.30000000000000004")).toBe("0.30");
  // Finer by itself: the hub refuses it.
  expect(btcText("0.123456789")).toBe("0.123456789");
  for (const text of ["", ".", "1,5", "0x10", "Infinity", "NaN", "1e400", "+", "1 2", "٣"])
    expect(btcText(text), text).toBe(undefined);
  for (const price of ["0", "-1", "abc", ""])
    expect(orderFor({ buys: true, amount: "1", price }, CENTS), price).toBe(undefined);
});
