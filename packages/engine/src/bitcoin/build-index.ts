import type { State } from "../state.ts";
import { buriedTo } from "./chain.ts";
import { type ChainIndex, type Contents, contentsAt, emptyIndex } from "./lookup.ts";

/** The index that follows from the rest of a state. */
export const buildIndex = ({ chain, withdrawals }: State): ChainIndex => {
  const index = emptyIndex();
  const forgotten = Math.max(0, buriedTo(chain));
  const note = <K extends keyof Contents>(kind: K, height: number, one: Contents[K][number]): void => {
    if (height > forgotten) (contentsAt({ index }, height)[kind] as Contents[K][number][]).push(one);
  };
  for (const coin of chain.coins.values()) {
    note("coins", coin.height, coin);
    note("spent", coin.spentAt, coin);
  }
  for (const deposit of chain.deposits.values()) note("deposits", deposit.height, deposit);
  for (const payout of chain.payouts.values()) {
    for (const [version, { txid }] of payout.versions.entries())
      index.versions.set(txid, { payout, version });
    if (payout.height === 0) index.open.add(payout.number);
    else if (!payout.final) index.settling.add(payout.number);
    note("confirmed", payout.height, payout);
    if (payout.conflict && payout.conflict.txid !== "") note("conflicts", payout.conflict.height, payout);
  }
  for (const { transfer, payout } of withdrawals.values()) if (payout === 0) index.waiting.add(transfer);
  return index;
};
