import type { Sats } from "@coinholder/protocol";
import type { Network } from "../network.ts";
import { MAX_SATS, sats } from "../sats.ts";
import { splitChange } from "./change.ts";
import {
  assertCoins,
  type Coin,
  coinKey,
  MOST_INPUTS,
  pools,
  sumOf,
  totalValue,
  worthSpending,
} from "./coin.ts";
import { checkDestination, type Destination, type DestinationRefusal } from "./destination.ts";
import { type Selection, selectCoins } from "./select.ts";
import { LARGEST_VSIZE, largestVsize, spendingVsize } from "./size.ts";

export type PayoutRequest = {
  network: Network;
  /** Those that may be used; none twice, none of `mustSpend`. */
  coins: readonly Coin[];
  /** What the recipients get: the fee comes on top. */
  outputs: readonly { address: string; amount: Sats }[];
  /** Of our own, each at another key. The first is used first; the others where change is worth splitting. */
  changeAddresses: readonly string[];
  /** Whole satoshi per vbyte, at least 1. Of a replacement: more than that of what it replaces. */
  feeRate: number;
  /** The most that the transaction may cost. */
  maxFee: Sats;
  /** Of a replacement: every input of the versions before. What is added to them is confirmed (BIP-125, rule 2). */
  mustSpend?: readonly Coin[];
  /** Of a replacement: the fee of the version before. It pays that and 1 sat per vbyte of its own (BIP-125, rule 4). */
  leastFee?: Sats;
};

export type PayoutOutput = {
  address: string;
  amount: Sats;
  /** Hex. */
  script: string;
};

/** Plain data. The order of inputs and outputs is that of the transaction (BIP-69). */
export type PayoutPlan = {
  refused?: undefined;
  inputs: Coin[];
  outputs: PayoutOutput[];
  /** Those of `outputs` that come back to us, in the order of the addresses given for them. */
  change: { vout: number; address: string; amount: Sats }[];
  fee: Sats;
  feeRate: number;
  maxFee: Sats;
  /** What the transaction will measure at most: a signature may turn out a byte shorter. */
  vsize: number;
};

/** Outcomes in the order in which they are tested. `output`: which of the outputs asked for. */
export type PayoutRefusal =
  | { refused: "no_outputs" }
  | { refused: DestinationRefusal; output: number }
  | { refused: "dust"; output: number; dustLimit: number }
  | { refused: "insufficient_coins"; available: Sats }
  | { refused: "too_many_inputs"; available: Sats }
  | { refused: "too_large"; vsize: number }
  | { refused: "fee_too_high"; fee: Sats };

/** Satoshi per vbyte that a replacement pays for its own relay; the default of every node. */
export const INCREMENTAL_RELAY = 1;

/** One of our own addresses. Throws where it is none of this network. */
export const ownDestination = (address: string | undefined, network: Network): Destination => {
  if (address === undefined) throw new Error("there is no change address");
  const destination = checkDestination(address, network);
  if (destination.refused !== undefined) throw new Error(`the change address is ${destination.refused}`);
  return destination;
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export const outputTo = ({ address, script }: Destination, amount: number): PayoutOutput => ({
  address,
  amount: sats(amount),
  script: hex(script),
});

/** BIP-69: by amount, then by script. */
export const arrange = (
  paid: readonly PayoutOutput[],
  change: readonly PayoutOutput[],
): Pick<PayoutPlan, "outputs" | "change"> => {
  const outputs = [...paid, ...change].sort(
    (a, b) => a.amount - b.amount || (a.script < b.script ? -1 : Number(a.script > b.script)),
  );
  return {
    outputs,
    change: change.map((part) => ({
      vout: outputs.indexOf(part),
      address: part.address,
      amount: part.amount,
    })),
  };
};

/** Plain sums over what selection and splitting came to, before anybody signs it. */
export const checked = (plan: PayoutPlan): PayoutPlan => {
  const { inputs, outputs, fee, feeRate, vsize } = plan;
  const scripts = outputs.map(({ script }) => script);
  if (totalValue(inputs) !== sumOf(outputs.map(({ amount }) => amount)) + fee)
    throw new Error("a plan whose inputs are not its outputs and its fee");
  if (vsize !== largestVsize(inputs, scripts)) throw new Error("a plan of another size than it says");
  if (fee < vsize * feeRate) throw new Error("a plan below its fee rate");
  return plan;
};

/** Whole satoshi per vbyte that a transaction of this size must pay. */
const rateFor = ({ feeRate, leastFee }: PayoutRequest, vsize: number): number =>
  Math.max(feeRate, leastFee === undefined ? 0 : Math.ceil(leastFee / vsize) + INCREMENTAL_RELAY);

/** Selection at the fee rate asked for, or at the lowest above it that pays for a replacement. */
const selectFrom = (
  request: PayoutRequest,
  pool: readonly Coin[],
  outputs: readonly { script: Uint8Array; amount: number }[],
): Selection | undefined => {
  const { network, mustSpend = [], feeRate } = request;
  const changeAddress = request.changeAddresses[0]!;
  for (let rate = feeRate; ; ) {
    const usable = worthSpending(pool, rate);
    const selection = selectCoins(usable, { network, outputs, changeAddress, feeRate: rate, mustSpend });
    if (selection === undefined) return undefined;
    const { fee, vsize } = selection;
    if (fee >= rateFor(request, vsize) * vsize) return selection;
    rate = Math.max(rate + 1, rateFor(request, vsize));
  }
};

const selectFor = (
  request: PayoutRequest,
  coins: readonly Coin[],
  outputs: readonly { script: Uint8Array; amount: number }[],
): Selection | undefined => {
  const most = Math.max(0, MOST_INPUTS - (request.mustSpend?.length ?? 0));
  for (const pool of pools(coins, most)) {
    const found = selectFrom(request, pool, outputs);
    if (found !== undefined) return found;
  }
  return undefined;
};

/**
 * Which coins to spend, and what goes where. Does nothing. Bad input of people is an outcome (`refused`); a fraction of a
 * satoshi, a coin offered twice or a change address that is none is our own bug and throws.
 */
export const planPayout = (request: PayoutRequest): PayoutPlan | PayoutRefusal => {
  const { network, coins, maxFee, feeRate, mustSpend = [], leastFee } = request;
  assertCoins([...coins, ...mustSpend], feeRate);
  sats(maxFee);
  sats(leastFee ?? 0);
  if (request.outputs.length === 0) return { refused: "no_outputs" };
  const destinations: (Destination & { amount: Sats })[] = [];
  for (const [output, { address, amount }] of request.outputs.entries()) {
    const destination = checkDestination(address, network);
    if (destination.refused !== undefined) return { refused: destination.refused, output };
    if (sats(amount) < destination.dustLimit)
      return { refused: "dust", output, dustLimit: destination.dustLimit };
    destinations.push({ ...destination, amount });
  }
  const changeTo = request.changeAddresses.map((address) => ownDestination(address, network));
  ownDestination(request.changeAddresses[0], network);

  const available = sats(totalValue(coins) + totalValue(mustSpend));
  const asked = destinations.reduce((sum, { amount }) => sum + amount, 0);
  if (asked > MAX_SATS || asked >= available) return { refused: "insufficient_coins", available };
  const confirmed = coins.filter((coin) => coin.confirmed);
  const selection =
    selectFor(request, confirmed, destinations) ??
    (mustSpend.length > 0 ? undefined : selectFor(request, coins, destinations));
  if (selection === undefined) {
    const cost = coins.reduce((sum, { type }) => sum + feeRate * spendingVsize(type), 0);
    const some = coins.length + mustSpend.length > MOST_INPUTS && asked + cost < available;
    return { refused: some ? "too_many_inputs" : "insufficient_coins", available };
  }

  const { inputs } = selection;
  if (selection.vsize > LARGEST_VSIZE) return { refused: "too_large", vsize: selection.vsize };
  if (selection.fee > maxFee) return { refused: "fee_too_high", fee: selection.fee };
  const paid = destinations.map((destination) => outputTo(destination, destination.amount));
  const change = splitChange(selection, {
    network,
    paid: destinations,
    changeTo,
    rateFor: (vsize) => rateFor(request, vsize),
    maxFee,
  });
  const { fee, vsize, parts } = change;
  const outputs = arrange(
    paid,
    parts.map((amount, i) => outputTo(changeTo[i]!, amount)),
  );
  const plan = checked({ inputs, ...outputs, fee, feeRate, maxFee, vsize });
  assertReplaces(plan, request);
  return plan;
};

const assertReplaces = ({ inputs, fee, vsize }: PayoutPlan, request: PayoutRequest): void => {
  const { mustSpend = [], leastFee } = request;
  const spent = new Set(inputs.map(coinKey));
  if (!mustSpend.every((coin) => spent.has(coinKey(coin))))
    throw new Error("a replacement that leaves an input out");
  if (leastFee !== undefined && fee < leastFee + INCREMENTAL_RELAY * vsize)
    throw new Error("a replacement that pays too little");
};
