import { CALLS_AT_ONCE } from "../node/differences.ts";
import type { BitcoinNode } from "../node/rpc.ts";
import { eitherOf, openOutpointSet } from "./outpoint-set.ts";
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
  /** All transactions in the node's mempool. */
  size: number;
};

export type MempoolLook = {
  /** Ids of our transactions that the caller counts as unconfirmed and in the mempool. */
  seenBefore: ReadonlySet<string>;
  /** Hash of the newest block that the caller has processed. */
  knownTip: string;
  /**
   * The caller keeps this set between looks and never fills it: ids that were not ours. It is cut to what the mempool
   * holds once half of it has left. Clear it when something older than its transactions starts to be watched.
   */
  notOurs: Set<string>;
};

type Source = Pick<BitcoinNode, "bestBlockHash" | "rawMempool" | "rawTransaction">;

/** So that a first look at a full mempool does not keep blocks waiting. */
export const FETCHED_PER_LOOK = 2_000;

/** Ids that are gone through before others in this process have their turn: about a millisecond. */
const IDS_PER_TURN = 5_000;

const inTurns = async (ids: readonly string[], visit: (id: string) => void): Promise<void> => {
  for (let start = 0; start < ids.length; start += IDS_PER_TURN) {
    if (start > 0) await new Promise(setImmediate);
    const end = Math.min(ids.length, start + IDS_PER_TURN);
    for (let i = start; i < end; i++) visit(ids[i]!);
  }
};

/** Which of the mempool's transactions are new to us, and which of ours it still holds. */
const compare = async (inMempool: readonly string[], { seenBefore, notOurs }: MempoolLook) => {
  const present = new Set<string>();
  const isNew = new Set<string>();
  let stillNotOurs = 0;
  await inTurns(inMempool, (txid) => {
    if (notOurs.has(txid)) stillNotOurs++;
    else if (seenBefore.has(txid)) present.add(txid);
    else isNew.add(txid);
  });
  return { present, isNew: [...isNew], stillNotOurs };
};

const forgetOthers = async (notOurs: Set<string>, inMempool: readonly string[]): Promise<void> => {
  const holds = new Set<string>();
  await inTurns(inMempool, (txid) => holds.add(txid));
  await inTurns([...notOurs], (txid) => {
    if (!holds.has(txid)) notOurs.delete(txid);
  });
};

type Fetched = {
  /** In the order asked; those that have left the mempool meanwhile are missing. */
  raws: Uint8Array[];
  asked: number;
  failure: { error: unknown } | undefined;
};

/** Raw transactions, until one call fails: what is there by then is not thrown away. */
const fetchSome = async (node: Source, txids: readonly string[]): Promise<Fetched> => {
  const raws: (Uint8Array | undefined)[] = [];
  let next = 0;
  let asked = 0;
  let failure: Fetched["failure"];
  const fetchInTurn = async (): Promise<void> => {
    while (next < txids.length && failure === undefined) {
      const at = next++;
      try {
        raws[at] = await node.rawTransaction(txids[at]!);
        asked++;
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, fetchInTurn));
  return { raws: raws.filter((raw) => raw !== undefined), asked, failure };
};

/** Scans so that a payment to us and its spending are both found, whichever stands first in the list. */
const scanTogether = (raws: readonly Uint8Array[], watch: Watch): TransactionScan[] => {
  const scans = raws.map((raw) => scanTransaction(raw, watch));
  const received = openOutpointSet();
  for (const { receipts } of scans)
    for (const { txid, vout } of receipts) received.add(outpointKey(txid, vout));
  if (received.size === 0) return scans;
  const outpoints = eitherOf(watch.outpoints, received);
  return raws.map((raw) => scanTransaction(raw, { ...watch, outpoints }));
};

/**
 * One look at the mempool. Rejects with BitcoinError `node_unreachable` or `node_error` when it has learnt nothing; a node
 * that fails in the middle leaves the rest to the next look.
 */
export const mempoolChanges = async (
  node: Source,
  watch: Watch,
  look: MempoolLook,
): Promise<MempoolChanges> => {
  const { seenBefore, knownTip, notOurs } = look;
  const tipBefore = await node.bestBlockHash();
  const inMempool = await node.rawMempool();
  const tipMoved = tipBefore !== knownTip || (await node.bestBlockHash()) !== knownTip;

  const { present, isNew, stillNotOurs } = await compare(inMempool, look);
  if (notOurs.size > 2 * stillNotOurs) await forgetOthers(notOurs, inMempool);
  const { raws, asked, failure } = await fetchSome(node, isNew.slice(0, FETCHED_PER_LOOK));
  if (failure !== undefined && asked === 0) throw failure.error;

  const appeared: TransactionScan[] = [];
  for (const scan of scanTogether(raws, watch)) {
    if (scan.receipts.length + scan.spends.length > 0) appeared.push(scan);
    else notOurs.add(scan.txid);
  }
  return {
    appeared,
    gone: tipMoved ? [] : [...seenBefore].filter((txid) => !present.has(txid)),
    tipMoved,
    remaining: isNew.length - asked,
    size: inMempool.length,
  };
};
