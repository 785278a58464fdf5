import { type Chain, tip } from "./chain.ts";
import { isFinal, relativeLocksMet } from "./locks.ts";
import { admit, ancestorsOf, findCoin, type Mempool, type MempoolEntry, withDescendants } from "./mempool.ts";
import { feeFor, MIN_RELAY_FEERATE, type Refusal, standardnessFault } from "./policy.ts";
import { replacementFault } from "./replacement.ts";
import { contextFreeFault, outpoint, spentOutpoints, type Tx } from "./tx.ts";
import { type Coin, feeOrFault } from "./utxo.ts";
import { verifySpends } from "./verify-spend.ts";

/** A transaction that may enter, and the ids of those that it pushes out. */
export type Admission = { readonly entry: MempoolEntry; readonly evicts: ReadonlySet<string> };

/** Core's limits on unconfirmed chains, in transactions (itself counted) and vbytes. */
const CHAIN_LIMIT = 25;
const CHAIN_VSIZE_LIMIT = 101_000;

/**
 * Checks in Core's order whether the transaction may enter: form, standardness, finality, inputs, fees, limits,
 * replacement, signatures. Changes nothing but the memory of good signatures. `returning` is for what was taken
 * before and comes back after a reorganisation or a restart: it need not fit the limits on chains again.
 */
export function checkAdmission(
  chain: Chain,
  mempool: Mempool,
  tx: Tx,
  now: number,
  returning = false,
): Admission | Refusal {
  const malformed = contextFreeFault(tx);
  if (malformed !== undefined) return { reason: malformed };
  const nonstandard = standardnessFault(tx);
  if (nonstandard !== undefined) return nonstandard;
  if (!isFinal(chain, tx)) return { reason: "non-final" };
  const known = mempool.entries.get(tx.txid);
  if (known !== undefined)
    return {
      reason: known.tx.wtxid === tx.wtxid ? "txn-already-in-mempool" : "txn-same-nonwitness-data-in-mempool",
    };
  if (tx.outputs.some((_, index) => chain.utxo.has(outpoint(tx.txid, index))))
    return { reason: "txn-already-known" };

  const coins: Coin[] = [];
  for (const { txid, index } of tx.inputs) {
    const coin = findCoin(chain, mempool, txid, index);
    if (coin === undefined) return { reason: "bad-txns-inputs-missingorspent" };
    coins.push(coin);
  }
  if (!relativeLocksMet(chain, tx, coins)) return { reason: "non-BIP68-final" };
  const height = tip(chain).height;
  const spending = feeOrFault(tx, coins, height + 1);
  if ("reason" in spending) return spending;
  const fee = spending.fee;
  const leastFee = feeFor(tx.vsize, MIN_RELAY_FEERATE);
  if (fee < leastFee) return { reason: "min relay fee not met", detail: `${fee} < ${leastFee}` };

  const conflicts = [...new Set(spentOutpoints(tx).flatMap((key) => mempool.spends.get(key) ?? []))];
  const evicts = withDescendants(mempool, conflicts);
  if (!returning) {
    const tooLong = chainLimitFault(mempool, tx, evicts);
    if (tooLong !== undefined) return tooLong;
  }
  const entry: MempoolEntry = { tx, fee, time: now, height };
  const refused = replacementFault(mempool, entry, conflicts, evicts);
  if (refused !== undefined) return refused;

  if (!mempool.verified.has(tx)) {
    const fault = verifySpends(tx, coins);
    if (fault?.kind === "unsupported")
      return { reason: "bad-txns-nonstandard-inputs", detail: fault.message };
    if (fault !== undefined) return { reason: `mandatory-script-verify-flag-failed (${fault.message})` };
    mempool.verified.add(tx);
  }
  return { entry, evicts };
}

function chainLimitFault(mempool: Mempool, tx: Tx, evicts: ReadonlySet<string>): Refusal | undefined {
  const size = (txids: Iterable<string>): number => {
    let sum = tx.vsize;
    for (const txid of txids) sum += mempool.entries.get(txid)!.tx.vsize;
    return sum;
  };
  const reason = "too-long-mempool-chain";
  const ancestors = ancestorsOf(mempool, tx);
  if (ancestors.size + 1 > CHAIN_LIMIT)
    return { reason, detail: `too many unconfirmed ancestors [limit: ${CHAIN_LIMIT}]` };
  if (size(ancestors) > CHAIN_VSIZE_LIMIT)
    return { reason, detail: `exceeds ancestor size limit [limit: ${CHAIN_VSIZE_LIMIT}]` };
  for (const ancestor of ancestors) {
    const family = [...withDescendants(mempool, [ancestor])].filter((txid) => !evicts.has(txid));
    if (family.length + 1 > CHAIN_LIMIT)
      return { reason, detail: `too many descendants for tx ${ancestor} [limit: ${CHAIN_LIMIT}]` };
    if (size(family) > CHAIN_VSIZE_LIMIT)
      return {
        reason,
        detail: `exceeds descendant size limit for tx ${ancestor} [limit: ${CHAIN_VSIZE_LIMIT}]`,
      };
  }
  return undefined;
}

/**
 * The mempool made anew for the chain as it is now: what came back from blocks first, then what was there, each as far
 * as it is still good. What a block confirmed or made impossible falls out, with what stands on it.
 */
export function rebuild(chain: Chain, mempool: Mempool, comeBack: readonly Tx[], now: number): void {
  const before = new Map(mempool.entries);
  mempool.entries.clear();
  mempool.spends.clear();
  for (const tx of [...comeBack, ...[...before.values()].map((entry) => entry.tx)]) {
    const result = checkAdmission(chain, mempool, tx, before.get(tx.txid)?.time ?? now, true);
    if ("entry" in result) admit(mempool, result.entry, result.evicts);
  }
}
