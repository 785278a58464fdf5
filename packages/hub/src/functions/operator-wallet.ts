import { availableOf, BTC, HUB, isFree, type Payout, tip } from "@coinholder/engine";
import type { Amount } from "@coinholder/protocol";
import { finishSweep, makeSweep } from "../chain/sweep.ts";
import { dec, type Hub } from "../hub.ts";
import {
  amountOf,
  coinsInBooks,
  coldInBooks,
  owedToAccounts,
  versionOf,
  walletSums,
} from "../wallet-sums.ts";
import { byOf, carryOut, type Handlers, notFollowing, readAmount } from "./call.ts";
import { writeDown } from "./operator-action.ts";

type Names =
  | "operator-wallet"
  | "operator-abandon-payout"
  | "operator-cold-address"
  | "operator-sweep"
  | "operator-finish-sweep";

/** Coins that `operator-wallet` lists. */
const MOST_COINS = 100;

const transferIds = (payout: Payout): string[] => payout.withdrawals.map((transfer) => `t${transfer}`);

const depth = (hub: Hub, height: number): number =>
  height === 0 ? 0 : (tip(hub.sequencer.state.chain)?.height ?? height) - height + 1;

const largestCoins = (hub: Hub) => {
  const { chain } = hub.sequencer.state;
  return [...chain.coins.values()]
    .filter((coin) => isFree(chain, coin) && !chain.uncredited.has(coin.outpoint))
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_COINS)
    .map(({ address, height, outpoint, value }) => ({
      outpoint,
      btc_address: address,
      amount: dec(hub, BTC, value),
      confirmations: depth(hub, height),
    }));
};

const toldConflict = ({ height, outpoint, txid }: NonNullable<Payout["conflict"]>) => ({
  outpoint,
  height,
  ...(txid === "" ? {} : { txid }),
});

const toldPayout = (hub: Hub, payout: Payout, now: number) => {
  const { conflict, height, versions } = payout;
  const { fee, txid, vsize } = versionOf(payout);
  return {
    payout: `p${payout.number}`,
    is: payout.is,
    txid,
    versions: versions.length,
    withdrawals: transferIds(payout),
    amount: dec(hub, BTC, amountOf(hub.sequencer.state, payout)),
    fee: dec(hub, BTC, fee),
    fee_rate: Math.ceil(fee / vsize),
    confirmations: depth(hub, height),
    age_ms: Math.max(0, now - versions[0]!.t),
    broadcast: payout.broadcast,
    ...(height === 0 ? {} : { height }),
    ...(conflict === undefined ? {} : { conflict: toldConflict(conflict) }),
  };
};

export const operatorWalletHandlers: Handlers<Names> = {
  "operator-wallet": ({ hub }) => {
    const { state, now } = hub.sequencer;
    const { chain } = state;
    const sums = walletSums(state);
    const payouts = [...chain.payouts.values()].filter(({ final }) => !final);
    const waiting = [...state.withdrawals.values()].filter(({ payout }) => payout === 0);
    const { addressType, dailyLimit, hotCeiling } = hub.config.wallet;
    const btc = (amount: number): string => dec(hub, BTC, amount);
    return {
      network: hub.wallet.network,
      address_type: addressType,
      balance: {
        confirmed: btc(sums.confirmed),
        unconfirmed: btc(sums.unconfirmed),
        uncredited: btc(sums.uncredited),
        locked: btc(sums.locked),
        total: btc(coinsInBooks(state)),
      },
      coins: { count: sums.free, largest: largestCoins(hub) },
      in_flight: payouts.map((payout) => toldPayout(hub, payout, now())),
      waiting: {
        count: waiting.length,
        amount: btc(waiting.reduce((sum, { amount }) => sum + amount, 0)),
        ...(hub.chain.waiting === undefined ? {} : { reason: hub.chain.waiting }),
      },
      fees_under_way: btc(payouts.reduce((sum, payout) => sum + versionOf(payout).fee, 0)),
      fees_paid: btc(chain.feesPaid),
      fees_taken: btc(availableOf(state.ledger, HUB, BTC)),
      owed: btc(owedToAccounts(state)[BTC]!),
      cold: btc(coldInBooks(state)),
      next_receive: chain.nextReceive,
      next_change: chain.nextChange,
      ...(hotCeiling === undefined ? {} : { hot_ceiling: btc(hotCeiling) }),
      ...(dailyLimit === undefined
        ? {}
        : {
            daily_limit: btc(dailyLimit),
            limit_left: btc(Math.max(0, dailyLimit - hub.signer.signedToday())),
          }),
    };
  },

  "operator-abandon-payout": (call, params) => {
    const { chain } = call.hub.sequencer.state;
    const number = Number(params.payout.slice(1));
    const payout = chain.payouts.get(number);
    const done = carryOut(call, { kind: "payout-abandoned", by: byOf(call), payout: number });
    if ("refused" in done) return done;
    const { versions } = payout!;
    // Its withdrawals may be signed for again. This is on the disk before the journal, which writes in a later turn: the other way
    // round a crash would leave withdrawals that the signer never signs for.
    call.hub.signer.forget(
      versions.map(({ txid }) => txid),
      "abandoned",
    );
    return { payout: params.payout, withdrawals: transferIds(payout!) };
  },

  "operator-cold-address": (call) => {
    const { sequencer, addresses } = call.hub;
    const without = notFollowing(call.hub);
    if (without) return without;
    const index = sequencer.state.chain.nextReceive;
    const { address } = addresses.take(index);
    const done = carryOut(call, { kind: "cold-address", by: byOf(call), address, index });
    return "refused" in done ? done : { btc_address: address };
  },

  "operator-sweep": (call, params) => {
    const { hub } = call;
    const read = params.amount === undefined ? undefined : readAmount(hub, "BTC", params.amount);
    if (read && "refused" in read) return read;
    const told = ({ amount, fee, to }: { amount: Amount; fee: Amount; to: string }) => ({
      amount: dec(hub, BTC, amount),
      fee: dec(hub, BTC, fee),
      to,
    });
    const made = makeSweep(hub, read?.amount, (of) => writeDown(call, told(of)));
    return "refused" in made ? made : { psbt: made.psbt, ...told(made) };
  },

  "operator-finish-sweep": (call, { psbt }) => {
    const done = finishSweep(call.hub, psbt, (built) => carryOut(call, { ...built, by: byOf(call) }));
    return "refused" in done ? done : { txid: done.txid, payout: `p${done.payout}` };
  },
};
