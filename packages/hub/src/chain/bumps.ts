import { type PayoutPlan, planChild, planPayout } from "@coinholder/bitcoin";
import {
  boundCoins,
  isFree,
  isReplaceable,
  openPayouts,
  outpointOf,
  type Payout,
  tip,
} from "@coinholder/engine";
import type { Sats } from "@coinholder/protocol";
import type { Logger } from "pino";
import { amountOf } from "../wallet-sums.ts";
import type { ChainHub } from "./chain-hub.ts";
import { freeCoins, walletCoin } from "./coins.ts";
import { ancestorsOf, together } from "./family.ts";
import { feeCap } from "./fees.ts";
import { changeAddresses } from "./payouts.ts";
import { signAndJournal } from "./sign.ts";

/** So long at most a look plans and signs before calls have their turn; the next look goes on. */
const TURN_MS = 100;

/**
 * What a payout that waits too long should pay, together with all that must be mined before it: the going rate if that is more,
 * and after twice the time a quarter more than it pays, because the estimate was wrong. Undefined: it has time, or pays all it may.
 */
const betterRate = (hub: ChainHub, payout: Payout, before: readonly Payout[]): number | undefined => {
  const { bumpAfterBlocks, fees } = hub.config;
  const waited = tip(hub.sequencer.state.chain)!.height - payout.versions.at(-1)!.tip;
  if (waited < bumpAfterBlocks) return undefined;
  const { fee, vsize } = together([payout, ...before]);
  const paid = Math.floor(fee / vsize);
  const wanted = Math.max(hub.chain.feeRate, waited >= 2 * bumpAfterBlocks ? Math.ceil(paid * 1.25) : 0);
  const rate = Math.min(fees.ceiling, wanted <= paid ? wanted : Math.max(wanted, paid + 1));
  return rate > paid ? rate : undefined;
};

/** The same payments with a higher fee, spending all that the versions before spend: only one of them can confirm. */
const replace = (hub: ChainHub, payout: Payout, rate: number, before: readonly Payout[]) => {
  const { state } = hub.sequencer;
  const newest = payout.versions.at(-1)!;
  const withdrawals = payout.withdrawals.map((transfer) => state.withdrawals.get(transfer)!);
  const behind = together(before);
  // What comes before it pays too little: it makes that good, as a child does.
  const missing = Math.max(0, rate * behind.vsize - behind.fee);
  const feeRate = Math.min(hub.config.fees.ceiling, rate + Math.ceil(missing / newest.vsize));
  const planned = planPayout({
    network: hub.wallet.network,
    // Rule 2: what is added must be confirmed.
    coins: freeCoins(hub).filter(({ confirmed }) => confirmed),
    mustSpend: boundCoins(state.chain, payout).map((coin) => walletCoin(state.chain, coin)),
    outputs: withdrawals.map(({ address, amount }) => ({ address, amount: amount as Sats })),
    changeAddresses:
      newest.change.length > 0 ? newest.change.map(({ address }) => address) : changeAddresses(hub, Infinity),
    feeRate,
    leastFee: newest.fee as Sats,
    maxFee: feeCap(hub.config, amountOf(state, payout)),
  });
  if (planned.refused !== undefined) return planned.refused;
  return signAndJournal(hub, { is: "payment", plan: planned as PayoutPlan, withdrawals, replaces: payout });
};

/** What those payments and a child of theirs may cost, less what they cost already. */
const childCap = (hub: ChainHub, parents: readonly Payout[]): Sats => {
  const pays = parents.reduce((sum, parent) => sum + amountOf(hub.sequencer.state, parent), 0);
  return Math.max(0, feeCap(hub.config, pays) - together(parents).fee) as Sats;
};

/** A transaction that spends the payout's change and pays for both. */
const addChild = (hub: ChainHub, payout: Payout, feeRate: number, before: readonly Payout[]) => {
  const { chain } = hub.sequencer.state;
  const { txid, change } = payout.versions.at(-1)!;
  const coins = change.map(({ vout }) => chain.coins.get(outpointOf({ txid, vout })));
  const [coin] = coins.filter((one) => one !== undefined).sort((a, b) => b.value - a.value);
  if (coin === undefined) return "no_change";
  const parents = [payout, ...before];
  const { fee, vsize } = together(parents);
  const planned = planChild({
    network: hub.wallet.network,
    coin: walletCoin(chain, coin),
    changeAddress: changeAddresses(hub, Infinity)[0]!,
    feeRate,
    parents: { fee: fee as Sats, vsize },
    maxFee: childCap(hub, parents),
  });
  if (planned.refused !== undefined) return planned.refused;
  return signAndJournal(hub, { is: "child", plan: planned as PayoutPlan, withdrawals: [] });
};

/** A child with a higher fee in the place of the one before. */
const replaceChild = (hub: ChainHub, child: Payout, feeRate: number, parents: readonly Payout[]) => {
  const { chain } = hub.sequencer.state;
  const { change, fee: leastFee } = child.versions.at(-1)!;
  const { fee, vsize } = together(parents);
  const planned = planChild({
    network: hub.wallet.network,
    coin: walletCoin(chain, boundCoins(chain, child)[0]!),
    changeAddress: change[0]!.address,
    feeRate,
    parents: { fee: fee as Sats, vsize },
    leastFee: leastFee as Sats,
    maxFee: childCap(hub, parents),
  });
  if (planned.refused !== undefined) return planned.refused;
  const replaces = { plan: planned as PayoutPlan, withdrawals: [], replaces: child };
  return signAndJournal(hub, { is: "child", ...replaces });
};

const changeIsFree = ({ sequencer }: ChainHub, { versions }: Payout): boolean => {
  const { chain } = sequencer.state;
  const { txid, change } = versions.at(-1)!;
  return change.every(({ vout }) => {
    const coin = chain.coins.get(outpointOf({ txid, vout }));
    return coin === undefined || isFree(chain, coin);
  });
};

/** Undefined: nothing to do, or done. Else why not. */
const raise = (hub: ChainHub, payout: Payout, log: Logger): string | undefined => {
  const { chain } = hub.sequencer.state;
  const before = ancestorsOf(chain, payout.versions.at(-1)!.inputs);
  // Something below it has no chance: more of a fee gives it none.
  if (before.some(({ conflict }) => conflict !== undefined)) return undefined;
  const rate = betterRate(hub, payout, before);
  if (rate === undefined) return undefined;
  const by = payout.pledged ? addChild : payout.is === "child" ? replaceChild : replace;
  const refused = by(hub, payout, rate, before);
  const { number } = payout;
  if (refused === undefined) log.info({ payout: number, rate }, "a payout's fee was raised");
  else log.debug({ payout: number, rate, refused }, "a payout's fee cannot be raised");
  return refused;
};

/**
 * Raises the fees of what should be mined by now, whether the node has taken it or finds it too cheap: by replacement, or by a
 * child where a replacement was ruled out.
 */
export const makeBumps = (hub: ChainHub, log: Logger): (() => void) => {
  /** Newest transactions whose fee could not be raised, and when: tried again when there is another block or going rate. */
  const refusedAt = new Map<string, string>();

  return () => {
    const started = performance.now();
    const { chain } = hub.sequencer.state;
    if (chain.halt !== undefined) return;
    const now = `${tip(chain)!.hash} ${hub.chain.feeRate}`;
    for (const [txid, at] of refusedAt) if (at !== now) refusedAt.delete(txid);
    for (const payout of openPayouts(chain)) {
      if (performance.now() - started > TURN_MS) return;
      // A sweep was signed outside. What has something built upon its change is raised by that.
      if (payout.is === "sweep" || payout.conflict || !changeIsFree(hub, payout)) continue;
      const { txid } = payout.versions.at(-1)!;
      if (refusedAt.has(txid)) continue;
      if (!payout.pledged && !isReplaceable(chain, payout)) continue;
      if (raise(hub, payout, log) !== undefined) refusedAt.set(txid, now);
    }
  };
};
