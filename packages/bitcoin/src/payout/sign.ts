import { strict as assert } from "node:assert";
import type { Sats } from "@coinholder/protocol";
import { Transaction } from "@scure/btc-signer";
import { eachInput, eachOutput, outpointKey, readTransaction, transactionId } from "../chain/transaction.ts";
import { sats } from "../sats.ts";
import type { Wallet } from "../wallet/keys.ts";
import { type PayoutPlan, SEQUENCE } from "./plan.ts";

export type SignedPayout = {
  /** Hex. The same plan always gives the same bytes (RFC 6979). */
  raw: string;
  txid: string;
  vsize: number;
  fee: Sats;
};

/** Reads the final bytes with our own parser, not the library that wrote them, and compares them with the plan. */
const assertPaysPlan = (raw: Uint8Array, plan: PayoutPlan): void => {
  const view = readTransaction(raw);
  const spent: string[] = [];
  eachInput(view, (outpoint) => spent.push(outpoint));
  const paid: { amount: number; script: string }[] = [];
  eachOutput(view, (amount, script) => paid.push({ amount, script: script.toString("hex") }));
  assert.deepEqual(
    spent,
    plan.inputs.map(({ txid, vout }) => outpointKey(txid, vout)),
    "the transaction spends other coins than planned",
  );
  assert.deepEqual(
    paid,
    plan.outputs.map(({ amount, script }) => ({ amount, script })),
    "the transaction pays something else than planned",
  );
  const coins = plan.inputs.reduce((sum, { value }) => sum + value, 0);
  const fee = coins - paid.reduce((sum, { amount }) => sum + amount, 0);
  assert.equal(fee, plan.fee, "the transaction's fee is not the plan's");
  assert.ok(fee <= plan.maxFee, "the transaction's fee is above its limit");
};

/**
 * Signs a plan: about 10 ms per input. Throws (and gives nothing out) if the bytes would do anything but what was planned, or a
 * coin is not at the key that the plan names.
 */
export const signPayout = (
  plan: PayoutPlan,
  wallet: Pick<Wallet, "address" | "withPrivateKey">,
): SignedPayout => {
  const transaction = new Transaction();
  for (const { txid, vout, value, branch, index } of plan.inputs) {
    const { script } = wallet.address(branch, index);
    transaction.addInput({
      txid,
      index: vout,
      sequence: SEQUENCE,
      witnessUtxo: { script, amount: BigInt(value) },
    });
  }
  for (const { amount, script } of plan.outputs) {
    transaction.addOutput({ script: Buffer.from(script, "hex"), amount: BigInt(amount) });
  }
  plan.inputs.forEach(({ branch, index }, i) => {
    const signed = wallet.withPrivateKey(branch, index, (privateKey) => transaction.signIdx(privateKey, i));
    assert.ok(signed, "an input was not signed");
  });
  transaction.finalize();

  const raw = transaction.extract();
  assertPaysPlan(raw, plan);
  const { vsize } = transaction;
  assert.ok(vsize <= plan.vsize, "the transaction is larger than planned");
  assert.ok(plan.fee >= vsize * plan.feeRate, "the transaction pays less than its fee rate");
  return { raw: Buffer.from(raw).toString("hex"), txid: transactionId(raw), vsize, fee: sats(plan.fee) };
};
