import type { Sats } from "@coinholder/protocol";
import type { Network } from "../network.ts";
import { sats } from "../sats.ts";
import { assertCoins, type Coin } from "./coin.ts";
import { arrange, checked, INCREMENTAL_RELAY, outputTo, ownDestination, type PayoutPlan } from "./plan.ts";
import { largestVsize } from "./size.ts";

export type ChildRequest = {
  network: Network;
  /** Change of the parent. */
  coin: Coin;
  changeAddress: string;
  /** Whole satoshi per vbyte that parents and child reach together. */
  feeRate: number;
  /** Sums over all transactions that must be mined before it and are not. */
  parents: { fee: Sats; vsize: number };
  maxFee: Sats;
  /** Of a child that takes the place of another: the fee of that one. */
  leastFee?: Sats;
};

/**
 * Outcomes in the order in which they are tested. `not_needed`: the parents reach the fee rate without a child.
 * `insufficient_coins`: too little would be left of the coin.
 */
export type ChildRefusal =
  | { refused: "not_needed" }
  | { refused: "fee_too_high"; fee: Sats }
  | { refused: "insufficient_coins"; available: Sats };

/** A transaction that spends change of another to ourselves, so that miners take both for its fee (CPFP). */
export const planChild = (request: ChildRequest): PayoutPlan | ChildRefusal => {
  const { network, coin, feeRate, parents, maxFee, leastFee } = request;
  assertCoins([coin], feeRate);
  sats(parents.fee);
  const changeTo = ownDestination(request.changeAddress, network);
  const missing = feeRate * parents.vsize - parents.fee;
  if (missing <= 0) return { refused: "not_needed" };
  const { script } = outputTo(changeTo, 0);
  const vsize = largestVsize([coin], [script]);
  const least = leastFee === undefined ? 0 : sats(leastFee) + INCREMENTAL_RELAY * vsize;
  const fee = sats(Math.max(missing + feeRate * vsize, least));
  if (fee > maxFee) return { refused: "fee_too_high", fee };
  const left = coin.value - fee;
  if (left < changeTo.dustLimit) return { refused: "insufficient_coins", available: coin.value };
  const outputs = arrange([], [outputTo(changeTo, left)]);
  return checked({ inputs: [coin], ...outputs, fee, feeRate, maxFee, vsize });
};
