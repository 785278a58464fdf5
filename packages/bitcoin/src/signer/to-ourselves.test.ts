import { expect, test } from "vitest";
import { planChild } from "../payout/child.ts";
import { parseDescriptor } from "../payout/descriptor.ts";
import { planSweep } from "../payout/sweep-plan.ts";
import { sats } from "../sats.ts";
import { coin, outside, planOf, signed, signerAt, testFolder, wallet } from "./testing.ts";

const newPath = testFolder();
const coldText = "wpkh(03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd)";
const cold = parseDescriptor(coldText, "regtest");
const sweepTo = (to: string) => {
  const plan = planSweep({
    network: "regtest",
    coins: [coin(1)],
    to,
    amount: sats(600_000),
    changeAddress: wallet.address("change", 5).address,
    feeRate: 1,
    maxFee: sats(10_000),
  });
  if (plan.refused !== undefined) return expect.fail(plan.refused);
  return { is: "sweep", plan, withdrawals: [], changeIndexes: [5], coldIndex: 0 } as const;
};

test("a sweep goes to the configured cold wallet or nowhere, and is bound by no limit", () => {
  const limits = { perDay: sats(1), perPayout: sats(1), feeRate: 10_000 };
  const signer = signerAt(newPath(), { cold, limits });
  expect(signer.sign(sweepTo(outside(1)))).toEqual({ refused: "outputs_differ" });
  const { coldIndex: _, ...nowhere } = sweepTo(cold.addressAt(0));
  expect(signer.sign(nowhere)).toEqual({ refused: "outputs_differ" });
  const request = sweepTo(cold.addressAt(0));
  const { fee, txid } = signed(signer, request);
  expect(signer.records()).toMatchObject([{ is: "sweep", txid, cold: 600_000 - fee, withdrawals: [] }]);
  expect(signerAt(newPath()).sign(request)).toEqual({ refused: "outputs_differ" });
  const other = { ...sweepTo(cold.addressAt(0)), replaces: txid };
  const plan = planOf([], [coin(1)], { outputs: [{ address: cold.addressAt(0), amount: sats(500_000) }] });
  signed(signer, { ...other, plan });
  const apart = planOf([], [coin(2)], { outputs: [{ address: cold.addressAt(0), amount: sats(500_000) }] });
  expect(signer.sign({ ...other, plan: apart })).toEqual({ refused: "would_pay_twice", txid });
});

test("a child pays to ourselves only", () => {
  const signer = signerAt(newPath(), { limits: { perDay: sats(1), perPayout: sats(1), feeRate: 10_000 } });
  const childTo = (changeAddress: string) => {
    const parents = { fee: sats(200), vsize: 200 };
    const about = { network: "regtest", coin: coin(1), changeAddress, feeRate: 5, parents } as const;
    const plan = planChild({ ...about, maxFee: sats(10_000) });
    if (plan.refused !== undefined) return expect.fail(plan.refused);
    return { is: "child", plan, withdrawals: [], changeIndexes: [5] } as const;
  };
  expect(signer.sign(childTo(outside(1)))).toMatchObject({ refused: "change_not_ours" });
  signed(signer, childTo(wallet.address("change", 5).address));
});
