import { CALLS_AT_ONCE } from "../node/differences.ts";
import type { BitcoinNode } from "../node/rpc.ts";
import { scanTransaction, type TransactionScan, type Watch } from "./scan.ts";
import { outpointKey } from "./transaction.ts";

export type MempoolChanges = {
  /** Transactions that pay us or spend ours and are not in `seenBefore`. */
  appeared: TransactionScan[];
  /** Those of `seenBefore` that left the mempool without a block: dropped, or replaced by another. */
  gone: string[];
  /** The chain is not where the caller is, or moved: nothing is `gone`; follow the tip, then look again. */
  tipMoved: boolean;
  /** Transactions left for the next look. */
  remaining: number;
};

export type MempoolLook = {
  /** Ids of our transactions that the caller counts as unconfirmed and in the mempool. */
  seenBefore: ReadonlySet<string>;
  /** Hash of the newest block that the caller has processed. */
  knownTip: string;
  /**
   * The caller keeps this set between looks and never fills it: ids that were not ours. It is cut to what the mempool
   * holds. Clear it when something older than its transactions starts to be watched.
   */
  notOurs: Set<string>;
};

type Source = Pick<BitcoinNode, "bestBlockHash" | "rawMempool" | "rawTransaction">;

/** So that a first look at a full mempool does not keep blocks waiting. */
export const FETCHED_PER_LOOK = 2_000;

/** Raw transactions in the order asked; those that have left the mempool meanwhile are missing. */
const fetchAll = async (node: Source, txids: readonly string[]): Promise<Map<string, Uint8Array>> => {
  const raws: (Uint8Array | undefined)[] = new Array(txids.length);
  let next = 0;
  const fetchSome = async (): Promise<void> => {
    while (next < txids.length) {
      const at = next++;
      raws[at] = await node.rawTransaction(txids[at]!);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, fetchSome));
  return new Map(txids.flatMap((txid, i) => (raws[i] === undefined ? [] : [[txid, raws[i]]])));
};

/** Scans so that a payment to us and its spending are both found, whichever stands first in the list. */
const scanTogether = (raws: ReadonlyMap<string, Uint8Array>, watch: Watch): TransactionScan[] => {
  const received = new Set<string>();
  for (const raw of raws.values()) {
    for (const { txid, vout } of scanTransaction(raw, watch).receipts) received.add(outpointKey(txid, vout));
  }
  const isOurOutpoint = (outpoint: string): boolean =>
    received.has(outpoint) || watch.isOurOutpoint(outpoint);
  return [...raws.values()].map((raw) => scanTransaction(raw, { ...watch, isOurOutpoint }));
};

/** One look at the mempool. Rejects with BitcoinError `node_unreachable` or `node_error`; nothing is lost then. */
export const mempoolChanges = async (
  node: Source,
  watch: Watch,
  look: MempoolLook,
): Promise<MempoolChanges> => {
  const { seenBefore, knownTip, notOurs } = look;
  const tipBefore = await node.bestBlockHash();
  const inMempool = new Set(await node.rawMempool());
  const tipMoved = tipBefore !== knownTip || (await node.bestBlockHash()) !== knownTip;

  for (const txid of notOurs) if (!inMempool.has(txid)) notOurs.delete(txid);
  const isNew = [...inMempool].filter((txid) => !notOurs.has(txid) && !seenBefore.has(txid));
  const raws = await fetchAll(node, isNew.slice(0, FETCHED_PER_LOOK));

  const appeared: TransactionScan[] = [];
  for (const scan of scanTogether(raws, watch)) {
    if (scan.receipts.length + scan.spends.length > 0) appeared.push(scan);
    else notOurs.add(scan.txid);
  }
  return {
    appeared,
    gone: tipMoved ? [] : [...seenBefore].filter((txid) => !inMempool.has(txid)),
    tipMoved,
    remaining: Math.max(0, isNew.length - FETCHED_PER_LOOK),
  };
};
