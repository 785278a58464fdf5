import type { Chain, Coin, Deposit, Payout } from "./chain.ts";

/**
 * Where to find what a block or a transaction concerns without walking everything. It follows from the rest of the state, so
 * it is built anew after a load; what depends on the order of its members sorts them first.
 */
export interface ChainIndex {
  /** Every version of every payout by its txid. */
  readonly versions: Map<string, VersionRef>;
  /** What each of the kept blocks brought: to take it back, and to forget it. */
  readonly blocks: Map<number, Contents>;
  /** Payouts in no block. */
  readonly open: Set<number>;
  /** Payouts in a block that are not final. */
  readonly settling: Set<number>;
  /** Withdrawals that no payout carries yet. */
  readonly waiting: Set<number>;
}

export interface VersionRef {
  readonly payout: Payout;
  /** Position in its versions. */
  readonly version: number;
}

/** What happened in one block. */
export interface Contents {
  readonly coins: Coin[];
  readonly deposits: Deposit[];
  readonly spent: Coin[];
  readonly confirmed: Payout[];
  readonly conflicts: Payout[];
}

export const emptyIndex = (): ChainIndex => ({
  versions: new Map(),
  blocks: new Map(),
  open: new Set(),
  settling: new Set(),
  waiting: new Set(),
});

const NOTHING: Contents = { coins: [], deposits: [], spent: [], confirmed: [], conflicts: [] };

/** For reading. */
export const contentsOf = (chain: Chain, height: number): Contents =>
  chain.index.blocks.get(height) ?? NOTHING;

/** For adding to it. */
export const contentsAt = ({ index }: Pick<Chain, "index">, height: number): Contents => {
  const there = index.blocks.get(height);
  if (there) return there;
  const contents: Contents = { coins: [], deposits: [], spent: [], confirmed: [], conflicts: [] };
  index.blocks.set(height, contents);
  return contents;
};

/** Payouts in no block, oldest first. */
export const openPayouts = (chain: Chain): Payout[] =>
  [...chain.index.open].sort((a, b) => a - b).map((number) => chain.payouts.get(number)!);
