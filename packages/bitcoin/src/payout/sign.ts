import { strict as assert } from "node:assert";
import type { Sats } from "@coinholder/protocol";
import { Transaction } from "@scure/btc-signer";
import { eachInput, eachOutput, readTransaction, transactionId } from "../chain/transaction.ts";
import { sats } from "../sats.ts";
import type { Wallet } from "../wallet/keys.ts";
import { type Coin, coinKey } from "./coin.ts";
import type { PayoutPlan } from "./plan.ts";
import { SEQUENCE } from "./select.ts";

export type SignedPayout = {
  refused?: undefined;
  /** Hex. */
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
  assert.deepEqual(spent, plan.inputs.map(coinKey), "the transaction spends other coins than planned");
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

type PublicKeys = Pick<Wallet, "address" | "keyOrigin">;

/** An input of ours with what a signature of it needs. */
export const inputOf = ({ txid, vout, value, branch, index, type }: Coin, wallet: PublicKeys) => ({
  txid,
  index: vout,
  sequence: SEQUENCE,
  witnessUtxo: { script: wallet.address(branch, index, type).script, amount: BigInt(value) },
  ...(type === "p2tr" ? { tapInternalKey: wallet.keyOrigin(branch, index, type).publicKey.subarray(1) } : {}),
});

/** BIP-340 with no randomness of its own. */
const NO_RANDOMNESS = new Uint8Array(32);

/**
 * Signs a plan: about 10 ms per input. The same plan always gives the same bytes (RFC 6979; in taproot BIP-340 without
 * randomness). Throws (and gives nothing out) if the bytes would do anything but what was planned, or a coin is not at the
 * key that the plan names.
 */
export const signPayout = (
  plan: PayoutPlan,
  wallet: PublicKeys & Pick<Wallet, "withPrivateKey">,
): SignedPayout => {
  const transaction = new Transaction();
  for (const coin of plan.inputs) transaction.addInput(inputOf(coin, wallet));
  for (const { amount, script } of plan.outputs) {
    transaction.addOutput({ script: Buffer.from(script, "hex"), amount: BigInt(amount) });
  }
  plan.inputs.forEach(({ branch, index, type }, i) => {
    const signed = wallet.withPrivateKey(branch, index, type, (privateKey) =>
      transaction.signIdx(privateKey, i, undefined, NO_RANDOMNESS),
    );
    assert.ok(signed, "an input was not signed");
  });
  transaction.finalize();
  return signedPayout(transaction.extract(), plan);
};

/** What a signed transaction amounts to, once it was seen to do what was planned. */
export const signedPayout = (raw: Uint8Array, plan: PayoutPlan): SignedPayout => {
  assertPaysPlan(raw, plan);
  const vsize = virtualSize(raw);
  assert.ok(vsize <= plan.vsize, "the transaction is larger than planned");
  assert.ok(plan.fee >= vsize * plan.feeRate, "the transaction pays less than its fee rate");
  return { raw: Buffer.from(raw).toString("hex"), txid: transactionId(raw), vsize, fee: sats(plan.fee) };
};

/** BIP-141: three quarters of the witness, its marker and its flag do not count. */
const virtualSize = (raw: Uint8Array): number => {
  const { hasWitness, outputsEnd } = readTransaction(raw);
  const stripped = hasWitness ? outputsEnd - 2 + 4 : raw.length;
  return Math.ceil((3 * stripped + raw.length) / 4);
};
