import {
  boundCoins,
  type Change,
  type Coin,
  isReplaceable,
  openPayouts,
  outpointOf,
  type PayoutBuilt,
  payableWithdrawals,
  spendableCoins,
} from "@coinholder/engine";
import { conflictOf } from "../twin/payouts.ts";
import { a, fresh, operatorCall, type Unstamped, type World } from "./world.ts";

const sumOf = (coins: readonly { readonly value: number }[]): number =>
  coins.reduce((sum, coin) => sum + coin.value, 0);

/** Coins worth that much, if there are. */
const pick = (world: World, needed: number): Coin[] | undefined => {
  const coins = spendableCoins(world.state.chain);
  const picked: Coin[] = [];
  for (const coin of world.random.chance(0.5) ? coins : coins.reverse()) {
    if (sumOf(picked) >= needed) break;
    picked.push(coin);
  }
  return sumOf(picked) >= needed ? picked : undefined;
};

/** What is left, in one or several parts: at addresses used before, then at the next ones. */
const changeOf = (world: World, left: number, again: readonly Change[] = []): Change[] => {
  const { random, state } = world;
  const parts = left > 3 ? random.between(1, 3) : Math.min(1, left);
  let next = state.chain.nextChange;
  return Array.from({ length: parts }, (_, i) => {
    const value = a(i < parts - 1 ? Math.floor(left / parts) : left - (parts - 1) * Math.floor(left / parts));
    const known = again[i];
    return known
      ? { ...known, vout: i + 1, value }
      : { vout: i + 1, value, address: fresh(world, "change"), index: next++ };
  });
};

/** The transaction waits to be mined. */
const send = (world: World, txid: string, inputs: readonly string[], change: readonly Change[]): void => {
  const receipts = change.map(({ vout, value, address }) => ({ txid, vout, value, address }));
  world.mempool.push({ txid, receipts, inputs, coinbase: false });
};

const build = (
  world: World,
  coins: readonly Coin[] | undefined,
  out: Pick<PayoutBuilt, "is" | "withdrawals" | "cold" | "fee">,
  pays: number,
): Unstamped | undefined => {
  if (!coins) return undefined;
  const txid = fresh(world, "tx");
  const inputs = coins.map(({ outpoint }) => outpoint);
  const change = changeOf(world, sumOf(coins) - pays - out.fee);
  send(world, txid, inputs, change);
  return { kind: "payout-built", ...out, txid, raw: "00", inputs, change, vsize: 100 };
};

/** Pays some of what waits, or nothing where there is none or the coins do not reach. */
export const buildPayout = (world: World): Unstamped | undefined => {
  const { random, state } = world;
  const payable = payableWithdrawals(state);
  const alone = payable.filter((one) => one.pledged).slice(0, 1);
  const waiting =
    alone.length > 0 ? alone : payable.filter((one) => !one.pledged).slice(0, random.between(1, 4));
  if (waiting.length === 0) return undefined;
  const pays = waiting.reduce((sum, one) => sum + one.amount, 0);
  const fee = a(random.between(1, 2000));
  const withdrawals = waiting.map((one) => one.transfer);
  return build(world, pick(world, pays + fee), { is: "payment", withdrawals, cold: a(0), fee }, pays);
};

export const sweep = (world: World): Unstamped | undefined => {
  const { random } = world;
  const cold = a(random.between(1, 1e6));
  const fee = a(random.between(1, 2000));
  return build(world, pick(world, cold + fee), { is: "sweep", withdrawals: [], cold, fee }, cold);
};

/** Raises the fee of one that carries the hub's identity. */
export const child = (world: World): Unstamped | undefined => {
  const { chain } = world.state;
  const free = new Set(spendableCoins(chain));
  const parents = openPayouts(chain).filter((payout) => payout.pledged || payout.is === "child");
  const coins = parents.flatMap(({ versions: [version] }) =>
    version!.change.flatMap(({ vout }) => chain.coins.get(outpointOf({ txid: version!.txid, vout })) ?? []),
  );
  const coin = coins.find((one) => free.has(one) && one.value > 10);
  if (!coin) return undefined;
  const fee = a(world.random.between(1, coin.value - 1));
  return build(world, [coin], { is: "child", withdrawals: [], cold: a(0), fee }, 0);
};

/** Another version with a higher fee: out of the change, or of a coin more. */
export const replacePayout = (world: World): Unstamped | undefined => {
  const { random, state } = world;
  const { chain } = state;
  const all = openPayouts(chain).filter((payout) => isReplaceable(chain, payout));
  if (all.length === 0) return undefined;
  const payout = random.pick(all);
  const newest = payout.versions.at(-1)!;
  const own = new Set(payout.versions.map(({ txid }) => txid));
  const kept = boundCoins(chain, payout);
  const more = spendableCoins(chain)
    .filter(({ height, outpoint }) => height > 0 && !own.has(outpoint.split(":")[0]!))
    .slice(0, random.below(3));
  const coins = [...kept, ...more];
  const fee = newest.fee + random.between(1, 1000);
  const pays = payout.withdrawals.reduce((sum, one) => sum + state.withdrawals.get(one)!.amount, payout.cold);
  const left = sumOf(coins) - pays - fee;
  if (left < 0) return undefined;
  const txid = fresh(world, "tx");
  const inputs = coins.map(({ outpoint }) => outpoint);
  const change = changeOf(world, left, random.chance(0.8) ? newest.change : []);
  // Miners may keep the one before.
  if (random.chance(0.7)) world.mempool = world.mempool.filter((tx) => tx.txid !== newest.txid);
  send(world, txid, inputs, change);
  return {
    kind: "payout-replaced",
    payout: payout.number,
    txid,
    raw: "01",
    inputs,
    change,
    fee: a(fee),
    vsize: 100,
  };
};

export const broadcast = (world: World): Unstamped | undefined =>
  world.twin.payouts.length > 0
    ? { kind: "payout-broadcast", payout: world.random.pick(world.twin.payouts).number }
    : undefined;

export const abandon = (world: World): Unstamped | undefined => {
  const { random, twin } = world;
  const stuck = twin.payouts.filter((one) => !one.abandoned && conflictOf(twin, one));
  const from = stuck.length > 0 && random.chance(0.9) ? stuck : twin.payouts;
  if (from.length === 0) return undefined;
  const payout = random.chance(0.05) ? random.below(1000) : random.pick(from).number;
  return { kind: "payout-abandoned", by: operatorCall(world, "operator-abandon-payout"), payout };
};
