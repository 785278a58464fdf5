import { assert } from "../assert.ts";
import {
  CHANGE,
  type Chain,
  COINBASE_MATURITY,
  type Coin,
  outpointOf,
  type Payout,
  tipHeight,
  txidOf,
} from "./chain.ts";
import type { Receipt } from "./commands.ts";
import { contentsAt, type VersionRef } from "./lookup.ts";

/** The payout's version that pays this output to the hub's own change, if it is one. */
export const ownChange = (
  chain: Chain,
  output: { readonly txid: string; readonly vout: number; readonly address: string },
): VersionRef | undefined => {
  if (chain.addresses.get(output.address)?.account !== CHANGE) return undefined;
  const ref = chain.index.versions.get(output.txid);
  const change = ref?.payout.versions[ref.version]?.change;
  return change?.some(({ vout }) => vout === output.vout) ? ref : undefined;
};

/** Change of a payout in no block that has one version, so that it will come if the payout does. */
const isExpected = (chain: Chain, coin: Coin): boolean => {
  const payout = chain.index.versions.get(txidOf(coin.outpoint))?.payout;
  return payout !== undefined && payout.height === 0 && payout.versions.length === 1;
};

const boundBy = (chain: Chain, { payout, outpoint }: Coin): Payout | undefined => {
  const by = chain.payouts.get(payout);
  const confirmed = by?.versions[by.confirmed];
  return confirmed && !confirmed.inputs.includes(outpoint) ? undefined : by;
};

/** No payout spends it: none was built upon it, or a version is in a block that does without it. */
export const isFree = (chain: Chain, coin: Coin): boolean =>
  coin.spentAt === 0 && boundBy(chain, coin) === undefined;

/**
 * Whether a payout may spend it: what counts, and change of the hub's own. Paying with a deposit that does not count yet
 * would make others bear its risk.
 */
export const isSpendable = (chain: Chain, coin: Coin): boolean => {
  if (!isFree(chain, coin) || chain.uncredited.has(coin.outpoint)) return false;
  if (coin.height > 0) return !coin.coinbase || tipHeight(chain) - coin.height + 1 >= COINBASE_MATURITY;
  return (
    isExpected(chain, coin) && chain.index.versions.get(txidOf(coin.outpoint))!.payout.conflict === undefined
  );
};

/** Coins that a payout may spend: those in a block, then change of the hub's own payouts that are in none. */
export const spendableCoins = (chain: Chain): Coin[] => {
  const confirmed: Coin[] = [];
  const expected: Coin[] = [];
  for (const coin of chain.coins.values())
    if (isSpendable(chain, coin)) (coin.height > 0 ? confirmed : expected).push(coin);
  return [...confirmed, ...expected];
};

export const newCoin = (of: Pick<Coin, "outpoint" | "value" | "address" | "coinbase">): Coin => ({
  outpoint: of.outpoint,
  value: of.value,
  address: of.address,
  coinbase: of.coinbase,
  height: 0,
  payout: 0,
  spentAt: 0,
  goneAt: -1,
  lost: false,
});

/** An output of ours that a block has. */
export const coinMined = (chain: Chain, receipt: Receipt, height: number): void => {
  const outpoint = outpointOf(receipt);
  const { value, address } = receipt;
  const known = chain.coins.get(outpoint);
  assert(known === undefined || known.height === 0, `${outpoint} is in one block`);
  assert(known === undefined || known.value === value, `${outpoint} keeps its value`);
  const coinbase = receipt.coinbase ?? false;
  const coin = known ?? newCoin({ outpoint, value, address, coinbase });
  coin.height = height;
  chain.coins.set(outpoint, coin);
  contentsAt(chain, height).coins.push(coin);
};

/** Its block was undone. What a payout spends, and change that will come again with its payout, is kept. */
export const coinUnmined = (chain: Chain, coin: Coin): void => {
  coin.height = 0;
  dropIfGone(chain, coin);
};

export const dropIfGone = (chain: Chain, coin: Coin): void => {
  if (coin.height === 0 && coin.payout === 0 && !isExpected(chain, coin)) chain.coins.delete(coin.outpoint);
};
