import {
  type Chain,
  type Conflict,
  outpointOf,
  type Payout,
  type PayoutVersion,
  tipHeight,
  txidOf,
} from "./chain.ts";
import { contentsAt, contentsOf, openPayouts } from "./lookup.ts";

const inBlock = (conflict: Conflict): boolean => conflict.txid !== "";

/** A block's word goes before the mempool's, and the lowest block's before a higher one's: its undoing takes both back. */
const isFirmer = (next: Conflict, before: Conflict): boolean =>
  inBlock(next) === inBlock(before) ? next.height < before.height : inBlock(next);

/**
 * A coin was taken by another transaction, or will not come: if all versions of a payout in no block spend it, none of them
 * can confirm, nor can what was built upon its change.
 */
export const noteConflict = (chain: Chain, outpoint: string, conflict: Conflict): void => {
  const payout = chain.payouts.get(chain.coins.get(outpoint)?.payout ?? 0);
  if (!payout || payout.height > 0) return;
  // All versions spend what the first one spends. A coin that only later ones spend leaves the earlier ones alive.
  if (!payout.versions[0]!.inputs.includes(outpoint)) return;
  if (payout.conflict && !isFirmer(conflict, payout.conflict)) return;
  payout.conflict = conflict;
  if (inBlock(conflict)) contentsAt(chain, conflict.height).conflicts.push(payout);
  for (const version of payout.versions) changeIsGone(chain, version, conflict);
};

/** A version that cannot confirm takes with it what was built upon its change. */
export const changeIsGone = (chain: Chain, { txid, change }: PayoutVersion, conflict: Conflict): void => {
  for (const { vout } of change) noteConflict(chain, outpointOf({ txid, vout }), conflict);
};

/** A deposit that was undone has left the mempool: what spends it can confirm only if it comes again. */
export const coinIsGone = (chain: Chain, outpoint: string): void => {
  const coin = chain.coins.get(outpoint);
  if (!coin) return;
  coin.goneAt = tipHeight(chain);
  noteConflict(chain, outpoint, { outpoint, txid: "", height: coin.goneAt });
};

/** It came again. */
export const coinIsBack = (chain: Chain, outpoint: string): void => {
  const coin = chain.coins.get(outpoint);
  if (!coin || coin.goneAt < 0) return;
  coin.goneAt = -1;
  clear(
    chain,
    openPayouts(chain).filter(
      ({ conflict }) => conflict && !inBlock(conflict) && conflict.outpoint === outpoint,
    ),
  );
};

/** The block that took the coins is undone. */
export const undoConflicts = (chain: Chain, height: number): void =>
  clear(
    chain,
    contentsOf(chain, height).conflicts.filter(
      ({ conflict }) => conflict && inBlock(conflict) && conflict.height === height,
    ),
  );

const clear = (chain: Chain, payouts: readonly Payout[]): void => {
  for (const payout of payouts) payout.conflict = undefined;
  // There may be another reason.
  for (const payout of payouts)
    for (const outpoint of payout.versions[0]!.inputs) {
      const goneAt = chain.coins.get(outpoint)?.goneAt ?? -1;
      const parent = chain.index.versions.get(txidOf(outpoint))?.payout.conflict;
      const conflict = goneAt >= 0 ? { outpoint, txid: "", height: goneAt } : parent;
      if (conflict) noteConflict(chain, outpoint, conflict);
    }
};
