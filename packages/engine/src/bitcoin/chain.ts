import type { Amount, TimeMs } from "@coinholder/protocol";
import type { AccountIndex } from "../ledger/ledger.ts";
import { type AddressTable, emptyAddressTable } from "./address-table.ts";
import type { Change, PayoutKind } from "./commands.ts";
import type { Halt } from "./halt.ts";
import { type ChainIndex, emptyIndex } from "./lookup.ts";

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
  readonly addresses: AddressTable;
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
  /** Under way, or in a block that a reorganisation could still undo. */
  readonly payouts: Map<number, Payout>;
  /** Payments by chain stand still, and why. */
  halt: Halt | undefined;
  /** The highest block there was: how deep a reorganisation goes is counted from it. */
  highest: number;
  /** Satoshi that payouts in blocks have paid to miners since the journal began. */
  feesPaid: number;
  /** Follows from the rest; no part of a dump. */
  readonly index: ChainIndex;
}

export interface BlockId {
  readonly height: number;
  readonly hash: string;
}

export interface Address {
  readonly address: string;
  /** Whose deposits to it are. CHANGE: what the hub's own payouts keep; anything else that comes there is the hub's. */
  readonly account: AccountIndex;
  /** Position in the wallet's branch. */
  readonly index: number;
  readonly branch: Branch;
}
export type Branch = "receive" | "change";

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
  /** What its block brought to its address in all, 0 while it is in no block: decides how deep it must be to count. */
  sum: Amount;
  /** The transfer that credited it, 0 before. */
  transfer: number;
}

export interface Coin {
  readonly outpoint: string;
  readonly value: Amount;
  readonly address: string;
  readonly coinbase: boolean;
  /** 0 while it is in no block: change of the hub's own payout, or what a payout spends and a reorganisation undid. */
  height: number;
  /** The payout that last bound it, 0 for none. Ask `isFree` whether it still does. */
  payout: number;
  /** Height of the block that spent it, 0 while unspent there. */
  spentAt: number;
  /** Of a deposit that a payout spends, was undone and has left the mempool: height of the tip then, else -1. */
  goneAt: number;
  /** It was spent there by a transaction that is not the hub's: booked as its loss. */
  lost: boolean;
}

export interface Payout {
  readonly number: number;
  readonly is: PayoutKind;
  readonly withdrawals: readonly number[];
  /** Carries the hub's identity: never replaced, a child raises its fee. */
  readonly pledged: boolean;
  readonly cold: Amount;
  /** Oldest first; any of them may confirm, the newest is the one to send. All spend what the first one spends. */
  readonly versions: PayoutVersion[];
  /** The node has taken the newest version. */
  broadcast: boolean;
  /** 0 while it is in no block. */
  height: number;
  /** Position in `versions` of the one in the block, -1 while there is none. */
  confirmed: number;
  /** Its withdrawals were told to be final; it is kept while a reorganisation could still undo it. */
  final: boolean;
  /** A coin that all its versions spend is gone: none of them can confirm. */
  conflict: Conflict | undefined;
}

export interface Conflict {
  readonly outpoint: string;
  /** The transaction that took the coin; empty where the coin itself is gone: a deposit that was undone and left the mempool. */
  readonly txid: string;
  readonly height: number;
}

export interface PayoutVersion {
  readonly txid: string;
  readonly raw: string;
  readonly inputs: readonly string[];
  readonly change: readonly Change[];
  readonly fee: Amount;
  readonly vsize: number;
  readonly t: TimeMs;
  /** Height of the tip when it was made. */
  readonly tip: number;
}

export const emptyChain = (): Chain => ({
  network: "",
  recent: [],
  addresses: emptyAddressTable(),
  nextReceive: 0,
  nextChange: 0,
  deposits: new Map(),
  uncredited: new Set(),
  maturing: new Set(),
  coins: new Map(),
  payouts: new Map(),
  halt: undefined,
  highest: 0,
  feesPaid: 0,
  index: emptyIndex(),
});

export const tip = (chain: Chain): BlockId | undefined => chain.recent.at(-1);
export const tipHeight = (chain: Chain): number => tip(chain)?.height ?? 0;
/** Blocks up to this height can no longer be undone: the hashes upon them are not kept. */
export const buriedTo = (chain: Chain): number => chain.highest - RECENT_BLOCKS;
export const outpointOf = (of: { readonly txid: string; readonly vout: number }): string =>
  `${of.txid}:${of.vout}`;
export const txidOf = (outpoint: string): string => outpoint.slice(0, outpoint.lastIndexOf(":"));
