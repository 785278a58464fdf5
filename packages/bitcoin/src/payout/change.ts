import type { Sats } from "@coinholder/protocol";
import type { Network } from "../network.ts";
import { sats } from "../sats.ts";
import { typeOfAddress } from "../wallet/address-type.ts";
import type { Destination } from "./destination.ts";
import { type Selection, selectCoins } from "./select.ts";
import { LARGEST_VSIZE, largestVsize, spendingVsize } from "./size.ts";

/** A part of change is worth an output of its own from this many times what spending it costs, */
const SPENDING_COSTS = 10;
/** and from this many satoshi. */
const LEAST_PART = 10_000;

type Split = {
  network: Network;
  paid: readonly { script: Uint8Array; amount: number }[];
  changeTo: readonly Destination[];
  /** Satoshi per vbyte that a transaction of this size must pay. */
  rateFor: (vsize: number) => number;
  maxFee: Sats;
};
type Parts = {
  /** What goes to each of `changeTo`, the first ones; none where change is not worth an output. */
  parts: Sats[];
  fee: Sats;
  vsize: number;
};

/** Nearly equal parts, as many as there are addresses and change is enough for, so that the wallet keeps several coins. */
export const splitChange = (selection: Selection, split: Split): Parts => {
  const { network, paid, changeTo, rateFor, maxFee } = split;
  const { inputs, change, fee, vsize } = selection;
  const worth = (address: string, rate: number): number =>
    Math.max(LEAST_PART, SPENDING_COSTS * rate * spendingVsize(typeOfAddress(address)));
  for (let count = changeTo.length; count > 1; count--) {
    const amount = sats(Math.floor(change / count));
    const more = changeTo.slice(1, count);
    const scripts = [...paid, ...changeTo.slice(0, count)].map(({ script }) =>
      Buffer.from(script).toString("hex"),
    );
    const rate = rateFor(largestVsize(inputs, scripts));
    if (more.some(({ address }) => amount < worth(address, rate))) continue;
    const again = selectCoins([], {
      network,
      outputs: [...paid, ...more.map(({ script }) => ({ script, amount }))],
      changeAddress: changeTo[0]!.address,
      feeRate: rate,
      mustSpend: inputs,
    });
    // The first part bears the fee of the others.
    if (again === undefined || again.change < worth(changeTo[0]!.address, rate)) continue;
    if (again.fee > maxFee || again.vsize > LARGEST_VSIZE) continue;
    return { parts: [again.change, ...more.map(() => amount)], fee: again.fee, vsize: again.vsize };
  }
  return { parts: change === 0 ? [] : [change], fee, vsize };
};
