import type { Sats } from "@coinholder/protocol";
import { selectUTXO } from "@scure/btc-signer";
import { addressPrefixes, type Network } from "../network.ts";
import { MAX_SATS, sats } from "../sats.ts";
import type { Branch } from "../wallet/keys.ts";
import { checkDestination, type DestinationRefusal } from "./destination.ts";

/** An output of ours that may be spent: `txid:vout`, and which of our keys owns it. */
export type Coin = {
  txid: string;
  vout: number;
  value: Sats;
  branch: Branch;
  index: number;
  /** Unconfirmed coins (our own change) are used only where the confirmed ones do not suffice. */
  confirmed: boolean;
};

export type PayoutRequest = {
  network: Network;
  /** Those that may be used; none twice. */
  coins: readonly Coin[];
  /** What the recipients get: the fee comes on top. */
  outputs: readonly { address: string; amount: Sats }[];
  changeAddress: string;
  /** Whole satoshi per vbyte, at least 1. */
  feeRate: number;
  /** The most that the transaction may cost. */
  maxFee: Sats;
};

export type PayoutOutput = { address: string; amount: Sats; script: string };

/** Plain data. The order of inputs and outputs is that of the transaction (BIP-69), `change` is one of `outputs`. */
export type PayoutPlan = {
  refused?: undefined;
  inputs: Coin[];
  outputs: PayoutOutput[];
  change?: { vout: number; address: string; amount: Sats };
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

/** BIP-125: replaceable. btcd asks for the signal, and no rule is looser without it. */
export const SEQUENCE = 0xfffffffd;

/** A transaction of more inputs is better made in two: each costs 10 ms to sign and 68 vbytes. */
const MOST_INPUTS = 500;

/** MAX_STANDARD_TX_WEIGHT of Bitcoin Core, in vbytes: nodes relay nothing larger. */
const LARGEST_VSIZE = 100_000;

/** Any P2WPKH script: all our coins have one, and size is all that selection needs of it. */
const OUR_SCRIPT_FORM = Uint8Array.from([0x00, 0x14, ...new Array(20).fill(1)]);

const keyOf = ({ txid, vout }: { txid: string; vout: number }): string => `${txid}:${vout}`;
const sumOf = (values: readonly number[]): Sats => sats(values.reduce((sum, value) => sum + value, 0));

const assertRequest = ({ coins, outputs, feeRate, maxFee }: PayoutRequest): void => {
  if (!Number.isSafeInteger(feeRate) || feeRate < 1)
    throw new RangeError("feeRate is whole satoshi per vbyte, 1 or more");
  for (const value of [
    maxFee,
    ...coins.map((coin) => coin.value),
    ...outputs.map((output) => output.amount),
  ]) {
    sats(value);
  }
  if (new Set(coins.map(keyOf)).size !== coins.length) throw new Error("a coin was offered twice");
};

const select = (coins: readonly Coin[], request: PayoutRequest, outputs: readonly PayoutOutput[]) =>
  selectUTXO(
    coins.map(({ txid, vout, value }) => ({
      txid,
      index: vout,
      sequence: SEQUENCE, // the library's own default is final
      witnessUtxo: { script: OUR_SCRIPT_FORM, amount: BigInt(value) },
    })),
    outputs.map(({ address, amount }) => ({ address, amount: BigInt(amount) })),
    "default",
    {
      changeAddress: request.changeAddress,
      feePerByte: BigInt(request.feeRate),
      network: addressPrefixes[request.network],
      bip69: true,
      createTx: false,
    },
  );

/** The largest coins, few enough for one transaction; ties are broken so that the same coins make the same plan. */
const largest = (coins: readonly Coin[]): Coin[] =>
  [...coins].sort((a, b) => b.value - a.value || (keyOf(a) < keyOf(b) ? -1 : 1)).slice(0, MOST_INPUTS);

/**
 * Which coins to spend, and what goes where. Does nothing. Bad input of people is an outcome (`refused`); a fraction of a
 * satoshi, a coin offered twice or a change address that is none is our own bug and throws.
 */
export const planPayout = (request: PayoutRequest): PayoutPlan | PayoutRefusal => {
  assertRequest(request);
  const { network, coins, maxFee, feeRate } = request;
  if (request.outputs.length === 0) return { refused: "no_outputs" };
  const outputs: PayoutOutput[] = [];
  for (const [output, { address, amount }] of request.outputs.entries()) {
    const destination = checkDestination(address, network);
    if (destination.refused !== undefined) return { refused: destination.refused, output };
    if (amount < destination.dustLimit) return { refused: "dust", output, dustLimit: destination.dustLimit };
    outputs.push({
      address: destination.address,
      amount,
      script: Buffer.from(destination.script).toString("hex"),
    });
  }
  const changeTo = checkDestination(request.changeAddress, network);
  if (changeTo.refused !== undefined) throw new Error(`the change address is ${changeTo.refused}`);

  const available = sumOf(coins.map(({ value }) => value));
  const asked = outputs.reduce((sum, { amount }) => sum + amount, 0);
  if (asked > MAX_SATS || asked >= available) return { refused: "insufficient_coins", available };
  const confirmed = largest(coins.filter((coin) => coin.confirmed));
  const selected = select(confirmed, request, outputs) ?? select(largest(coins), request, outputs);
  if (selected === undefined) {
    const some = coins.length > MOST_INPUTS && asked + feeRate * 68 * coins.length < available;
    return { refused: some ? "too_many_inputs" : "insufficient_coins", available };
  }

  const fee = sats(Number(selected.fee));
  const vsize = Math.ceil(selected.weight / 4);
  if (vsize > LARGEST_VSIZE) return { refused: "too_large", vsize };
  if (fee > maxFee) return { refused: "fee_too_high", fee };
  const offered = new Map(coins.map((coin) => [keyOf(coin), coin]));
  const inputs = selected.inputs.map((input) => {
    const txid = Buffer.from(input.txid!).toString("hex");
    return offered.get(keyOf({ txid, vout: input.index! }))!;
  });
  return { inputs, ...placeOutputs(selected.outputs, outputs, changeTo), fee, feeRate, maxFee, vsize };
};

/** The outputs in the order of the transaction, with the change told from a recipient who has the same address. */
const placeOutputs = (
  placed: readonly { address?: string; amount: bigint }[],
  asked: readonly PayoutOutput[],
  changeTo: { address: string; script: Uint8Array },
): Pick<PayoutPlan, "outputs" | "change"> => {
  const left = [...asked];
  let change: PayoutPlan["change"];
  const outputs = placed.map(({ address, amount }, vout): PayoutOutput => {
    const at = left.findIndex((output) => output.address === address && BigInt(output.amount) === amount);
    if (at >= 0) return left.splice(at, 1)[0]!;
    if (change !== undefined || address !== changeTo.address)
      throw new Error("an output that nobody asked for");
    change = { vout, address, amount: sats(Number(amount)) };
    return { address, amount: change.amount, script: Buffer.from(changeTo.script).toString("hex") };
  });
  if (left.length > 0) throw new Error("an output is missing");
  return change === undefined ? { outputs } : { outputs, change };
};
