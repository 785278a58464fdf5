import { finishSweep as finishPlan, type PayoutPlan, planSweep, sweepPsbt } from "@coinholder/bitcoin";
import { BTC, isSpendable, type PayoutBuilt } from "@coinholder/engine";
import { type Amount, type Refusal, refusal, type Sats } from "@coinholder/protocol";
import { dec, type Hub } from "../hub.ts";
import { hotBalance } from "../wallet-sums.ts";
import { freeCoins } from "./coins.ts";
import { feeCap } from "./fees.ts";
import { changeAddresses } from "./payouts.ts";
import { changeOf } from "./sign.ts";

/** What the PSBT of so many inputs, signed, is well below what a call takes. */
const MOST_INPUTS = 100;
/** Older ones are forgotten: nobody signs so many at once. */
const MOST_PENDING = 20;

interface PendingSweep {
  readonly plan: PayoutPlan;
  readonly to: string;
}

/** Sweeps that are being signed outside, oldest first. Their coins are free until they come back. */
export type PendingSweeps = PendingSweep[];

type Refused = { refused: Refusal };

const refuse = (...of: Parameters<typeof refusal>): Refused => ({ refused: refusal(...of) });

const arrives = ({ plan, to }: PendingSweep): Amount =>
  plan.outputs.find(({ address }) => address === to)!.amount;

/** What should leave the wallet when nobody says how much: what is above the ceiling, as far as it is free. */
const excess = (hub: Hub, free: number): number => {
  const { hotCeiling } = hub.config.wallet;
  return hotCeiling === undefined ? 0 : Math.min(free, hotBalance(hub.sequencer.state) - hotCeiling);
};

interface MadeSweep {
  readonly amount: Amount;
  readonly fee: Amount;
  readonly to: string;
}

/**
 * Prepares a payment to the cold wallet. Changes nothing but what is pending. Refusals: cold_descriptor_missing,
 * nothing_to_sweep, insufficient_funds, fee_exceeds_amount, fee_too_high.
 * @param writeDown has it in the audit; what refuses there is not prepared
 * @param asked satoshi that leave the wallet, the fee among them; what is above the ceiling unless given
 */
export const makeSweep = (
  hub: Hub,
  asked: Amount | undefined,
  writeDown: (made: MadeSweep) => Refused | undefined,
): (MadeSweep & { psbt: string }) | Refused => {
  const { chain: view, cold, sequencer, sweeps, wallet } = hub;
  if (cold === undefined) return refuse("cold_descriptor_missing");
  const coins = freeCoins(hub)
    .filter(({ confirmed }) => confirmed)
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_INPUTS);
  const available = coins.reduce((sum, { value }) => sum + value, 0);
  const amount = asked ?? excess(hub, available);
  if (amount <= 0) return refuse("nothing_to_sweep");
  // Each sweep that is finished has an address of its own.
  const to = cold.addressAt(sequencer.state.last.sweep);
  const plan = planSweep({
    network: wallet.network,
    coins,
    to,
    amount: amount as Sats,
    changeAddress: changeAddresses(hub, Number.POSITIVE_INFINITY)[0]!,
    feeRate: view.feeRate,
    maxFee: feeCap(hub.config, amount),
  });
  switch (plan.refused) {
    case undefined:
      break;
    case "insufficient_coins":
    case "too_many_inputs":
    case "too_large":
      return refuse("insufficient_funds", { available: dec(hub, BTC, available) });
    case "dust":
      return refuse("fee_exceeds_amount");
    case "fee_too_high":
      return refuse("fee_too_high", { fee: dec(hub, BTC, plan.fee) });
    default:
      throw new Error(`the cold wallet's address ${to} is ${plan.refused}`);
  }
  const pending = { plan, to };
  const made = { amount: arrives(pending), fee: plan.fee, to };
  const psbt = sweepPsbt(plan, wallet);
  // Nothing fails after it: what the audit tells is prepared.
  const refusedThere = writeDown(made);
  if (refusedThere) return refusedThere;
  sweeps.push(pending);
  if (sweeps.length > MOST_PENDING) sweeps.shift();
  return { ...made, psbt };
};

/** Whether the journal can no longer take it: a coin is not free any more, or its change address not the next one. */
const isOutdated = (hub: Hub, { inputs, change }: PayoutPlan): boolean => {
  const [next] = changeAddresses(hub, Number.POSITIVE_INFINITY);
  const { chain } = hub.sequencer.state;
  const isTaken = (outpoint: string): boolean => {
    const coin = chain.coins.get(outpoint);
    return coin === undefined || !isSpendable(chain, coin);
  };
  return (
    inputs.some(({ txid, vout }) => isTaken(`${txid}:${vout}`)) ||
    change.some(({ address }) => address !== next)
  );
};

/**
 * Takes a signed sweep back and journals it as a payout. Refusals: psbt_invalid, sweep_outdated.
 * @param journal carries the command out for who calls
 */
export const finishSweep = (
  hub: Hub,
  psbt: string,
  journal: (built: PayoutBuilt) => { answer: { payout: number } } | Refused,
): { txid: string; payout: number } | Refused => {
  const { sweeps, wallet } = hub;
  let reason = "psbt_differs";
  for (const pending of sweeps) {
    const { plan } = pending;
    const signed = finishPlan(psbt, plan, wallet);
    if (signed.refused === "psbt_differs") continue;
    if (signed.refused !== undefined) {
      reason = signed.refused;
      break;
    }
    if (isOutdated(hub, plan)) return refuse("sweep_outdated");
    const { fee, raw, txid, vsize } = signed;
    const done = journal({
      kind: "payout-built",
      is: "sweep",
      withdrawals: [],
      txid,
      raw,
      inputs: plan.inputs.map((input) => `${input.txid}:${input.vout}`),
      change: changeOf(hub, plan),
      fee,
      vsize,
      cold: arrives(pending),
    });
    if ("refused" in done) return done;
    sweeps.splice(sweeps.indexOf(pending), 1);
    return { txid, payout: done.answer.payout };
  }
  return refuse("psbt_invalid", { reason });
};
