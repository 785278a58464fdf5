import fc from "fast-check";
import { expect, test } from "vitest";
import { sats } from "../sats.ts";
import { openWallet } from "../wallet/keys.ts";
import { seedFromPhrase } from "../wallet/seed.ts";
import type { Coin } from "./coin.ts";
import { planPayout } from "./plan.ts";
import { signPayout } from "./sign.ts";

const wallet = openWallet(seedFromPhrase(`${"abandon ".repeat(11)}about`, "regtest"));
const stranger = openWallet(seedFromPhrase(`${"abandon ".repeat(23)}art`, "regtest"));
const recipients = Array.from(
  { length: 20 },
  (_, index) => stranger.address("receive", index, index % 2 === 0 ? "p2wpkh" : "p2tr").address,
);
const changeAddresses = [0, 1, 2].map((index) => wallet.address("change", index).address);

const coin = (number: number, value: number): Coin => ({
  txid: Buffer.alloc(32, number).toString("hex"),
  vout: number,
  value: sats(value),
  type: number % 2 === 0 ? "p2tr" : "p2wpkh",
  branch: "receive",
  index: number,
  confirmed: true,
});

test("10,000 random amounts in batches of 200: each arrives to the satoshi, the rest is change and fee", () => {
  const amounts = fc.array(fc.integer({ min: 546, max: 21_000_000 }), { minLength: 200, maxLength: 200 });
  let runs = 0;
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 100 }), (all, feeRate) => {
      const outputs = all.map((amount, i) => ({ address: recipients[i % 20]!, amount: sats(amount) }));
      const asked = all.reduce((sum, amount) => sum + amount, 0);
      const coins = Array.from({ length: 6 }, (_, i) => coin(i, Math.ceil(asked / 3)));
      const maxFee = sats(2_000_000);
      const plan = planPayout({ network: "regtest", coins, outputs, changeAddresses, feeRate, maxFee });
      if (plan.refused !== undefined) return expect.fail(plan.refused);
      const back = new Set(plan.change.map(({ vout }) => vout));
      const paid = plan.outputs.filter((_, vout) => !back.has(vout));
      const written = (list: readonly { address: string; amount: number }[]) =>
        list.map(({ address, amount }) => `${address} ${amount}`).sort();
      expect(written(paid)).toEqual(written(outputs));
      const spent = plan.inputs.reduce((sum, { value }) => sum + value, 0);
      const change = plan.change.reduce((sum, { amount }) => sum + amount, 0);
      expect(spent).toBe(asked + change + plan.fee);
      expect(plan.fee).toBe(plan.vsize * feeRate);
      if (runs++ % 10 === 0) signPayout(plan, wallet); // compares the bytes with the plan
    }),
    { numRuns: 50 },
  );
});
