import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BrokenInvariant } from "../assert.ts";
import { sat } from "../testing.ts";
import {
  availableOf,
  balancesOf,
  changePending,
  emptyLedger,
  heldOf,
  hold,
  pay,
  payHeld,
  payTrade,
  release,
  takeBack,
  unpayHeld,
} from "./ledger.ts";

const OUTSIDE = 0;
const HUB = 90;
const ROUNDING = 91;
const ledgerWith = (amount: number) => {
  const ledger = emptyLedger();
  ledger.mayOwe.add(OUTSIDE);
  pay(ledger, 0, OUTSIDE, 1, sat(amount));
  return ledger;
};

describe("ledger", () => {
  test("a balance that is no whole number takes nothing, and one that is no number gives nothing, of those who may owe either", () => {
    for (const mayOwe of [false, true])
      for (const wrong of [Number.NaN, 0.5]) {
        const ledger = ledgerWith(10);
        if (mayOwe) ledger.mayOwe.add(1);
        const slot = ledger.first[1]!;
        ledger.available[slot] = ledger.held[slot] = wrong;
        expect(() => pay(ledger, 0, OUTSIDE, 1, sat(1))).toThrow(BrokenInvariant);
        expect(() => pay(ledger, 0, 1, 2, sat(1))).toThrow(BrokenInvariant);
        expect(() => hold(ledger, 0, 1, sat(1))).toThrow(BrokenInvariant);
        expect(() => release(ledger, 0, 1, sat(1))).toThrow(BrokenInvariant);
        expect(() => takeBack(ledger, 0, 1, OUTSIDE, sat(1))).toThrow(BrokenInvariant);
      }
  });

  test("every movement leaves the sum of a currency at zero, over growing tables and any order of first use", () => {
    const move = fc.tuple(
      fc.nat(6),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.nat(3),
      fc.integer({ min: 1, max: 1000 }),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 150 }), (moves) => {
        const ledger = emptyLedger();
        ledger.mayOwe.add(OUTSIDE);
        for (const [kind, from, to, currency, size] of moves) {
          pay(ledger, currency, OUTSIDE, from, sat(size));
          if (kind === 1) pay(ledger, currency, from, to, sat(size));
          if (kind >= 2 && kind !== 5) hold(ledger, currency, from, sat(size));
          if (kind === 3) payHeld(ledger, currency, from, to, sat(size));
          if (kind === 4) release(ledger, currency, from, sat(size));
          // What rounding leaves, above and below zero.
          if (kind >= 5) {
            const [gives, gets, fee] = [sat(size), sat(size - (size % 3)), sat(size % 4 === 0 ? 1 : 0)];
            pay(ledger, currency, OUTSIDE, ROUNDING, sat(1));
            payTrade(ledger, currency, from, kind === 6, gives, to, gets, fee, HUB, ROUNDING);
          }
        }
        for (let currency = 0; currency < 4; currency++) {
          let sum = 0;
          for (let account = 0; account <= ROUNDING; account++)
            sum += availableOf(ledger, account, currency) + heldOf(ledger, account, currency);
          expect(sum).toBe(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("an account cannot give what it has not, by any movement", () => {
    const ledger = ledgerWith(10);
    for (const movement of [
      () => pay(ledger, 0, 1, 2, sat(11)),
      () => hold(ledger, 0, 1, sat(11)),
      () => release(ledger, 0, 1, sat(1)),
      () => payHeld(ledger, 0, 1, 2, sat(1)),
      () => payTrade(ledger, 0, 1, false, sat(11), 2, sat(11), sat(0), HUB, ROUNDING),
      () => payTrade(ledger, 0, 1, true, sat(1), 2, sat(1), sat(0), HUB, ROUNDING),
      () => payTrade(ledger, 0, 1, false, sat(5), 2, sat(-6), sat(0), HUB, ROUNDING),
      () => payTrade(ledger, 0, 1, false, sat(5), 2, sat(4.5), sat(0), HUB, ROUNDING),
      () => unpayHeld(ledger, 0, 1, 2, sat(1)),
      () => changePending(ledger, 0, 1, -1),
    ])
      expect(movement).toThrow(BrokenInvariant);
    expect(availableOf(ledger, 1, 0)).toBe(10);
  });

  test("a trade gives no more than it takes, but for what rounding has left before", () => {
    const ledger = ledgerWith(10);
    const short = () => payTrade(ledger, 0, 1, false, sat(5), 2, sat(6), sat(0), HUB, ROUNDING);
    expect(short).toThrow(BrokenInvariant);
    pay(ledger, 0, OUTSIDE, ROUNDING, sat(1));
    pay(ledger, 0, OUTSIDE, 1, sat(5));
    short();
    expect([2, ROUNDING].map((account) => availableOf(ledger, account, 0))).toEqual([6, 0]);
  });

  test("nothing, less than nothing, fractions and sums past 2^53 are not moved", () => {
    const ledger = ledgerWith(10);
    for (const wrong of [0, -1, 0.5, NaN, 2 ** 53])
      expect(() => pay(ledger, 0, OUTSIDE, 2, sat(wrong))).toThrow(BrokenInvariant);
    expect(() => pay(ledger, 0, OUTSIDE, 1, sat(Number.MAX_SAFE_INTEGER - 9))).toThrow(BrokenInvariant);
  });

  test("what was taken back and already spent is a recorded debt until it is made good", () => {
    const ledger = ledgerWith(10);
    pay(ledger, 0, 1, 2, sat(8));
    takeBack(ledger, 0, 1, OUTSIDE, sat(10));
    expect([availableOf(ledger, 1, 0), [...ledger.debtors]]).toEqual([-8, [1]]);
    pay(ledger, 0, 2, 1, sat(7));
    expect([...ledger.debtors]).toEqual([1]);
    pay(ledger, 0, 2, 1, sat(1));
    expect([...ledger.debtors]).toEqual([]);
  });

  test("pending is told to the owner and is no part of the sums", () => {
    const ledger = ledgerWith(10);
    changePending(ledger, 0, 1, 5);
    expect(balancesOf(ledger, 1)).toEqual([{ currency: 0, available: 10, held: 0, pending: 5 }]);
  });
});
