import fc from "fast-check";
import { expect, test } from "vitest";
import { sats } from "../sats.ts";
import { openWallet } from "../wallet/keys.ts";
import { seedFromPhrase } from "../wallet/seed.ts";
import type { Coin } from "./coin.ts";
import { type PayoutPlan, planPayout } from "./plan.ts";
import { signPayout } from "./sign.ts";
import { spendingVsize } from "./size.ts";

const wallet = openWallet(seedFromPhrase(`${"abandon ".repeat(11)}about`, "regtest"));
const changeAddresses = [0, 1, 2, 3].map(
  (index) => wallet.address("change", index, index % 2 === 0 ? "p2wpkh" : "p2tr").address,
);
const to = openWallet(seedFromPhrase(`${"abandon ".repeat(23)}art`, "regtest")).address("receive", 0).address;

const coin = (value: number, number = 1): Coin => ({
  txid: Buffer.alloc(32, number).toString("hex"),
  vout: number,
  value: sats(value),
  type: number % 2 === 0 ? "p2tr" : "p2wpkh",
  branch: "receive",
  index: number,
  confirmed: true,
});
const payout = (coins: Coin[], amount: number, feeRate: number, addresses = changeAddresses) =>
  planPayout({
    network: "regtest",
    coins,
    outputs: [{ address: to, amount: sats(amount) }],
    changeAddresses: addresses,
    feeRate,
    maxFee: sats(1_000_000),
  });
const planned = (...of: Parameters<typeof payout>): PayoutPlan => {
  const plan = payout(...of);
  return plan.refused === undefined ? plan : expect.fail(plan.refused);
};

test("change is split over the addresses given, the first one first, and the parts are nearly equal", () => {
  const { change, outputs, fee, vsize } = planned([coin(1_000_000)], 100_000, 3);
  expect(change.map(({ address }) => address)).toEqual(changeAddresses);
  expect(fee).toBe(3 * vsize);
  const amounts = change.map(({ amount }) => amount);
  expect(Math.max(...amounts) - Math.min(...amounts)).toBeLessThan(3 * 43 * 3 + 4);
  for (const { vout, address, amount } of change) expect(outputs[vout]).toMatchObject({ address, amount });
});

test("change that is enough for two parts makes two; for one, one", () => {
  expect(planned([coin(131_000)], 100_000, 1).change.map(({ address }) => address)).toEqual(
    changeAddresses.slice(0, 3).slice(0, 3),
  );
  expect(planned([coin(121_000)], 100_000, 1).change).toHaveLength(2);
  expect(planned([coin(119_000)], 100_000, 1).change).toHaveLength(1);
});

test("a dear fee rate makes fewer parts: none is below ten times what spending it costs", () => {
  expect(planned([coin(300_000)], 100_000, 1).change).toHaveLength(4);
  expect(planned([coin(300_000)], 100_000, 100).change).toHaveLength(2);
  expect(planned([coin(300_000)], 100_000, 200).change).toHaveLength(1);
});

test("no part is worth less than it should, and nothing is lost", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1_000, max: 500_000 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 330, max: 400_000 }),
      fc.integer({ min: 1, max: 150 }),
      fc.integer({ min: 1, max: 4 }),
      (values, amount, feeRate, count) => {
        const coins = values.map((value, i) => coin(value, i + 1));
        const plan = payout(coins, amount, feeRate, changeAddresses.slice(0, count));
        if (plan.refused !== undefined) return;
        expect(plan.change.length).toBeLessThanOrEqual(count);
        plan.change.forEach(({ address }, i) => {
          expect(address).toBe(changeAddresses[i]);
        });
        if (plan.change.length > 1)
          for (const { amount: part, address } of plan.change)
            expect(part).toBeGreaterThanOrEqual(
              Math.max(10_000, 10 * feeRate * spendingVsize(address.length > 50 ? "p2tr" : "p2wpkh")),
            );
        const spent = plan.inputs.reduce((sum, { value }) => sum + value, 0);
        expect(spent).toBe(plan.outputs.reduce((sum, output) => sum + output.amount, 0) + plan.fee);
        expect(plan.fee).toBeGreaterThanOrEqual(plan.vsize * feeRate);
      },
    ),
    { numRuns: 300 },
  );
});

test("a plan with change of both types measures what it says", () => {
  const plan = planned([coin(400_000, 1), coin(500_000, 2)], 700_000, 2);
  const { vsize } = signPayout(plan, wallet);
  expect(plan.vsize - vsize).toBeLessThanOrEqual(1);
});
