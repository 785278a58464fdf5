import type { Amount, TimeMs } from "@coinholder/protocol";
import type { AccountIndex } from "../ledger/ledger.ts";
import type { Identity } from "./record.ts";

/** What is known of other hubs by their transfers to this one, and what was credited on their word. */
export interface Lines {
  /** The account sys:lines; -1 until the first ceiling makes it. */
  account: AccountIndex;
  /** For all identities together; undefined: their own ceilings are all that bounds them. */
  ceiling: Amount | undefined;
  /** By key in hex, the one that was seen last at the end. */
  readonly identities: Map<string, Identity>;
  /** Attached transfers by txid, oldest first, until no reorganisation can change what became of them. */
  readonly transfers: Map<string, Attached>;
  /** Satoshi credited now of what does not count yet. Follows from the transfers, as do all below. */
  open: number;
  readonly coins: Map<string, LineCoin>;
  /** Which attached transfers spend an outpoint: to be watched for others that do. */
  readonly byInput: Map<string, Set<string>>;
  /** Transfers of which nothing was credited early and that are open, oldest first: the first to be forgotten. */
  readonly noted: Set<string>;
  /** Transfers that another one is in conflict with. */
  readonly conflicted: Set<string>;
  /** Accounts that have coins credited early and not counting yet. */
  readonly holders: Map<AccountIndex, Set<LineCoin>>;
}

/** A transfer that an identity stands behind. */
export interface Attached {
  readonly txid: string;
  /** Its key, hex. */
  identity: string;
  readonly t: TimeMs;
  readonly inputs: readonly string[];
  readonly coins: readonly LineCoin[];
  /** What its coins are worth. */
  readonly amount: Amount;
  /** UTC day since 1970 on which all of it counted, -1 while it does not. */
  confirmedOn: number;
  /** The identity's era then. */
  era: number;
  /** Another transaction spends the same; txid and height of its block, 0 while it is in none. */
  conflict: LineConflict | undefined;
  /** The conflict won: it was deep enough. */
  lost: boolean;
  /** There was a conflict, which stands in the record. */
  replaced: boolean;
}

export interface LineConflict {
  readonly rival: string;
  readonly height: number;
}

/**
 * - `noted`: counts as any deposit, when it does: then it is `counted`.
 * - `credited` before it confirmed; `settled` once it counts, and credited again should that be undone.
 * - `lost`: another transaction took the coins, the loss is the hub's; `recovered`: it came all the same, and that is the hub's too.
 */
export type CoinStanding = "noted" | "counted" | "credited" | "settled" | "lost" | "recovered";

/** One of its outputs to this hub. */
export interface LineCoin {
  readonly outpoint: string;
  readonly txid: string;
  readonly vout: number;
  readonly value: Amount;
  readonly address: string;
  readonly account: AccountIndex;
  standing: CoinStanding;
  /** The transfer that credited it early, 0 if none did. */
  transfer: number;
  /** Whose balance holds it, as long as it may not leave: the payee's, or the desk's that was given it. They sum to its value. */
  marks: Mark[];
}

export interface Mark {
  readonly account: AccountIndex;
  amount: Amount;
}

export const emptyLines = (): Lines => ({
  account: -1,
  ceiling: undefined,
  identities: new Map(),
  transfers: new Map(),
  open: 0,
  coins: new Map(),
  byInput: new Map(),
  noted: new Set(),
  conflicted: new Set(),
  holders: new Map(),
});

/** What was credited early goes its own way, whatever the chain says of it. */
export const isCarried = ({ coins }: Lines, outpoint: string): boolean => {
  if (coins.size === 0) return false;
  const coin = coins.get(outpoint);
  return coin !== undefined && coin.standing !== "noted" && coin.standing !== "counted";
};

export const counts = ({ standing }: LineCoin): boolean =>
  standing === "counted" || standing === "settled" || standing === "recovered";

/** Whether something of it was credited early, whatever became of that. */
export const wasCarried = ({ coins }: Attached): boolean => coins.some(({ transfer }) => transfer > 0);

const addTo = <K, V>(sets: Map<K, Set<V>>, key: K, one: V): void => {
  const set = sets.get(key);
  if (set) set.add(one);
  else sets.set(key, new Set([one]));
};
const removeFrom = <K, V>(sets: Map<K, Set<V>>, key: K, one: V): void => {
  const set = sets.get(key);
  if (set?.delete(one) && set.size === 0) sets.delete(key);
};

export const addHolder = (lines: Lines, account: AccountIndex, coin: LineCoin): void =>
  addTo(lines.holders, account, coin);
export const removeHolder = (lines: Lines, account: AccountIndex, coin: LineCoin): void =>
  removeFrom(lines.holders, account, coin);

/** The coin is credited early now: it weighs on the line, and on whoever holds it. */
export const openCoin = (lines: Lines, coin: LineCoin): void => {
  coin.standing = "credited";
  lines.open += coin.value;
  for (const { account } of coin.marks) addHolder(lines, account, coin);
};

/** It does no more. */
export const closeCoin = (lines: Lines, coin: LineCoin, standing: "settled" | "lost"): void => {
  coin.standing = standing;
  lines.open -= coin.value;
  for (const { account } of coin.marks) removeHolder(lines, account, coin);
};

/** A record is kept at least as long as what it is about. */
export const identityOfAttached = (lines: Lines, { identity }: Attached): Identity =>
  lines.identities.get(identity)!;

/** Into the maps where it belongs, when it is attached or from a dump. */
export const keepAttached = (lines: Lines, transfer: Attached): void => {
  const { txid } = transfer;
  lines.transfers.set(txid, transfer);
  for (const coin of transfer.coins) {
    lines.coins.set(coin.outpoint, coin);
    if (coin.standing === "credited") openCoin(lines, coin);
  }
  for (const outpoint of transfer.inputs) addTo(lines.byInput, outpoint, txid);
  if (isNoted(transfer)) lines.noted.add(txid);
  if (transfer.conflict) lines.conflicted.add(txid);
};

/** Nothing of it is in question any more, or there is no room to remember it. */
export const forgetAttached = (lines: Lines, transfer: Attached): void => {
  const { txid } = transfer;
  const identity = identityOfAttached(lines, transfer);
  identity.kept--;
  if (isDoubtful(transfer)) identity.doubted--;
  lines.transfers.delete(txid);
  for (const { outpoint } of transfer.coins) lines.coins.delete(outpoint);
  for (const outpoint of transfer.inputs) removeFrom(lines.byInput, outpoint, txid);
  lines.noted.delete(txid);
  lines.conflicted.delete(txid);
};

/** Nothing of it was credited early, and what becomes of it is open. */
export const isNoted = (transfer: Attached): boolean =>
  !wasCarried(transfer) && !transfer.lost && transfer.confirmedOn < 0;

/** It may still be taken from us. */
export const isDoubtful = ({ conflict, lost }: Attached): boolean => conflict !== undefined && !lost;
