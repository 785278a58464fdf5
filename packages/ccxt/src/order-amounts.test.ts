import { InvalidOrder } from "ccxt";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orderAmounts, worstPrice } from "./order-amounts.ts";

const STEPS = { baseDecimals: 8, quoteDecimals: 2, tick: "0.01", lot: "0.00000001", byName: false };
const cents = (text: string): bigint => BigInt(Math.round(Number(text) * 100));
const sats = (text: string): bigint => BigInt(Math.round(Number(text) * 1e8));
const asText = (units: bigint | number, decimals: number): string => {
  const digits = String(units).padStart(decimals + 1, "0");
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

/** The limit in cents that the hub makes of the amounts (docs/reference/place-order.md), said anew. */
const hubsLimit = (buys: boolean, tradeAmt: string, forAmt: string): bigint => {
  const [quote, base] = buys ? [cents(tradeAmt), sats(forAmt)] : [cents(forAmt), sats(tradeAmt)];
  const scaled = quote * 100_000_000n;
  return buys ? scaled / base : (scaled + base - 1n) / base;
};

const amounts = fc.oneof(
  fc.integer({ min: 1, max: 2_000_000 }),
  fc.integer({ min: 100_000_000, max: 5_000_000_000 }),
);
const prices = fc.oneof(fc.integer({ min: 1, max: 20_000_000 }), fc.constantFrom(6_500_000, 6_500_001));

describe("an order's limit at a hub that takes it by name", () => {
  test("is the price asked, however small the order, and the amounts are what it comes to", () => {
    fc.assert(
      fc.property(fc.boolean(), amounts, prices, (buys, amount, price) => {
        const exact = BigInt(amount) * BigInt(price);
        const quote = (exact + (buys ? 99_999_999n : 0n)) / 100_000_000n;
        const order = () =>
          orderAmounts(buys, asText(amount, 8), asText(price, 2), { ...STEPS, byName: true });
        if (quote === 0n) {
          expect(order).toThrow(InvalidOrder);
          return;
        }
        const { said } = order();
        expect(cents(said.price!)).toBe(BigInt(price));
        expect(cents(buys ? said.trade_amt : said.for_amt)).toBe(quote);
        expect(sats(buys ? said.for_amt : said.trade_amt)).toBe(BigInt(amount));
      }),
      { seed: 65_001 },
    );
  });
});

describe("an order's limit at a hub of the seed", () => {
  test("is the price asked wherever two amounts can say it, else the next better one, never a worse one", () => {
    fc.assert(
      fc.property(fc.boolean(), amounts, prices, (buys, amount, price) => {
        const exact = BigInt(amount) * BigInt(price);
        const [down, up] = [exact / 100_000_000n, (exact + 99_999_999n) / 100_000_000n];
        const base = asText(amount, 8);
        const limits = [down, up]
          .filter((quote) => quote > 0n)
          .map((quote) =>
            buys ? hubsLimit(true, asText(quote, 2), base) : hubsLimit(false, base, asText(quote, 2)),
          );
        let made: ReturnType<typeof orderAmounts>;
        try {
          made = orderAmounts(buys, base, asText(price, 2), STEPS);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidOrder);
          // Only what comes to no whole cent cannot be said.
          expect(buys && down === 0n).toBe(true);
          return;
        }
        const limit = hubsLimit(buys, made.said.trade_amt, made.said.for_amt);
        expect(cents(made.price)).toBe(limit);
        expect(sats(made.amount)).toBe(BigInt(amount));
        if (buys) expect(limit).toBeLessThanOrEqual(BigInt(price));
        else expect(limit).toBeGreaterThanOrEqual(BigInt(price));
        if (limits.includes(BigInt(price))) expect(limit).toBe(BigInt(price));
        // Within what a cent in all makes of it.
        const off = buys ? BigInt(price) - limit : limit - BigInt(price);
        expect(off * BigInt(amount)).toBeLessThan(100_000_000n + BigInt(amount));
      }),
      { numRuns: 2000, seed: 65_000 },
    );
  });

  test("is the price asked for every amount of a whole bitcoin and more", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 100_000_000, max: 10_000_000_000 }),
        prices,
        (buys, amount, price) => {
          const made = orderAmounts(buys, asText(amount, 8), asText(price, 2), STEPS);
          expect(cents(made.price)).toBe(BigInt(price));
        },
      ),
      { numRuns: 1000, seed: 21 },
    );
  });

  test("of a price between two ticks is the better one", () => {
    expect(orderAmounts(true, "1", "65000.019", STEPS).price).toBe("65000.01");
    expect(orderAmounts(false, "1", "65000.011", STEPS).price).toBe("65000.02");
    const coarse = { ...STEPS, tick: "0.50", lot: "0.001" };
    expect(orderAmounts(true, "1.0019", "65000.70", coarse)).toMatchObject({
      amount: "1.001",
      price: "65000.50",
    });
    expect(orderAmounts(false, "1.0019", "65000.70", coarse).price).toBe("65001.00");
  });

  test("an amount below the lot or a price below the tick is refused, not rounded to none", () => {
    expect(() => orderAmounts(true, "0.000000009", "65000", STEPS)).toThrow(InvalidOrder);
    expect(() => orderAmounts(true, "1", "0.009", STEPS)).toThrow(InvalidOrder);
    expect(() => orderAmounts(true, "0.00000001", "65000", STEPS)).toThrow(InvalidOrder);
    expect(() => orderAmounts(true, "-1", "65000", STEPS)).toThrow(InvalidOrder);
  });

  test("numbers with exponents are read exactly", () => {
    expect(orderAmounts(false, "1e-7", "6.5e6", STEPS)).toMatchObject({
      said: { trade_amt: "0.0000001", for_amt: "0.65" },
    });
  });
});

test("what trades at once gives at most what it costs at the bound, and one cent", () => {
  fc.assert(
    fc.property(amounts, prices, (amount, price) => {
      const made = orderAmounts(true, asText(amount, 8), asText(price, 2), STEPS, true);
      const exact = BigInt(amount) * BigInt(price);
      expect(cents(made.said.trade_amt) * 100_000_000n).toBeGreaterThanOrEqual(exact);
      expect(cents(made.said.trade_amt) * 100_000_000n).toBeLessThan(exact + 100_000_000n);
    }),
    { numRuns: 1000, seed: 8 },
  );
});

test("a market order is bound by the worst level that it needs, and the slippage", () => {
  const levels = [
    ["100.00", "1"],
    ["101.00", "1"],
    ["150.00", "5"],
  ] as const;
  expect(worstPrice(true, "1.5", levels, "0.01")).toBe("102.01");
  expect(worstPrice(true, "1", levels, "0.01")).toBe("101");
  expect(worstPrice(false, "1.5", levels, "0.01")).toBe("99.99");
  expect(worstPrice(true, "50", levels, "0")).toBe("150");
  expect(worstPrice(true, "1", [], "0.01")).toBeUndefined();
});
