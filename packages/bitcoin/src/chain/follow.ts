import { BitcoinError } from "../errors.ts";
import type { BitcoinNode } from "../node/rpc.ts";
import { readHeader } from "./block.ts";

export type BlockRef = { height: number; hash: string };

/**
 * `undo` takes back our newest block, one of the `depth` that this reorganisation takes back; `block` is the next one on
 * top of ours.
 */
export type ChainStep =
  | { kind: "undo"; height: number; hash: string; depth: number }
  | { kind: "block"; height: number; hash: string; raw: Uint8Array };

/** `ask`: the node's hash at that height is needed before anything can be said. */
export type ChainPlan =
  | { ask: number }
  | { undo: BlockRef[]; advanceFrom: number | undefined }
  | { impossible: "node_behind" | "reorganisation_too_deep" };

/**
 * How to get from our chain to the node's, without asking anybody. `known`: our newest headers without a gap, newest last,
 * at least one. `hashes`: the node's hashes, as far as asked. `undo` comes newest first; `advanceFrom` is the height of the
 * first block to add, undefined if there is none. A node whose chain is only shorter than ours is behind, not on another
 * chain: nothing is undone until it shows another block.
 */
export const planChain = (
  known: readonly BlockRef[],
  nodeHeight: number,
  hashes: ReadonlyMap<number, string>,
): ChainPlan => {
  const newest = known.at(-1)!;
  const oldest = known[0]!;
  if (nodeHeight < oldest.height) return { impossible: "node_behind" };
  let height = Math.min(newest.height, nodeHeight);
  while (height >= oldest.height) {
    const theirs = hashes.get(height);
    if (theirs === undefined) return { ask: height };
    if (theirs === known[height - oldest.height]!.hash) break;
    height--;
  }
  if (height < oldest.height) return { impossible: "reorganisation_too_deep" };
  if (height === nodeHeight) return { undo: [], advanceFrom: undefined };
  return { undo: known.slice(height - oldest.height + 1).reverse(), advanceFrom: height + 1 };
};

type Source = Pick<BitcoinNode, "chainInfo" | "blockHash" | "rawBlock">;

const assertChain = (known: readonly BlockRef[]): void => {
  if (known.length === 0) throw new Error("the first block was not kept");
  known.forEach(({ height }, i) => {
    if (height !== known[0]!.height + i) throw new Error("the known headers have a gap or are not in order");
  });
};

/** A plan made from the node's answers, or undefined if its chain became shorter while it was asked. */
const makePlan = async (
  node: Source,
  known: readonly BlockRef[],
): Promise<Exclude<ChainPlan, { ask: number }> | undefined> => {
  const tip = await node.chainInfo();
  const hashes = new Map([[tip.height, tip.bestBlockHash]]);
  for (;;) {
    const plan = planChain(known, tip.height, hashes);
    if (!("ask" in plan)) return plan;
    const hash = await node.blockHash(plan.ask);
    if (hash === undefined) return undefined;
    hashes.set(plan.ask, hash);
  }
};

/** The block of that height, which is the one that the node names there. Throws BitcoinError `wrong_block`. */
export const fetchBlock = async (
  node: Pick<BitcoinNode, "rawBlock">,
  height: number,
  hash: string,
): Promise<ChainStep & { kind: "block"; prevHash: string }> => {
  const raw = await node.rawBlock(hash);
  const header = readHeader(raw);
  if (header.hash !== hash) throw new BitcoinError("wrong_block", `The node sent another block than ${hash}`);
  return { kind: "block", height, hash, raw, prevHash: header.prevHash };
};

const PLANS_AT_MOST = 10;

/**
 * One look at the node's chain: yields one step at a time and ends when ours is the node's. The caller applies each step,
 * so that `known` tells of it, before it asks for the next. `known()`: our newest headers, newest last, without a gap: as
 * many as the deepest reorganisation that is to be followed (the engine keeps 200). If there are none, the first step is the node's tip: nothing older can be ours before there is an address;
 * to begin earlier, know the header before it. Throws BitcoinError `node_unreachable`, `node_error`, `wrong_block`,
 * `node_behind`, `reorganisation_too_deep` (nothing was undone then).
 */
export async function* followTip(
  node: Source,
  known: () => readonly BlockRef[],
): AsyncGenerator<ChainStep, void, void> {
  if (known().length === 0) {
    const tip = await node.chainInfo();
    const { prevHash: _, ...step } = await fetchBlock(node, tip.height, tip.bestBlockHash);
    yield step;
  }
  // The node may switch chains between two answers. Then what it says no longer fits ours, and we plan anew.
  for (let plans = 0; plans < PLANS_AT_MOST; plans++) {
    const ours = [...known()];
    assertChain(ours);
    const plan = await makePlan(node, ours);
    if (plan === undefined) continue;
    if ("impossible" in plan) {
      throw new BitcoinError(
        plan.impossible,
        `The node's chain shares none of our last ${ours.length} blocks`,
      );
    }
    for (const { height, hash } of plan.undo) {
      yield { kind: "undo", height, hash, depth: plan.undo.length };
      if (known().at(-1)?.height !== height - 1) throw new Error("the undone block is still known");
    }
    if (plan.advanceFrom === undefined) return;
    for (let height = plan.advanceFrom; ; height++) {
      const hash = await node.blockHash(height);
      if (hash === undefined) break;
      const { prevHash, ...step } = await fetchBlock(node, height, hash);
      if (prevHash !== known().at(-1)!.hash) break;
      yield step;
      if (known().at(-1)?.hash !== hash) throw new Error("the added block is not known");
    }
  }
}
