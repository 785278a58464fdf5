import { BitcoinError } from "../errors.ts";
import type { BitcoinNode } from "../node/rpc.ts";
import { fetchBlock } from "./follow.ts";

export type RescannedBlock = { height: number; hash: string; raw: Uint8Array };

/** So that the node reads the next blocks while the caller scans. */
const BLOCKS_AHEAD = 2;

const fetchHeight = async (node: Pick<BitcoinNode, "blockHash" | "rawBlock">, height: number) => {
  const hash = await node.blockHash(height);
  if (hash === undefined) throw new BitcoinError("chain_moved", `The node has no block ${height}`);
  return fetchBlock(node, height, hash);
};

/**
 * The blocks of these heights, both included, each on top of the one before. Rejects with BitcoinError `chain_moved` when
 * the node's chain changed meanwhile or ends earlier: what was read is void, begin anew. Also `node_unreachable`,
 * `node_error` (a pruned node does not have old blocks), `wrong_block`.
 */
export async function* blocksBetween(
  node: Pick<BitcoinNode, "blockHash" | "rawBlock">,
  fromHeight: number,
  toHeight: number,
): AsyncGenerator<RescannedBlock, void, void> {
  const coming: ReturnType<typeof fetchHeight>[] = [];
  let next = fromHeight;
  let previous: string | undefined;
  for (let height = fromHeight; height <= toHeight; height++) {
    while (next <= Math.min(toHeight, height + BLOCKS_AHEAD)) {
      const block = fetchHeight(node, next++);
      block.catch(() => {}); // seen when it is awaited, or of no interest any more
      coming.push(block);
    }
    const { hash, prevHash, raw } = await coming.shift()!;
    if (previous !== undefined && prevHash !== previous)
      throw new BitcoinError("chain_moved", `The node's block ${height} is not on top of the one before`);
    previous = hash;
    yield { height, hash, raw };
  }
}
