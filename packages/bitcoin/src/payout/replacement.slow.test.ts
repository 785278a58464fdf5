import fc from "fast-check";
import { expect, test } from "vitest";
import { sats } from "../sats.ts";
import { openWallet } from "../wallet/keys.ts";
import { seedFromPhrase } from "../wallet/seed.ts";
import { planChild } from "./child.ts";
import { type Coin, coinKey } from "./coin.ts";
import { type PayoutPlan, type PayoutRequest, planPayout } from "./plan.ts";
import { signPayout } from "./sign.ts";

const wallet = openWallet(seedFromPhrase(`${"abandon ".repeat(11)}about`, "regtest"));
const changeAddresses = [0, 1].map((index) => wallet.address("change", index).address);
const to = openWallet(seedFromPhrase(`${"abandon ".repeat(23)}art`, "regtest")).address("receive", 0).address;

const coin = (value: number, number: number, more: Partial<Coin> = {}): Coin => ({
  txid: Buffer.alloc(32, number).toString("hex"),
  vout: number,
  value: sats(value),
  type: number % 2 === 0 ? "p2tr" : "p2wpkh",
  branch: "receive",
  index: number,
  confirmed: true,
  ...more,
});
const request = (coins: Coin[], amount: number, more: Partial<PayoutRequest> = {}): PayoutRequest => ({
  network: "regtest",
  coins,
  outputs: [{ address: to, amount: sats(amount) }],
  changeAddresses,
  feeRate: 1,
  maxFee: sats(1_000_000),
  ...more,
});
const planned = (asked: PayoutRequest): PayoutPlan => {
  const plan = planPayout(asked);
  return plan.refused === undefined ? plan : expect.fail(plan.refused);
};

test("a replacement spends every input of the version before and pays for its own relay (BIP-125, rule 4)", () => {
  const first = planned(request([coin(60_000, 1), coin(50_000, 2)], 100_000));
  expect(first.inputs).toHaveLength(2);
  const second = planned(request([], 100_000, { mustSpend: first.inputs, leastFee: first.fee, feeRate: 2 }));
  expect(second.inputs).toEqual(first.inputs);
  expect(second.fee).toBeGreaterThanOrEqual(first.fee + second.vsize);
});

test("where its fee rate alone would not pay for the relay, it pays the least that does", () => {
  const mustSpend = [coin(500_000, 1)];
  const plan = planned(request([], 100_000, { mustSpend, leastFee: sats(10_000) }));
  expect(plan.fee).toBeGreaterThanOrEqual(10_000 + plan.vsize);
  expect(plan.fee).toBeLessThan(10_000 + 2 * plan.vsize);
});

test("a replacement that needs more coins takes confirmed ones only (BIP-125, rule 2)", () => {
  const mustSpend = [coin(101_000, 1, { confirmed: false })];
  const more = [coin(400_000, 2, { confirmed: false }), coin(90_000, 3)];
  const plan = planned(request(more, 100_000, { mustSpend, leastFee: sats(200), feeRate: 20 }));
  expect(plan.inputs.map(coinKey).sort()).toEqual([mustSpend[0]!, more[1]!].map(coinKey).sort());
  expect(
    planPayout(request(more.slice(0, 1), 100_000, { mustSpend, leastFee: sats(200), feeRate: 20 })),
  ).toMatchObject({ refused: "insufficient_coins" });
});

test("chains of replacements: superset of inputs, rising fee, never above the most allowed", () => {
  const amounts = fc.array(fc.integer({ min: 20_000, max: 300_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1_000, max: 400_000 }), (values, amount) => {
      const coins = values.map((value, i) => coin(value, i + 1, { confirmed: i % 3 !== 0 }));
      let before = planPayout(request(coins, amount));
      for (let feeRate = 2; feeRate < 40 && before.refused === undefined; feeRate *= 2) {
        const { inputs, fee } = before;
        const spent = new Set(inputs.map(coinKey));
        const rest = coins.filter((one) => !spent.has(coinKey(one)));
        const next = planPayout(
          request(rest, amount, { mustSpend: inputs, leastFee: fee, feeRate, maxFee: sats(20_000) }),
        );
        if (next.refused === undefined) {
          for (const input of inputs) expect(next.inputs).toContainEqual(input);
          expect(next.fee).toBeGreaterThanOrEqual(Math.max(fee + next.vsize, feeRate * next.vsize));
          expect(next.fee).toBeLessThanOrEqual(20_000);
        }
        before = next;
      }
    }),
    { numRuns: 100 },
  );
});

test("a coin offered and to be spent too is our own bug", () => {
  const one = coin(200_000, 1);
  expect(() => planPayout(request([one], 100_000, { mustSpend: [one] }))).toThrow(/twice/);
});

const child = (value: number, feeRate: number, parents: { fee: number; vsize: number }, more = {}) =>
  planChild({
    network: "regtest",
    coin: coin(value, 1, { branch: "change", confirmed: false }),
    changeAddress: changeAddresses[0]!,
    feeRate,
    parents: { fee: sats(parents.fee), vsize: parents.vsize },
    maxFee: sats(50_000),
    ...more,
  });

test("a child brings its parents and itself to the fee rate together, to the satoshi", () => {
  const plan = child(100_000, 10, { fee: 300, vsize: 150 });
  if (plan.refused !== undefined) return expect.fail(plan.refused);
  expect(plan.fee + 300).toBe(10 * (150 + plan.vsize));
  expect(plan.outputs).toHaveLength(1);
  expect(plan.change).toEqual([{ vout: 0, address: changeAddresses[0], amount: 100_000 - plan.fee }]);
  expect(signPayout(plan, wallet).vsize).toBeLessThanOrEqual(plan.vsize);
});

test("a child that takes another's place pays for its relay", () => {
  const plan = child(100_000, 10, { fee: 300, vsize: 150 }, { leastFee: sats(9_000) });
  expect(plan).toMatchObject({ fee: 9_000 + 110 });
});

test("no child where none is needed, and none that costs too much or leaves dust", () => {
  expect(child(100_000, 2, { fee: 300, vsize: 150 })).toEqual({ refused: "not_needed" });
  expect(child(1_900_000, 400, { fee: 300, vsize: 150 })).toEqual({
    refused: "fee_too_high",
    fee: 400 * 260 - 300,
  });
  expect(child(2_400, 10, { fee: 300, vsize: 150 })).toEqual({
    refused: "insufficient_coins",
    available: 2_400,
  });
});
