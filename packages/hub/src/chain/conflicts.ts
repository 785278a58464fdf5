import { isBitcoinError, scanBlock } from "@coinholder/bitcoin";
import { outpointOf, type Spend, type State, tip } from "@coinholder/engine";
import type { Sequencer } from "../sequencer.ts";
import type { ChainHub } from "./chain-hub.ts";
import type { ChainWatch } from "./watch.ts";

/** Whether it is watched only because another hub's transfer spends it: no coin of ours. */
export const ofAttached = ({ chain, lines }: State, { outpoint }: Spend): boolean =>
  lines.byInput.has(outpoint) && !chain.coins.has(outpoint);

/** Whether the engine knows it already, or has no use for it: a block's word counts more than the mempool's. */
const isKnown = ({ chain, lines }: State, txid: string, rival: string, height: number): boolean => {
  const { coins, conflict } = lines.transfers.get(txid)!;
  if (height > 0) return conflict?.rival === rival && conflict.height === height;
  const isMined = coins.some((coin) => (chain.deposits.get(outpointOf(coin))?.height ?? 0) > 0);
  return isMined || (conflict !== undefined && (conflict.height > 0 || conflict.rival === rival));
};

/**
 * Tells the engine of transactions that spend what a transfer does that another hub stands behind.
 * @param height of the block that has them, which was told before; 0: the mempool
 */
export const tellConflicts = (
  { run, state }: Pick<Sequencer, "run" | "state">,
  spends: readonly Spend[],
  height: number,
): void => {
  for (const { outpoint, txid: rival } of spends)
    for (const txid of [...(state.lines.byInput.get(outpoint) ?? [])])
      if (txid !== rival && !isKnown(state, txid, rival, height))
        run({ kind: "transfer-conflicted", txid, rival, height });
};

/**
 * Once after a start: the process may have ended when its newest block was on disk, and what that has in conflict was not. The node
 * may be on another chain by now; then the block is undone anyway.
 */
export const tellConflictsOfTip = async (
  { node, sequencer }: Pick<ChainHub, "node" | "sequencer">,
  chainWatch: ChainWatch,
): Promise<void> => {
  const { chain, lines } = sequencer.state;
  const top = tip(chain);
  if (!top || lines.transfers.size === 0) return;
  try {
    const { spends } = scanBlock(await node.rawBlock(top.hash), chainWatch.watch());
    if (tip(chain)?.hash === top.hash) tellConflicts(sequencer, spends, top.height);
  } catch (error) {
    if (!isBitcoinError(error, "node_error")) throw error;
  }
};
