import type { RawTransaction } from "@coinholder/protocol";
import { parseTransaction, verifyInput } from "@coinholder/protocol";
import { Transaction } from "@scure/btc-signer";
import type { Wallet } from "../wallet/keys.ts";
import type { Coin } from "./coin.ts";
import type { PayoutPlan } from "./plan.ts";
import { SEQUENCE } from "./select.ts";
import { inputOf, type SignedPayout, signedPayout } from "./sign.ts";

type Keys = Pick<Wallet, "address" | "keyOrigin">;

/** BIP-174 and BIP-371: which key signs an input. */
const derivationOf = ({ branch, index, type }: Coin, wallet: Keys) => {
  const { publicKey, ...origin } = wallet.keyOrigin(branch, index, type);
  if (type === "p2wpkh") return { bip32Derivation: [[publicKey, origin] as [Uint8Array, typeof origin]] };
  const entry = { hashes: [], der: origin };
  return {
    tapBip32Derivation: [
      [publicKey.subarray(1), entry] as [Uint8Array, { hashes: Uint8Array[]; der: typeof origin }],
    ],
  };
};

const unsigned = ({ inputs, outputs }: PayoutPlan, wallet: Keys): Transaction => {
  const transaction = new Transaction();
  for (const coin of inputs) transaction.addInput(inputOf(coin, wallet));
  for (const { amount, script } of outputs)
    transaction.addOutput({ script: Buffer.from(script, "hex"), amount: BigInt(amount) });
  return transaction;
};

/** A plan as a PSBT (BIP-174, version 0) in base64, for a signer elsewhere that has the phrase. */
export const sweepPsbt = (plan: PayoutPlan, wallet: Keys): string => {
  const transaction = unsigned(plan, wallet);
  for (const [i, coin] of plan.inputs.entries()) transaction.updateInput(i, derivationOf(coin, wallet));
  return Buffer.from(transaction.toPSBT(0)).toString("base64");
};

/**
 * Outcomes in the order in which they are tested.
 * - `psbt_malformed`: no PSBT in base64;
 * - `psbt_differs`: its inputs, outputs, sequences or lock time are not those of the plan;
 * - `not_signed`: an input has no signature;
 * - `bad_signature`: one that is not by the key of its coin, or does not cover all of the transaction.
 */
export type SweepSignatureRefusal = {
  refused: "psbt_malformed" | "psbt_differs" | "not_signed" | "bad_signature";
  /** Which input. */
  input?: number;
};

const readPsbt = (text: string): Transaction | undefined => {
  try {
    const options = { allowUnknownInputs: true, allowUnknownOutputs: true, disableScriptCheck: true };
    return Transaction.fromPSBT(Buffer.from(text.trim(), "base64"), options);
  } catch {
    return undefined;
  }
};

const isOfPlan = (psbt: Transaction, { inputs, outputs }: PayoutPlan): boolean => {
  if (psbt.version !== 2 || psbt.lockTime !== 0) return false;
  if (psbt.inputsLength !== inputs.length || psbt.outputsLength !== outputs.length) return false;
  const sameInputs = inputs.every(({ txid, vout }, i) => {
    const input = psbt.getInput(i);
    const same = Buffer.from(input.txid!).toString("hex") === txid && input.index === vout;
    return same && input.sequence === SEQUENCE;
  });
  const sameOutputs = outputs.every(({ amount, script }, i) => {
    const output = psbt.getOutput(i);
    return output.amount === BigInt(amount) && Buffer.from(output.script!).toString("hex") === script;
  });
  return sameInputs && sameOutputs;
};

/** What satisfies an input: as the signer finished it, or of its one signature. */
const witnessOf = (psbt: Transaction, input: number): Uint8Array[] | undefined => {
  const { finalScriptWitness, partialSig, tapKeySig } = psbt.getInput(input);
  if (finalScriptWitness !== undefined) return finalScriptWitness;
  if (tapKeySig !== undefined) return [tapKeySig];
  const [only, ...more] = partialSig ?? [];
  return only === undefined || more.length > 0 ? undefined : [only[1], only[0]];
};

/** The signed transaction of a sweep that a signer elsewhere has signed, finalised there or not. */
export const finishSweep = (
  psbt: string,
  plan: PayoutPlan,
  wallet: Keys,
): SignedPayout | SweepSignatureRefusal => {
  const answer = readPsbt(psbt);
  if (answer === undefined) return { refused: "psbt_malformed" };
  if (!isOfPlan(answer, plan)) return { refused: "psbt_differs" };
  const transaction = unsigned(plan, wallet);
  for (const input of plan.inputs.keys()) {
    const finalScriptWitness = witnessOf(answer, input);
    if (finalScriptWitness === undefined) return { refused: "not_signed", input };
    transaction.updateInput(input, { finalScriptWitness }, true);
  }
  const raw = transaction.extract();
  const parsed = parseTransaction(raw) as RawTransaction;
  const spent = plan.inputs.map((coin) => inputOf(coin, wallet).witnessUtxo);
  for (const input of plan.inputs.keys()) {
    if (verifyInput(parsed, input, spent, "all_only") !== "valid") return { refused: "bad_signature", input };
  }
  return signedPayout(raw, plan);
};
