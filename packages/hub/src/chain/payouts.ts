import { type PayoutPlan, planPayout, signPayout, type Coin as WalletCoin } from "@coinholder/bitcoin";
import { CHANGE, type Payout, spendableCoins, type Withdrawal } from "@coinholder/engine";
import type { Sats } from "@coinholder/protocol";
import type { Logger } from "pino";
import type { Hub } from "../hub.ts";

/** Withdrawals that one transaction pays at most. */
const MOST_PER_PAYOUT = 50;
/** A transaction that the node did not take is offered again after this. */
const TRY_AGAIN_MS = 10_000;
/** No payout pays more for itself than this many vbytes would cost at the going rate. */
const LARGEST_VSIZE = 20_000;

const walletCoins = (hub: Hub): WalletCoin[] => {
  const { chain, config } = hub.sequencer.state;
  return spendableCoins(chain, config.confirmations).map((coin) => {
    const { account, index } = chain.addresses.get(coin.address)!;
    const [txid, vout] = coin.outpoint.split(":") as [string, string];
    return {
      txid,
      vout: Number(vout),
      value: coin.value as Sats,
      branch: account === CHANGE ? "change" : "receive",
      index,
      confirmed: coin.height > 0,
    };
  });
};

const plan = (hub: Hub, withdrawals: readonly Withdrawal[]): PayoutPlan | { refused: string } => {
  const { chain } = hub.sequencer.state;
  return planPayout({
    network: hub.wallet.network,
    coins: walletCoins(hub),
    outputs: withdrawals.map(({ address, amount }) => ({ address, amount: amount as Sats })),
    changeAddress: hub.wallet.address("change", chain.nextChange).address,
    feeRate: hub.chain.feeRate,
    maxFee: (hub.chain.feeRate * LARGEST_VSIZE) as Sats,
  });
};

const build = (hub: Hub, withdrawals: readonly Withdrawal[]): string | undefined => {
  const { sequencer, wallet } = hub;
  const planned = plan(hub, withdrawals);
  if (planned.refused !== undefined) return planned.refused;
  const { inputs, change } = planned as PayoutPlan;
  const signed = signPayout(planned as PayoutPlan, wallet);
  sequencer.run({
    kind: "payout-built",
    withdrawals: withdrawals.map(({ transfer }) => transfer),
    txid: signed.txid,
    raw: signed.raw,
    inputs: inputs.map(({ txid, vout }) => `${txid}:${vout}`),
    fee: signed.fee,
    ...(change
      ? {
          change: {
            vout: change.vout,
            value: change.amount,
            address: change.address,
            index: sequencer.state.chain.nextChange,
          },
        }
      : {}),
  });
  return undefined;
};

/** Builds payouts for what is reserved: all together, or one by one when the coins do not suffice for all. */
const buildPayouts = (hub: Hub, log: Logger): void => {
  const { state } = hub.sequencer;
  const waiting = [...state.withdrawals.values()]
    .filter(({ payout }) => payout === 0)
    .slice(0, MOST_PER_PAYOUT);
  if (waiting.length === 0) return;
  if (build(hub, waiting) === undefined) return;
  for (const one of waiting) {
    const refused = build(hub, [one]);
    if (refused !== undefined) log.debug({ transfer: one.transfer, refused }, "a withdrawal waits for coins");
  }
};

const send = async (hub: Hub, payout: Payout, log: Logger): Promise<void> => {
  const outcome = await hub.node.sendRawTransaction(Buffer.from(payout.raw, "hex"));
  if ("accepted" in outcome && outcome.accepted) {
    if (!payout.broadcast) hub.sequencer.run({ kind: "payout-broadcast", payout: payout.number });
  } else
    log.warn(
      { txid: payout.txid, outcome },
      "a payout was not taken by the node; the same bytes are sent again",
    );
};

/**
 * Pays what is reserved. A transaction is journaled before it is sent, and what was built is sent until it is in a block:
 * always the same bytes, whatever the node answered before.
 */
export const sendPayouts = async (
  hub: Hub,
  missing: ReadonlySet<string>,
  lastTry: Map<number, number>,
  log: Logger,
): Promise<void> => {
  buildPayouts(hub, log);
  await hub.sequencer.durable();
  const { payouts } = hub.sequencer.state.chain;
  for (const number of lastTry.keys()) if (!payouts.has(number)) lastTry.delete(number);
  for (const payout of [...payouts.values()]) {
    const wanted = payout.height === 0 && (!payout.broadcast || missing.has(payout.txid));
    if (!wanted || Date.now() - (lastTry.get(payout.number) ?? 0) < TRY_AGAIN_MS) continue;
    lastTry.set(payout.number, Date.now());
    await send(hub, payout, log);
  }
};
