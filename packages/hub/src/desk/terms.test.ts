import type { Amount } from "@coinholder/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { termsOf } from "./terms.ts";

const BTC = 1e8;
const amount = (value: number): Amount => value as Amount;
const NO_MARGIN = { spreadBps: 0, premiumBps: 0 };
const PRICE = { bid: 6_450_000, ask: 6_460_000 };

describe("what the desk says", () => {
  test("buys base at the bid and sells it at the ask", () => {
    expect(termsOf(PRICE, BTC, NO_MARGIN, { givesBase: true, give: amount(1e6) })).toEqual({
      give: 1e6,
      want: 64_500,
      premium: 0,
    });
    expect(termsOf(PRICE, BTC, NO_MARGIN, { givesBase: false, want: amount(1e6) })).toEqual({
      give: 64_600,
      want: 1e6,
      premium: 0,
    });
  });

  test("takes the spread on both sides, and the premium of what is given", () => {
    const margin = { spreadBps: 100, premiumBps: 50 };
    expect(termsOf(PRICE, BTC, margin, { givesBase: true, give: amount(1e6) })).toEqual({
      give: 1e6,
      want: 63_855,
      premium: 5000,
    });
    expect(termsOf(PRICE, BTC, margin, { givesBase: false, want: amount(1e6) })).toEqual({
      give: 65_246,
      want: 1e6,
      premium: 326,
    });
  });

  test("is nothing where an amount would be nothing or could not be counted", () => {
    expect(termsOf(PRICE, BTC, NO_MARGIN, { givesBase: true, give: amount(15) })).toBeUndefined();
    expect(termsOf(PRICE, BTC, NO_MARGIN, { givesBase: true, give: amount(16) })).toMatchObject({ want: 1 });
    const huge = { givesBase: true, give: amount(Number.MAX_SAFE_INTEGER) } as const;
    expect(termsOf({ bid: 1e15, ask: 1e15 }, BTC, NO_MARGIN, huge)).toBeUndefined();
  });
});

test("the amount asked for stands; the other is rounded by less than one unit, to the desk's side, however large it is", () => {
  const price = fc.integer({ min: 1, max: 1e12 });
  const bps = fc.integer({ min: 0, max: 9999 });
  fc.assert(
    fc.property(
      price,
      fc.integer({ min: 1, max: 1e12 }),
      fc.constantFrom(1, 100, 1e8, 1e12),
      bps,
      bps,
      fc.boolean(),
      fc.boolean(),
      (rate, units, scale, spreadBps, premiumBps, givesBase, says) => {
        const stated = amount(units);
        const asked = says ? { givesBase, give: stated } : { givesBase, want: stated };
        const terms = termsOf({ bid: rate, ask: rate }, scale, { spreadBps, premiumBps }, asked);
        if (!terms) return;
        const { give, want, premium } = terms;
        expect(says ? give : want).toBe(stated);
        for (const one of [give, want, premium]) expect(Number.isSafeInteger(one)).toBe(true);
        const [base, quote] = givesBase ? [BigInt(give), BigInt(want)] : [BigInt(want), BigInt(give)];
        const margin = givesBase ? 10_000n - BigInt(spreadBps) : 10_000n + BigInt(spreadBps);
        // quote / base against rate * margin / scale, without a division.
        const worth = base * BigInt(rate) * margin;
        const paid = quote * BigInt(scale) * 10_000n;
        if (givesBase) expect(paid <= worth).toBe(true);
        else expect(paid >= worth).toBe(true);
        // One unit more (or less) of what was rounded would be to the buyer's side.
        const step = (says === givesBase ? BigInt(scale) * 10_000n : BigInt(rate) * margin) as bigint;
        expect((paid > worth ? paid - worth : worth - paid) < step).toBe(true);
        expect(BigInt(premium) === (BigInt(give) * BigInt(premiumBps)) / 10_000n).toBe(true);
      },
    ),
  );
});
