import { type Chain, tip } from "./chain.ts";
import { outpoint, spentOutpoints, type Tx } from "./tx.ts";
import type { Coin } from "./utxo.ts";

export type MempoolEntry = {
  readonly tx: Tx;
  readonly fee: bigint;
  /** Seconds since 1970. */
  readonly time: number;
  /** Of the tip when it came. */
  readonly height: number;
};
export type Mempool = {
  /** In the order they came, so that a parent always stands before its children. */
  readonly entries: Map<string, MempoolEntry>;
  /** Which transaction here spends an outpoint. */
  readonly spends: Map<string, string>;
  /** Transactions whose signatures were found good: what they sign never changes, so once is enough. */
  readonly verified: WeakSet<Tx>;
};

export const newMempool = (): Mempool => ({
  entries: new Map(),
  spends: new Map(),
  verified: new WeakSet(),
});

export const parentsOf = (mempool: Mempool, tx: Tx): string[] => [
  ...new Set(tx.inputs.map((input) => input.txid).filter((txid) => mempool.entries.has(txid))),
];
export const childrenOf = (mempool: Mempool, tx: Tx): string[] => [
  ...new Set(tx.outputs.flatMap((_, index) => mempool.spends.get(outpoint(tx.txid, index)) ?? [])),
];

function closure(mempool: Mempool, start: readonly string[], next: (pool: Mempool, tx: Tx) => string[]) {
  const found = new Set(start);
  for (const txid of found)
    for (const further of next(mempool, mempool.entries.get(txid)!.tx)) found.add(further);
  return found;
}
/** All unconfirmed transactions that this one stands on; itself not among them. */
export const ancestorsOf = (mempool: Mempool, tx: Tx): Set<string> =>
  closure(mempool, parentsOf(mempool, tx), parentsOf);
/** These transactions and all that stand on them. */
export const withDescendants = (mempool: Mempool, txids: readonly string[]): Set<string> =>
  closure(mempool, txids, childrenOf);

/** The coin of the active chain or of an unconfirmed transaction, whether or not the mempool spends it. */
export function findCoin(chain: Chain, mempool: Mempool, txid: string, index: number): Coin | undefined {
  const confirmed = chain.utxo.get(outpoint(txid, index));
  if (confirmed !== undefined) return confirmed;
  const output = mempool.entries.get(txid)?.tx.outputs[index];
  return output && { ...output, height: tip(chain).height + 1, coinbase: false };
}

/** Puts an entry that was found good in the place of those it pushes out. */
export function admit(mempool: Mempool, entry: MempoolEntry, evicts: ReadonlySet<string>): void {
  for (const txid of evicts) {
    const gone = mempool.entries.get(txid)!;
    mempool.entries.delete(txid);
    for (const key of spentOutpoints(gone.tx)) mempool.spends.delete(key);
  }
  mempool.entries.set(entry.tx.txid, entry);
  for (const key of spentOutpoints(entry.tx)) mempool.spends.set(key, entry.tx.txid);
}
