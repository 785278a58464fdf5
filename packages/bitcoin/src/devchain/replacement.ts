import { formatBtc } from "./amount.ts";
import { type Mempool, type MempoolEntry, parentsOf } from "./mempool.ts";
import { feeFor, INCREMENTAL_FEERATE, type Refusal } from "./policy.ts";

const MOST_EVICTED = 100;

/**
 * May the entry push out what conflicts with it? The rules of BIP 125 without the opt-in, as Core 28 and later hold
 * them: no new unconfirmed input (2), at least their fees (3), the relay of itself on top (4), no more than 100 evicted
 * (5), and a higher feerate than each of those it conflicts with.
 *
 * @param conflicts what spends the same coins
 * @param evicts those and all that stand on them
 */
export function replacementFault(
  mempool: Mempool,
  entry: MempoolEntry,
  conflicts: readonly string[],
  evicts: ReadonlySet<string>,
): Refusal | undefined {
  if (conflicts.length === 0) return undefined;
  const { tx, fee } = entry;
  const parents = parentsOf(mempool, tx);
  if (parents.some((txid) => evicts.has(txid)))
    return { reason: "bad-txns-spends-conflicting-tx", detail: `${tx.txid} spends conflicting transaction` };

  const refuse = (why: string): Refusal => ({
    reason: "insufficient fee",
    detail: `rejecting replacement ${tx.txid}${why}`,
  });
  const rivals = conflicts.map((txid) => mempool.entries.get(txid)!);
  for (const rival of rivals)
    if (fee * BigInt(rival.tx.vsize) <= rival.fee * BigInt(tx.vsize))
      return refuse(`; new feerate ${feerate(entry)} BTC/kvB <= old feerate ${feerate(rival)} BTC/kvB`);
  if (evicts.size > MOST_EVICTED)
    return { reason: "too many potential replacements", detail: `${evicts.size} > ${MOST_EVICTED}` };

  const oldParents = new Set(rivals.flatMap((rival) => parentsOf(mempool, rival.tx)));
  if (parents.some((txid) => !oldParents.has(txid))) return { reason: "replacement-adds-unconfirmed" };

  let evictedFees = 0n;
  for (const txid of evicts) evictedFees += mempool.entries.get(txid)!.fee;
  if (fee < evictedFees)
    return refuse(`, less fees than conflicting txs; ${formatBtc(fee)} < ${formatBtc(evictedFees)}`);
  const relay = feeFor(tx.vsize, INCREMENTAL_FEERATE);
  if (fee - evictedFees < relay)
    return refuse(
      `, not enough additional fees to relay; ${formatBtc(fee - evictedFees)} < ${formatBtc(relay)}`,
    );
  return undefined;
}

const feerate = ({ fee, tx }: MempoolEntry): string => formatBtc((fee * 1000n) / BigInt(tx.vsize));
