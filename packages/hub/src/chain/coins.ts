import { type Coin, typeOfAddress } from "@coinholder/bitcoin";
import { type Coin as LedgerCoin, type Payout, type State, spendableCoins } from "@coinholder/engine";
import type { Sats } from "@coinholder/protocol";
import type { ChainHub } from "./chain-hub.ts";
import { familiesOf } from "./family.ts";

/** One transaction spends no more; of more coins the largest are looked at. */
const MOST_COINS = 500;
/**
 * What a payout and all that hangs together with it unconfirmed may come to. Nodes take 25 transactions and 101,000
 * vbytes (DEFAULT_ANCESTOR_LIMIT and those beside it in policy/policy.h of Bitcoin Core); children that raise fees must fit in, too.
 */
const MOST_UNCONFIRMED = 20;
const MOST_UNCONFIRMED_VSIZE = 60_000;

type Chain = State["chain"];

/** A coin of the ledger with the key that owns it, as plans and signatures need it. */
export const walletCoin = (chain: Chain, { outpoint, value, address, height }: LedgerCoin): Coin => {
  const { branch, index } = chain.addresses.get(address)!;
  const [txid, vout] = outpoint.split(":") as [string, string];
  return {
    txid,
    vout: Number(vout),
    value: value as Sats,
    type: typeOfAddress(address),
    branch,
    index,
    confirmed: height > 0,
  };
};

/** The `most` of greatest value, in no order. Sorting a hundred thousand coins themselves would hold everybody up. */
const largest = (coins: readonly LedgerCoin[], most: number): readonly LedgerCoin[] => {
  if (coins.length <= most) return coins;
  const values = Float64Array.from(coins, ({ value }) => value).sort();
  const least = values[values.length - most]!;
  const above = coins.filter(({ value }) => value > least);
  const level = coins.filter(({ value }) => value === least);
  return [...above, ...level.slice(0, most - above.length)];
};

/** Those whose spending leaves what hangs together unconfirmed so small that nodes still take it. */
const shallow = (chain: Chain, coins: readonly LedgerCoin[]): LedgerCoin[] => {
  if (coins.length === 0) return [];
  const familyOf = familiesOf(chain);
  const admitted = new Set<readonly Payout[]>();
  let [count, vsize] = [0, 0];
  const admit = (coin: LedgerCoin): boolean => {
    const family = familyOf(coin.outpoint);
    if (family === undefined || admitted.has(family)) return true;
    const size = family.reduce((sum, { versions }) => sum + versions.at(-1)!.vsize, 0);
    if (count + family.length >= MOST_UNCONFIRMED || vsize + size > MOST_UNCONFIRMED_VSIZE) return false;
    admitted.add(family);
    count += family.length;
    vsize += size;
    return true;
  };
  return coins.toSorted((a, b) => b.value - a.value).filter(admit);
};

/** What the largest coins are worth together: of one, of two, and so on. */
export const coinSumsOf = (coins: readonly Coin[]): number[] => {
  let sum = 0;
  return coins
    .map(({ value }) => value)
    .sort((a, b) => b - a)
    .map((value) => (sum += value));
};

/** What payouts may spend: the largest coins that count, and of change of the hub's own payouts. */
export const freeCoins = (hub: Pick<ChainHub, "sequencer">): Coin[] => {
  const { chain } = hub.sequencer.state;
  const all = spendableCoins(chain);
  const confirmed = all.filter(({ height }) => height > 0);
  const expected = all.filter(({ height }) => height === 0);
  return [...largest(confirmed, MOST_COINS), ...shallow(chain, largest(expected, MOST_COINS))].map((coin) =>
    walletCoin(chain, coin),
  );
};
