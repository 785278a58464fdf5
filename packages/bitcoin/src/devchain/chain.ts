import { type Block, hasProofOfWork, merkleRoot } from "./block.ts";
import { genesisBlock } from "./genesis.ts";
import { applyChange, planConnect, revertChange, type Utxo, type UtxoChange } from "./utxo.ts";

export type BlockNode = {
  readonly block: Block;
  readonly height: number;
  readonly parent: BlockNode | undefined;
  /** BIP 113: the median of the times of this block and the ten before it, in seconds. */
  readonly medianTime: number;
  readonly change: UtxoChange;
  /** Set by invalidateblock, on the block and everything that stands on it. */
  invalid: boolean;
};

/**
 * All blocks that were ever made, stale branches too, in the order they came, and the chain that counts. Everything is
 * kept in memory: a development chain is small.
 */
export type Chain = {
  readonly nodes: Map<string, BlockNode>;
  /** The active chain, by height. */
  readonly active: BlockNode[];
  readonly utxo: Utxo;
};

/** Blocks that left and joined the active chain: from the tip down, and from the fork up. */
export type TipChange = { readonly disconnected: BlockNode[]; readonly connected: BlockNode[] };

export function newChain(): Chain {
  const block = genesisBlock();
  const genesis: BlockNode = {
    block,
    height: 0,
    parent: undefined,
    medianTime: block.header.time,
    change: { spent: [], created: [] },
    invalid: false,
  };
  return { nodes: new Map([[block.hash, genesis]]), active: [genesis], utxo: new Map() };
}

export const tip = (chain: Chain): BlockNode => chain.active.at(-1)!;
export const isActive = (chain: Chain, node: BlockNode): boolean => chain.active[node.height] === node;

function medianTime(time: number, parent: BlockNode): number {
  const times = [time];
  for (let node: BlockNode | undefined = parent; node && times.length < 11; node = node.parent)
    times.push(node.block.header.time);
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Checks a block that stands on the tip, without any change. Throws when it does not fit. */
export function planExtension(chain: Chain, block: Block): BlockNode {
  const parent = tip(chain);
  const fits =
    block.header.previous === parent.block.hash &&
    block.header.time > parent.medianTime &&
    hasProofOfWork(block.hash) &&
    block.header.merkleRoot === merkleRoot(block.txs.map((tx) => tx.txid)) &&
    !chain.nodes.has(block.hash);
  if (!fits) throw new Error(`block ${block.hash} does not stand on the tip ${parent.block.hash}`);
  const height = parent.height + 1;
  return {
    block,
    height,
    parent,
    medianTime: medianTime(block.header.time, parent),
    change: planConnect(chain.utxo, block.txs, height),
    invalid: false,
  };
}

export function extend(chain: Chain, node: BlockNode): void {
  if (node.parent !== tip(chain)) throw new Error("only the tip can be extended");
  chain.nodes.set(node.block.hash, node);
  connect(chain, node);
}

function connect(chain: Chain, node: BlockNode): void {
  applyChange(chain.utxo, node.change);
  chain.active.push(node);
}

export const standsOn = (node: BlockNode, below: BlockNode): boolean => {
  let at: BlockNode | undefined = node;
  while (at !== undefined && at.height > below.height) at = at.parent;
  return at === below;
};

/** Marks a block and all that stands on it, and moves to the best chain that is left. Not for the genesis block. */
export function invalidate(chain: Chain, target: BlockNode): TipChange {
  if (target.parent === undefined) throw new Error("the genesis block stays");
  for (const node of chain.nodes.values()) if (standsOn(node, target)) node.invalid = true;
  return activateBest(chain);
}

/** Takes the mark from a block, from what it stands on and from what stands on it. */
export function reconsider(chain: Chain, target: BlockNode): TipChange {
  for (const node of chain.nodes.values())
    if (standsOn(node, target) || standsOn(target, node)) node.invalid = false;
  return activateBest(chain);
}

/** The most work is the greatest height, since all blocks have the same difficulty; of equals, the first that came. */
function activateBest(chain: Chain): TipChange {
  let best = chain.active[0]!;
  for (const node of chain.nodes.values()) if (!node.invalid && node.height > best.height) best = node;

  const joining: BlockNode[] = [];
  for (let node = best; !isActive(chain, node); node = node.parent!) joining.unshift(node);
  const fork = joining[0]?.parent ?? best;
  const disconnected: BlockNode[] = [];
  while (tip(chain) !== fork) {
    const node = chain.active.pop()!;
    revertChange(chain.utxo, node.change);
    disconnected.push(node);
  }
  for (const node of joining) connect(chain, node);
  return { disconnected, connected: joining };
}
