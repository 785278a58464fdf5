import type { Amount } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import type { Stamped } from "../command.ts";
import { reopenCrossing } from "../crossings/crossings.ts";
import type { Effect } from "../effects.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import {
  CHANGE,
  type Chain,
  type Coin,
  outpointOf,
  type Payout,
  type PayoutVersion,
  tipHeight,
  txidOf,
} from "./chain.ts";
import { isFree, isSpendable, newCoin } from "./coins.ts";
import type { Change, PayoutAbandoned, PayoutBroadcast, PayoutBuilt, PayoutReplaced } from "./commands.ts";
import { removePayout } from "./settle.ts";
import type { Withdrawal } from "./withdrawals.ts";

const sum = (amounts: readonly Amount[]): number => amounts.reduce((all, one) => all + one, 0);

const versionOf = (chain: Chain, command: Stamped<PayoutBuilt> | Stamped<PayoutReplaced>): PayoutVersion => {
  const { txid, raw, inputs, change, fee, vsize, t } = command;
  assert(!chain.index.versions.has(txid), `${txid} is a new transaction`);
  assert(
    new Set(inputs).size === inputs.length && inputs.length > 0,
    "a payout spends each of its coins once",
  );
  assert(Number.isSafeInteger(fee) && fee >= 0, "a fee is not below zero");
  for (const { value } of change) assert(Number.isSafeInteger(value) && value > 0, "change is something");
  return { txid, raw, inputs, change, fee, vsize, t, tip: tipHeight(chain) };
};

/** Every satoshi of the coins is somewhere. */
const checkSum = (
  coins: readonly Coin[],
  paid: readonly Withdrawal[],
  cold: Amount,
  { change, fee }: PayoutVersion,
): void =>
  assert(
    sum(coins.map(({ value }) => value)) ===
      sum(paid.map(({ amount }) => amount)) + cold + sum(change.map(({ value }) => value)) + fee,
    "a payout's inputs are its payments, change and fee",
  );

/** Change goes to the next addresses of the wallet's, or again to those of the versions before. */
const takeChange = (chain: Chain, change: readonly Change[], before: readonly PayoutVersion[]): void => {
  const used = new Set(before.flatMap((version) => version.change.map(({ address }) => address)));
  assert(
    new Set(change.map(({ address }) => address)).size === change.length,
    "each change has its own address",
  );
  for (const { address, index } of change) {
    if (used.has(address)) {
      assert(chain.addresses.get(address)!.index === index, `${address} is change address ${index}`);
      continue;
    }
    assert(index === chain.nextChange, "change goes to the next change address");
    assert(!chain.addresses.has(address), "a change address is used by one payout");
    chain.nextChange++;
    chain.addresses.add({ address, account: CHANGE, index, branch: "change" });
  }
};

/** Locks the coins and keeps the bytes. The hub built it from this very state, so a mismatch is our own bug. */
export const payoutBuilt = (state: State, command: Stamped<PayoutBuilt>, effects: Effect[]): object => {
  const { chain } = state;
  const { is, cold } = command;
  const paid = command.withdrawals.map((transfer) => {
    const withdrawal = state.withdrawals.get(transfer);
    assert(withdrawal !== undefined && withdrawal.payout === 0, `withdrawal ${transfer} waits to be paid`);
    return withdrawal;
  });
  assert(new Set(paid).size === paid.length, "a withdrawal is paid once");
  const pledged = paid.some((one) => one.pledged);
  assert(!pledged || paid.length === 1, "what carries the hub's identity is paid alone");
  assert(is === "payment" ? paid.length > 0 : paid.length === 0, `a ${is} pays what it is for`);
  assert(is === "sweep" ? cold > 0 : cold === 0, "sweeps go to the cold wallet, and nothing else does");
  const coins = command.inputs.map((outpoint) => {
    const coin = chain.coins.get(outpoint);
    assert(coin !== undefined && isSpendable(chain, coin), `coin ${outpoint} is free`);
    return coin;
  });
  assert(
    is !== "child" || coins.some((coin) => raisesPledged(chain, coin)),
    "a child spends change of its parent",
  );
  const version = versionOf(chain, command);
  checkSum(coins, paid, cold, version);

  const number = ++state.last.payout;
  if (is === "sweep") state.last.sweep++;
  const { withdrawals, txid, change } = command;
  const payout: Payout = {
    number,
    is,
    withdrawals,
    pledged,
    cold,
    versions: [version],
    broadcast: false,
    height: 0,
    confirmed: -1,
    final: false,
    conflict: undefined,
  };
  chain.payouts.set(number, payout);
  chain.index.open.add(number);
  chain.index.versions.set(txid, { payout, version: 0 });
  for (const coin of coins) coin.payout = number;
  for (const withdrawal of paid) {
    withdrawal.payout = number;
    chain.index.waiting.delete(withdrawal.transfer);
    const { transfer, account } = withdrawal;
    effects.push({ is: "status", transfer, account, status: "built", txid });
  }
  takeChange(chain, change, []);
  for (const { vout, value, address } of change) {
    const outpoint = outpointOf({ txid, vout });
    assert(!chain.coins.has(outpoint), `${outpoint} is new`);
    chain.coins.set(outpoint, newCoin({ outpoint, value, address, coinbase: false }));
  }
  return { payout: number };
};

const raisesPledged = (chain: Chain, { outpoint }: Coin): boolean => {
  const parent = chain.index.versions.get(txidOf(outpoint))?.payout;
  return parent !== undefined && parent.height === 0 && (parent.pledged || parent.is === "child");
};

/** Coins of the payout's change that may come. */
const changeCoins = (chain: Chain, { versions }: Payout): Coin[] =>
  versions.flatMap(({ txid, change }) =>
    change.flatMap(({ vout }) => chain.coins.get(outpointOf({ txid, vout })) ?? []),
  );

/** Whether another version of it may be made. What is built upon its change would be lost with it. */
export const isReplaceable = (chain: Chain, payout: Payout): boolean =>
  !payout.pledged &&
  payout.height === 0 &&
  payout.conflict === undefined &&
  changeCoins(chain, payout).every((coin) => isFree(chain, coin));

const isIntact = (chain: Chain, payout: Payout, outpoint: string): boolean => {
  const coin = chain.coins.get(outpoint);
  return coin?.payout === payout.number && coin.spentAt === 0 && coin.goneAt < 0;
};

/** The newest version whose coins are all still the payout's: the one to send. */
export const versionToSend = (chain: Chain, payout: Payout): PayoutVersion | undefined =>
  payout.versions.findLast(({ inputs }) => inputs.every((outpoint) => isIntact(chain, payout, outpoint)));

/**
 * The coins that a replacement must spend: those of all versions. Not one that is gone, or that another payout took while
 * a version without it was in a block; what the first version spends is always among them.
 */
export const boundCoins = (chain: Chain, payout: Payout): Coin[] =>
  [...new Set(payout.versions.flatMap(({ inputs }) => inputs))]
    .filter((outpoint) => isIntact(chain, payout, outpoint))
    .map((outpoint) => chain.coins.get(outpoint)!);

export const payoutReplaced = (state: State, command: Stamped<PayoutReplaced>): object => {
  const { chain } = state;
  const payout = chain.payouts.get(command.payout);
  assert(payout !== undefined && isReplaceable(chain, payout), `payout ${command.payout} can be replaced`);
  const version = versionOf(chain, command);
  const newest = payout.versions.at(-1)!;
  assert(version.fee > newest.fee, "a replacement pays more");
  const spent = new Set(version.inputs);
  for (const { outpoint } of boundCoins(chain, payout))
    assert(
      spent.has(outpoint),
      `a replacement spends ${outpoint}, too: only one of the versions can confirm`,
    );
  const own = new Set(payout.versions.map(({ txid }) => txid));
  const coins = version.inputs.map((outpoint) => {
    const coin = chain.coins.get(outpoint);
    assert(
      coin !== undefined &&
        (isIntact(chain, payout, outpoint) || isSpendable(chain, coin)) &&
        !own.has(txidOf(outpoint)),
      `coin ${outpoint} is free`,
    );
    return coin;
  });
  const paid = payout.withdrawals.map((transfer) => state.withdrawals.get(transfer)!);
  checkSum(coins, paid, payout.cold, version);

  takeChange(chain, version.change, payout.versions);
  // Which version's change will come is open until one of them is in a block.
  for (const coin of changeCoins(chain, payout)) if (coin.payout === 0) chain.coins.delete(coin.outpoint);
  for (const coin of coins) coin.payout = payout.number;
  chain.index.versions.set(version.txid, { payout, version: payout.versions.length });
  payout.versions.push(version);
  payout.broadcast = false;
  return {};
};

export const payoutBroadcast = (state: State, command: PayoutBroadcast, effects: Effect[]): object => {
  const payout = state.chain.payouts.get(command.payout);
  assert(command.payout <= state.last.payout, `payout ${command.payout} exists`);
  // The node's answer can come after the blocks that made it final.
  if (!payout || payout.broadcast) return {};
  payout.broadcast = true;
  const { txid } = payout.versions.at(-1)!;
  if (payout.height === 0)
    for (const transfer of payout.withdrawals) {
      const { account } = state.withdrawals.get(transfer)!;
      effects.push({ is: "status", transfer, account, status: "broadcast", txid });
    }
  return {};
};

/** The operator gives it up: what it paid is reserved anew, which would pay twice if it could still confirm. */
export const payoutAbandoned = (
  state: State,
  command: Stamped<PayoutAbandoned>,
  effects: Effect[],
): object | Refused => {
  const { chain, config } = state;
  const payout = chain.payouts.get(command.payout);
  if (!payout) return refuse("payout_unknown");
  if (payout.height > 0) return refuse("payout_alive", { reason: "confirmed" });
  if (!payout.conflict) return refuse("payout_alive", { reason: "no_conflict" });
  const depth = tipHeight(chain) - payout.conflict.height + 1;
  if (depth < config.finalAfter)
    return refuse("payout_alive", { reason: "not_deep", depth, needed: config.finalAfter });
  for (const transfer of payout.withdrawals) {
    const withdrawal = state.withdrawals.get(transfer)!;
    withdrawal.payout = 0;
    chain.index.waiting.add(transfer);
    effects.push({ is: "status", transfer, account: withdrawal.account, status: "reserved" });
    reopenCrossing(state, transfer, effects);
  }
  removePayout(state, payout);
  return { withdrawals: payout.withdrawals };
};
