import { HDKey } from "@scure/bip32";
import { SigHash, Transaction } from "@scure/btc-signer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sats } from "../sats.ts";
import { openWallet } from "../wallet/keys.ts";
import { seedFromPhrase } from "../wallet/seed.ts";
import type { Coin } from "./coin.ts";
import type { PayoutPlan } from "./plan.ts";
import { signPayout } from "./sign.ts";
import { finishSweep, sweepPsbt } from "./sweep.ts";
import { planSweep, type SweepRequest } from "./sweep-plan.ts";

const seed = seedFromPhrase(`${"abandon ".repeat(11)}about`, "regtest");
const wallet = openWallet(seed);
const master = (): HDKey => seed.withSeedBytes((bytes) => HDKey.fromMasterSeed(bytes));
const cold = openWallet(seedFromPhrase(`${"abandon ".repeat(23)}art`, "regtest"));
const to = cold.address("receive", 0, "p2tr").address;
const changeAddress = wallet.address("change", 0).address;

const coin = (value: number, number: number, confirmed = true): Coin => ({
  txid: Buffer.alloc(32, number).toString("hex"),
  vout: number,
  value: sats(value),
  type: number % 2 === 0 ? "p2tr" : "p2wpkh",
  branch: number % 3 === 0 ? "change" : "receive",
  index: number,
  confirmed,
});
const sweep = (coins: Coin[], amount: number, more: Partial<SweepRequest> = {}) =>
  planSweep({
    network: "regtest",
    coins,
    to,
    amount: sats(amount),
    changeAddress,
    feeRate: 2,
    maxFee: sats(1_000_000),
    ...more,
  });
const planned = (...of: Parameters<typeof sweep>): PayoutPlan => {
  const plan = sweep(...of);
  return plan.refused === undefined ? plan : expect.fail(plan.refused);
};

/** What an outside signer does that has the phrase. */
const signOutside = (psbt: string, finalize = false): string => {
  const transaction = Transaction.fromPSBT(Buffer.from(psbt, "base64"));
  transaction.sign(master() as never);
  if (finalize) transaction.finalize();
  return Buffer.from(transaction.toPSBT()).toString("base64");
};

test("a sweep takes its fee out of the amount, and the rest comes back", () => {
  const plan = planned([coin(400_000, 1), coin(300_000, 2)], 500_000);
  const [back] = plan.change;
  expect(back).toMatchObject({ address: changeAddress, amount: 200_000 });
  const arrives = plan.outputs.find((_, vout) => vout !== back!.vout)!;
  expect(arrives).toMatchObject({ address: to, amount: 500_000 - plan.fee });
  expect(plan.fee).toBe(2 * plan.vsize);
});

test("a sweep of all there is has no change", () => {
  const plan = planned([coin(400_000, 1), coin(300_000, 2)], 700_000);
  expect(plan.change).toEqual([]);
  expect(plan.outputs).toEqual([expect.objectContaining({ address: to, amount: 700_000 - plan.fee })]);
});

test("any sweep: in = out + fee, no more leaves than asked, the fee reaches its rate", () => {
  const values = fc.array(fc.integer({ min: 500, max: 400_000 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(
      values,
      fc.integer({ min: 1, max: 900_000 }),
      fc.integer({ min: 1, max: 100 }),
      (of, amount, feeRate) => {
        const coins = of.map((value, i) => coin(value, i + 1, i % 4 !== 0));
        const plan = sweep(coins, amount, { feeRate });
        if (plan.refused !== undefined) return;
        const spent = plan.inputs.reduce((sum, { value }) => sum + value, 0);
        const back = plan.change.reduce((sum, part) => sum + part.amount, 0);
        expect(spent).toBe(plan.outputs.reduce((sum, output) => sum + output.amount, 0) + plan.fee);
        expect(plan.fee).toBeGreaterThanOrEqual(feeRate * plan.vsize);
        expect(spent - back).toBeGreaterThanOrEqual(amount);
        expect(spent - back).toBeLessThan(amount + 547); // what is not worth an output goes to the fee
        expect(sweep(coins.toReversed(), amount, { feeRate })).toEqual(plan);
      },
    ),
    { numRuns: 200 },
  );
});

test("refusals of a sweep", () => {
  const coins = [coin(50_000, 1)];
  expect(sweep(coins, 1_000, { to: "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu" })).toEqual({
    refused: "wrong_network",
  });
  expect(sweep(coins, 50_001)).toEqual({ refused: "insufficient_coins", available: 50_000 });
  expect(sweep(coins, 40_000, { maxFee: sats(10) })).toMatchObject({ refused: "fee_too_high" });
  expect(sweep(coins, 500)).toEqual({ refused: "dust", dustLimit: 330 });
  const many = Array.from({ length: 501 }, (_, i) => ({ ...coin(1_000, 1), vout: i }));
  expect(sweep(many, 501_000)).toEqual({ refused: "too_many_inputs", available: 501_000 });
});

test.each([true, false])(
  "an outside signer with the phrase completes the PSBT (finalized by it: %s)",
  (finalize) => {
    const plan = planned([coin(400_000, 1), coin(300_000, 2), coin(200_000, 3)], 850_000);
    const psbt = sweepPsbt(plan, wallet);
    expect(psbt).toMatch(/^cHNidP8B/); // magic and the first key, of version 0
    const signed = finishSweep(signOutside(psbt, finalize), plan, wallet);
    if (signed.refused !== undefined) return expect.fail(signed.refused);
    const ours = signPayout(plan, wallet);
    expect(signed.txid).toBe(ours.txid);
    expect(signed.fee).toBe(plan.fee);
    expect(signed.vsize).toBeLessThanOrEqual(plan.vsize);
  },
);

test("a PSBT says which key signs, and holds no secret", () => {
  const plan = planned([coin(400_000, 1), coin(300_000, 2)], 600_000);
  const transaction = Transaction.fromPSBT(Buffer.from(sweepPsbt(plan, wallet), "base64"));
  const [wpkh, tr] = [transaction.getInput(0), transaction.getInput(1)];
  const fingerprint = 0x73c5da0a; // of this well-known phrase
  const h = 2 ** 31;
  expect(wpkh.bip32Derivation![0]![1]).toEqual({ fingerprint, path: [h + 84, h + 1, h, 0, 1] });
  expect(tr.tapBip32Derivation![0]![1].der).toEqual({ fingerprint, path: [h + 86, h + 1, h, 0, 2] });
  expect(tr.tapInternalKey).toHaveLength(32);
});

test("an answer that is no PSBT, is another transaction, or is not signed by the right key is refused", () => {
  const plan = planned([coin(400_000, 1), coin(300_000, 2)], 600_000);
  const psbt = sweepPsbt(plan, wallet);
  expect(finishSweep("nonsense", plan, wallet)).toEqual({ refused: "psbt_malformed" });
  expect(finishSweep("", plan, wallet)).toEqual({ refused: "psbt_malformed" });
  expect(finishSweep(psbt, plan, wallet)).toEqual({ refused: "not_signed", input: 0 });

  const others = [
    planned([coin(400_000, 1), coin(300_000, 2)], 600_001),
    planned([coin(400_000, 1), coin(300_000, 2)], 600_000, {
      to: cold.address("receive", 1, "p2tr").address,
    }),
    planned([coin(400_000, 1), coin(300_000, 4)], 600_000),
  ];
  for (const other of others)
    expect(finishSweep(signOutside(sweepPsbt(other, wallet)), plan, wallet)).toEqual({
      refused: "psbt_differs",
    });

  const changed = (change: (transaction: Transaction) => void): string => {
    const transaction = Transaction.fromPSBT(Buffer.from(psbt, "base64"));
    change(transaction);
    transaction.sign(master() as never, [SigHash.ALL, SigHash.DEFAULT, SigHash.NONE] as never);
    return Buffer.from(transaction.toPSBT()).toString("base64");
  };
  const final = changed((transaction) => transaction.updateInput(0, { sequence: 0xffffffff }));
  expect(finishSweep(final, plan, wallet)).toEqual({ refused: "psbt_differs" });
  // A signature that leaves the outputs open lets anyone send the coins elsewhere.
  const open = changed((transaction) => transaction.updateInput(0, { sighashType: SigHash.NONE }));
  expect(finishSweep(open, plan, wallet)).toEqual({ refused: "bad_signature", input: 0 });
});

test("a signature that was tampered with is refused, of either type", () => {
  for (const number of [1, 2]) {
    const plan = planned([coin(400_000, number)], 300_000);
    const transaction = Transaction.fromPSBT(
      Buffer.from(signOutside(sweepPsbt(plan, wallet), true), "base64"),
    );
    const witness = transaction.getInput(0).finalScriptWitness!.map((item) => Uint8Array.from(item));
    witness[0]![20]! ^= 1;
    transaction.updateInput(0, { finalScriptWitness: witness }, true);
    const psbt = Buffer.from(transaction.toPSBT()).toString("base64");
    expect(finishSweep(psbt, plan, wallet)).toEqual({ refused: "bad_signature", input: 0 });
  }
});
