import {
  type Refusal,
  type TransactionOutput,
  transferProofMessage,
  verifyInput,
  verifyProofOfFunds,
  virtualSize,
} from "@coinholder/protocol";
import { refused } from "../functions/call.ts";
import type { Claim } from "./claim.ts";
import { legacySigops } from "./sigops.ts";

type Refused = { readonly refused: Refusal };

/** Signatures verified before others have their turn: about 10 ms. */
const A_TURN = 8;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Refusal: transfer_fee_low. @param least satoshi per vbyte */
export const checkFee = (
  { transfer: { transaction } }: Claim,
  coins: readonly TransactionOutput[],
  least: number,
): Refused | undefined => {
  const sum = (of: readonly TransactionOutput[]): bigint => of.reduce((all, { amount }) => all + amount, 0n);
  const fee = Number(sum(coins) - sum(transaction.outputs));
  const scripts = [
    ...transaction.outputs.map(({ script }) => script),
    ...transaction.inputs.map((one) => one.finalScriptSig),
  ];
  const sigops = scripts.reduce((all, script) => all + legacySigops(script), 0);
  // As nodes and miners see it (Bitcoin Core: -bytespersigop=20; a legacy one costs 4 of weight).
  const vsize = Math.max(virtualSize(transaction), 20 * sigops);
  if (fee >= least * vsize) return undefined;
  return refused("transfer_fee_low", { fee_rate: Math.max(0, Math.floor((10 * fee) / vsize) / 10), least });
};

/**
 * Whether who signs controls all coins that the transfer spends. `inconclusive`: one is of a kind whose owner cannot be known here.
 * @param coins what it spends, by our own node; nothing is taken from the proof
 */
export const checkProof = async (
  { inputs }: Claim,
  coins: readonly TransactionOutput[],
  json: string,
  signature: string,
): Promise<"valid" | "inconclusive" | Refused> => {
  const invalid = (reason: string, outpoint?: string): Refused =>
    refused("coinholder_signature_invalid", { reason, ...(outpoint === undefined ? {} : { outpoint }) });
  const known = new Map(inputs.map((outpoint, at) => [outpoint, coins[at]!]));
  let isOfOthers = false;
  const verdict = await verifyProofOfFunds({
    script: coins[0]!.script,
    message: transferProofMessage(json),
    signature,
    outputOf: (outpoint) => {
      const coin = known.get(outpoint);
      isOfOthers ||= coin === undefined;
      return coin;
    },
  });
  if (isOfOthers) return invalid("other_inputs");
  if (verdict.result === "invalid") return invalid(verdict.reason, verdict.outpoint);
  if (verdict.result === "inconclusive")
    return verdict.reason === "too_many_inputs" ? invalid("other_inputs") : "inconclusive";
  const isSame =
    verdict.outputs.length === inputs.length &&
    verdict.outputs.every(({ outpoint }, at) => outpoint === inputs[at]);
  return isSame ? "valid" : invalid("other_inputs");
};

/** Whether the transaction's own signatures are right, and over all of it: else somebody else could change it. */
export const checkSignatures = async (
  { transfer: { transaction } }: Claim,
  coins: readonly TransactionOutput[],
): Promise<"valid" | "inconclusive" | Refused> => {
  let unknown = false;
  for (const input of coins.keys()) {
    const verdict = verifyInput(transaction, input, coins, "all_only");
    if (verdict === "invalid") return refused("transfer_signature_invalid", { input });
    unknown ||= verdict === "inconclusive";
    if (input % A_TURN === A_TURN - 1) await turn();
  }
  return unknown ? "inconclusive" : "valid";
};
