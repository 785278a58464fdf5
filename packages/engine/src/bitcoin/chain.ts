import type { Amount, TimeMs } from "@coinholder/protocol";
import type { AccountIndex } from "../ledger/ledger.ts";

/** How many of the newest blocks' hashes are kept to find where a reorganisation left them. */
export const RECENT_BLOCKS = 200;
/** Blocks after which a coinbase can be spent (consensus). */
export const COINBASE_MATURITY = 100;
/** An address of the hub's own: change. */
export const CHANGE: AccountIndex = -1;

export interface Chain {
  network: string;
  /** Newest last; empty until the chain was begun. */
  recent: BlockId[];
  readonly addresses: Map<string, Address>;
  nextReceive: number;
  nextChange: number;
  /** By outpoint "txid:vout": what came in, kept until no reorganisation can take it back. */
  readonly deposits: Map<string, Deposit>;
  /** Outpoints of deposits that do not count yet, in a block or not. */
  readonly uncredited: Set<string>;
  /** Outpoints of deposits that are in a block and not yet credited. */
  readonly maturing: Set<string>;
  /** The hub's unspent and lately spent outputs by outpoint. */
  readonly coins: Map<string, Coin>;
  readonly payouts: Map<number, Payout>;
}

export interface BlockId {
  readonly height: number;
  readonly hash: string;
}

export interface Address {
  readonly account: AccountIndex;
  /** Position in the wallet's receive (or, for CHANGE, change) branch. */
  readonly index: number;
}

export interface Deposit {
  readonly txid: string;
  readonly vout: number;
  readonly value: Amount;
  readonly address: string;
  readonly account: AccountIndex;
  readonly coinbase: boolean;
  readonly seen: TimeMs;
  /** 0 while it is in no block. */
  height: number;
  /** The transfer that credited it, 0 before. */
  transfer: number;
}

export interface Coin {
  readonly outpoint: string;
  readonly value: Amount;
  readonly address: string;
  readonly coinbase: boolean;
  /** 0 while it is in no block: change of the hub's own payout. */
  height: number;
  /** The payout that spends it, 0 for none. */
  payout: number;
  /** Height of the block that spent it, 0 while unspent there. */
  spentAt: number;
}

export interface Payout {
  readonly number: number;
  readonly txid: string;
  readonly raw: string;
  readonly inputs: readonly string[];
  readonly withdrawals: readonly number[];
  readonly fee: Amount;
  broadcast: boolean;
  /** 0 while it is in no block. */
  height: number;
}

export const emptyChain = (): Chain => ({
  network: "",
  recent: [],
  addresses: new Map(),
  nextReceive: 0,
  nextChange: 0,
  deposits: new Map(),
  uncredited: new Set(),
  maturing: new Set(),
  coins: new Map(),
  payouts: new Map(),
});

export const tip = (chain: Chain): BlockId | undefined => chain.recent.at(-1);
export const outpointOf = (of: { readonly txid: string; readonly vout: number }): string =>
  `${of.txid}:${of.vout}`;

/**
 * Coins that a payout may spend: those as deep as a deposit must be to count, then change of the hub's own payouts, whatever
 * its depth. Paying with a deposit that does not count yet would make others bear its risk.
 */
export const spendableCoins = (chain: Chain, confirmations: number): Coin[] => {
  const height = tip(chain)?.height ?? 0;
  const deep: Coin[] = [];
  const change: Coin[] = [];
  for (const coin of chain.coins.values()) {
    if (coin.payout !== 0 || coin.spentAt !== 0) continue;
    const depth = coin.height === 0 ? 0 : height - coin.height + 1;
    if (depth >= (coin.coinbase ? Math.max(confirmations, COINBASE_MATURITY) : confirmations))
      deep.push(coin);
    else if (chain.addresses.get(coin.address)?.account === CHANGE) change.push(coin);
  }
  return [...deep, ...change];
};
