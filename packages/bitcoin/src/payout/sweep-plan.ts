import type { Sats } from "@coinholder/protocol";
import type { Network } from "../network.ts";
import { sats } from "../sats.ts";
import { assertCoins, type Coin, MOST_INPUTS, pools, totalValue, worthSpending } from "./coin.ts";
import { checkDestination, type DestinationRefusal } from "./destination.ts";
import { arrange, checked, outputTo, ownDestination, type PayoutPlan } from "./plan.ts";
import { type Selection, selectCoins } from "./select.ts";
import { LARGEST_VSIZE, largestVsize } from "./size.ts";

export type SweepRequest = {
  network: Network;
  coins: readonly Coin[];
  /** The address of the cold wallet. */
  to: string;
  /** What leaves the hot wallet; the fee is taken out of it. */
  amount: Sats;
  changeAddress: string;
  /** Whole satoshi per vbyte, at least 1. */
  feeRate: number;
  maxFee: Sats;
};

/** Outcomes in the order in which they are tested. `dust`: the fee leaves too little of the amount. */
export type SweepRefusal =
  | { refused: DestinationRefusal }
  | { refused: "insufficient_coins"; available: Sats }
  | { refused: "too_many_inputs"; available: Sats }
  | { refused: "too_large"; vsize: number }
  | { refused: "fee_too_high"; fee: Sats }
  | { refused: "dust"; dustLimit: number };

/** Takes coins to the operator's cold wallet. Does nothing. */
export const planSweep = (request: SweepRequest): PayoutPlan | SweepRefusal => {
  const { network, coins, feeRate, maxFee } = request;
  assertCoins(coins, feeRate);
  const amount = sats(request.amount);
  sats(maxFee);
  const cold = checkDestination(request.to, network);
  if (cold.refused !== undefined) return { refused: cold.refused };
  const changeTo = ownDestination(request.changeAddress, network);

  // The fee comes out of the amount: coins are chosen as if there were none.
  const asked = {
    network,
    outputs: [{ script: cold.script, amount }],
    changeAddress: changeTo.address,
    feeRate: 0,
    mustSpend: [],
  };
  const useful = worthSpending(coins, feeRate);
  const confirmed = useful.filter((coin) => coin.confirmed);
  let selection: Selection | undefined;
  for (const pool of [...pools(confirmed, MOST_INPUTS), ...pools(useful, MOST_INPUTS)])
    selection ??= selectCoins(pool, asked);
  if (selection === undefined) {
    const available = totalValue(useful);
    return { refused: available >= amount ? "too_many_inputs" : "insufficient_coins", available };
  }
  const { inputs, change, fee: left } = selection;
  const changeOutputs = change === 0 ? [] : [outputTo(changeTo, change)];
  const scripts = [outputTo(cold, amount), ...changeOutputs].map(({ script }) => script);
  const vsize = largestVsize(inputs, scripts);
  if (vsize > LARGEST_VSIZE) return { refused: "too_large", vsize };
  // What was left of the coins and is not worth an output is part of the fee.
  const fee = sats(Math.max(feeRate * vsize, left));
  if (fee > maxFee) return { refused: "fee_too_high", fee };
  const arrives = amount + left - fee;
  if (arrives < cold.dustLimit) return { refused: "dust", dustLimit: cold.dustLimit };
  const outputs = arrange([outputTo(cold, arrives)], changeOutputs);
  return checked({ inputs, ...outputs, fee, feeRate, maxFee, vsize });
};
