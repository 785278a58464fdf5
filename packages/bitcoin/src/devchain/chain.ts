import { type Block, hasProofOfWork, merkleRoot } from "./block.ts";
import { genesisBlock } from "./genesis.ts";
import {
  applyChange,
  BlockFault,
  type Judge,
  planConnect,
  revertChange,
  type Utxo,
  type UtxoChange,
} from "./utxo.ts";

export type BlockNode = {
  readonly block: Block;
  readonly height: number;
  readonly parent: BlockNode | undefined;
  /** BIP 113: the median of the times of this block and the ten before it, in seconds. */
  readonly medianTime: number;
  /** Undefined until it was in the active chain: a block on a side branch is judged in full when its branch is the longest. */
  change: UtxoChange | undefined;
  /** Set by invalidateblock, and where a block was found bad, on the block and everything that stands on it. */
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

/** A block as it stands on its parent, not looked into yet. */
export const nodeOn = (parent: BlockNode, block: Block): BlockNode => ({
  block,
  height: parent.height + 1,
  parent,
  medianTime: medianTime(block.header.time, parent),
  change: undefined,
  invalid: parent.invalid,
});

/** Checks a block that stands on the tip, without any change. Throws when it does not fit: our own bug or a damaged file. */
export function planExtension(chain: Chain, block: Block): BlockNode {
  const parent = tip(chain);
  const fits =
    block.header.previous === parent.block.hash &&
    block.header.time > parent.medianTime &&
    hasProofOfWork(block.hash) &&
    block.header.merkleRoot === merkleRoot(block.txs.map((tx) => tx.txid)) &&
    !chain.nodes.has(block.hash);
  if (!fits) throw new Error(`block ${block.hash} does not stand on the tip ${parent.block.hash}`);
  const node = nodeOn(parent, block);
  node.change = planConnect(chain.utxo, block.txs, node.height);
  return node;
}

export function extend(chain: Chain, node: BlockNode): void {
  if (node.parent !== tip(chain)) throw new Error("only the tip can be extended");
  chain.nodes.set(node.block.hash, node);
  connect(chain, node);
}

function connect(chain: Chain, node: BlockNode): void {
  applyChange(chain.utxo, node.change!);
  chain.active.push(node);
}

export const standsOn = (node: BlockNode, below: BlockNode): boolean => {
  let at: BlockNode | undefined = node;
  while (at !== undefined && at.height > below.height) at = at.parent;
  return at === below;
};

const mark = (chain: Chain, bad: BlockNode): void => {
  for (const node of chain.nodes.values()) if (standsOn(node, bad)) node.invalid = true;
};

/** Marks a block and all that stands on it, and moves to the best chain that is left. Not for the genesis block. */
export function invalidate(chain: Chain, target: BlockNode, judge: Judge): TipChange {
  if (target.parent === undefined) throw new Error("the genesis block stays");
  mark(chain, target);
  return activateBest(chain, judge);
}

/** Takes the mark from a block, from what it stands on and from what stands on it. */
export function reconsider(chain: Chain, target: BlockNode, judge: Judge): TipChange {
  for (const node of chain.nodes.values())
    if (standsOn(node, target) || standsOn(target, node)) node.invalid = false;
  return activateBest(chain, judge);
}

/**
 * Moves to the chain with the most work: the greatest height, since all blocks have the same difficulty; of equals, the
 * first that came. A block that is found bad on the way is marked, and the next best is tried.
 */
export function activateBest(chain: Chain, judge: Judge): TipChange {
  const before = chain.active.slice();
  for (;;) {
    let best = chain.active[0]!;
    for (const node of chain.nodes.values()) if (!node.invalid && node.height > best.height) best = node;
    const bad = moveTo(chain, best, judge);
    if (bad === undefined) break;
    mark(chain, bad);
  }
  const common = before.findIndex((node) => !isActive(chain, node));
  if (common < 0) return { disconnected: [], connected: chain.active.slice(before.length) };
  return { disconnected: before.slice(common).reverse(), connected: chain.active.slice(common) };
}

/** Answers the block that turned out bad, if one did: the chain ends below it then. */
function moveTo(chain: Chain, best: BlockNode, judge: Judge): BlockNode | undefined {
  const joining: BlockNode[] = [];
  for (let node = best; !isActive(chain, node); node = node.parent!) joining.unshift(node);
  const fork = joining[0]?.parent ?? best;
  while (tip(chain) !== fork) revertChange(chain.utxo, chain.active.pop()!.change!);
  for (const node of joining) {
    try {
      node.change ??= planConnect(chain.utxo, node.block.txs, node.height, judge);
    } catch (error) {
      if (error instanceof BlockFault) return node;
      throw error;
    }
    connect(chain, node);
  }
  return undefined;
}
