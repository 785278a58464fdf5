import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { hex } from "@scure/base";
import { concatBytes } from "@scure/btc-signer/utils.js";
import { checkAdmission, rebuild } from "./admission.ts";
import { type Block, decodeBlock, encodeBlock, mineBlock } from "./block.ts";
import { blockFault } from "./block-check.ts";
import {
  activateBest,
  type BlockNode,
  type Chain,
  extend,
  invalidate,
  isActive,
  newChain,
  nodeOn,
  planExtension,
  reconsider,
  type TipChange,
  tip,
} from "./chain.ts";
import type { Bytes } from "./hash.ts";
import { isFinal, relativeLocksMet } from "./locks.ts";
import { type Log, openLog } from "./log.ts";
import { admit, type Mempool, newMempool, parentsOf } from "./mempool.ts";
import type { Refusal } from "./policy.ts";
import { parseTx, type Tx } from "./tx.ts";
import { BlockFault, type Judge, planConnect } from "./utxo.ts";
import { verifySpends } from "./verify-spend.ts";

/** The chain, its mempool, and the two files they live in. Every change is in its file before it is made. */
export type Devchain = {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly chainLog: Log;
  readonly mempoolLog: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
};

/** What the first byte of a record in the chain's file says that the rest is. */
const BLOCK = 1;
const INVALIDATED = 2;
const RECONSIDERED = 3;
/** Room for the header and the coinbase, in weight units. */
const BLOCK_WEIGHT_FOR_TXS = 3_992_000;

export const nowSeconds = (dev: Devchain): number => Math.floor(dev.clock() / 1000);

/** Reads the folder (made if need be) and stands where it stood; an empty one gives the genesis block alone. */
export function openDevchain(folder: string, clock: () => number): Devchain {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const chain = newChain();
  const mempool = newMempool();
  const blocks = openLog(join(folder, "chain.log"));
  for (const record of blocks.records) replay(chain, record, judgeOf(chain, mempool));

  const waiting = openLog(join(folder, "mempool.log"));
  const dev = { chain, mempool, chainLog: blocks.log, mempoolLog: waiting.log, clock };
  const txs = waiting.records.map((record) => parseTx(record)!);
  // Their signatures were found good before they were written, and the checksum says that they are the same.
  for (const tx of txs) dev.mempool.verified.add(tx);
  rebuild(chain, dev.mempool, txs, nowSeconds(dev));
  return dev;
}

export function closeDevchain(dev: Devchain): void {
  dev.chainLog.close();
  dev.mempoolLog.close();
}

function replay(chain: Chain, record: Bytes, judge: Judge): void {
  const content = record.subarray(1);
  if (record[0] === BLOCK) {
    const block = decodeBlock(content);
    if (block.header.previous === tip(chain).block.hash) extend(chain, planExtension(chain, block));
    else addBeside(chain, nodeOn(chain.nodes.get(block.header.previous)!, block), judge);
    return;
  }
  const node = chain.nodes.get(hex.encode(content));
  if (node === undefined) throw new Error("the chain's file names a block that it does not hold");
  if (record[0] === INVALIDATED) invalidate(chain, node, judge);
  else if (record[0] === RECONSIDERED) reconsider(chain, node, judge);
  else throw new Error(`the chain's file holds a record of unknown kind ${record[0]}`);
}

/** Signatures and lock times of a transaction in a block on the tip, which did not come through the mempool. */
const judgeOf =
  (chain: Chain, { verified }: Mempool): Judge =>
  (tx, coins) => {
    if (!isFinal(chain, tx) || !relativeLocksMet(chain, tx, coins)) return "bad-txns-nonfinal";
    if (verified.has(tx)) return undefined;
    const fault = verifySpends(tx, coins);
    if (fault !== undefined) return `mandatory-script-verify-flag-failed (${fault.message})`;
    verified.add(tx);
    return undefined;
  };

/** A block that does not stand on the tip: kept, and moved to where its branch is the longest. */
function addBeside(chain: Chain, node: BlockNode, judge: Judge): TipChange | undefined {
  chain.nodes.set(node.block.hash, node);
  return node.height > tip(chain).height ? activateBest(chain, judge) : undefined;
}

const writeChainRecord = (dev: Devchain, kind: number, content: Bytes): void =>
  dev.chainLog.append(concatBytes(Uint8Array.of(kind), content));

/** Takes a transaction into the mempool, or says why not. */
export function submit(dev: Devchain, tx: Tx): Refusal | undefined {
  const result = checkAdmission(dev.chain, dev.mempool, tx, nowSeconds(dev));
  if ("reason" in result) return result;
  dev.mempoolLog.append(tx.raw);
  admit(dev.mempool, result.entry, result.evicts);
  return undefined;
}

/** The mempool's transactions as they came, parents before children, as many as a block holds. */
function transactionsForBlock(mempool: Mempool): { txs: Tx[]; fees: bigint } {
  const taken = new Set<string>();
  const txs: Tx[] = [];
  let weight = 0;
  let fees = 0n;
  for (const { tx, fee } of mempool.entries.values()) {
    const fits = weight + tx.weight <= BLOCK_WEIGHT_FOR_TXS;
    if (!fits || !parentsOf(mempool, tx).every((parent) => taken.has(parent))) continue;
    taken.add(tx.txid);
    txs.push(tx);
    weight += tx.weight;
    fees += fee;
  }
  return { txs, fees };
}

/**
 * Mines blocks that pay to a script, each with what the mempool holds, and returns when they are safely on disk.
 *
 * @param time of the block, in seconds; the clock's unless given. A block is always later than the median of the last 11.
 */
export function mine(
  dev: Devchain,
  count: number,
  payTo: Bytes,
  time: (position: number) => number = () => nowSeconds(dev),
): BlockNode[] {
  const mined: BlockNode[] = [];
  for (let position = 0; position < count; position++) {
    const parent = tip(dev.chain);
    const { txs, fees } = transactionsForBlock(dev.mempool);
    const block = mineBlock({
      previous: parent.block.hash,
      height: parent.height + 1,
      time: Math.max(time(position), parent.medianTime + 1),
      payTo,
      fees,
      extraNonce: dev.chain.nodes.size,
      txs,
    });
    const node = planExtension(dev.chain, block);
    writeChainRecord(dev, BLOCK, encodeBlock(block));
    extend(dev.chain, node);
    mined.push(node);
    if (dev.mempool.entries.size > 0) rebuild(dev.chain, dev.mempool, [], nowSeconds(dev));
  }
  dev.chainLog.sync();
  if (mined.some((node) => node.block.txs.length > 1)) saveMempool(dev);
  return mined;
}

/** What became of a block that was handed in: Core's words for it, where it has some. */
export type SubmitAnswer = "active" | "inconclusive" | "duplicate" | "duplicate-invalid" | (string & {});

/** Takes a block from elsewhere, on the tip or on any block that is known; all rules are checked. */
export function submitBlock(dev: Devchain, raw: Bytes): SubmitAnswer {
  const { chain, mempool } = dev;
  const block = withVerified(mempool, decodeBlock(raw));
  const known = chain.nodes.get(block.hash);
  if (known !== undefined) return known.invalid ? "duplicate-invalid" : "duplicate";
  const parent = chain.nodes.get(block.header.previous);
  if (parent === undefined) return "prev-blk-not-found";
  if (parent.invalid) return "bad-prevblk";
  const fault = blockFault(block, parent, nowSeconds(dev));
  if (fault !== undefined) return fault;

  const node = nodeOn(parent, block);
  const judge = judgeOf(chain, mempool);
  const onTip = parent === tip(chain);
  if (onTip) {
    try {
      node.change = planConnect(chain.utxo, block.txs, node.height, judge);
    } catch (error) {
      if (error instanceof BlockFault) return error.reason;
      throw error;
    }
  }
  writeChainRecord(dev, BLOCK, encodeBlock(block));
  if (onTip) extend(chain, node);
  const change = onTip ? { disconnected: [], connected: [node] } : addBeside(chain, node, judge);
  if (change !== undefined) afterReorganisation(dev, change);
  if (isActive(chain, node)) return "active";
  return node.invalid ? "bad-block" : "inconclusive";
}

/** With the mempool's own transactions in it, as far as it has the very same: what was verified there is not verified again. */
const withVerified = ({ entries }: Mempool, block: Block): Block => ({
  ...block,
  txs: block.txs.map((tx) => {
    const waiting = entries.get(tx.txid)?.tx;
    return waiting?.wtxid === tx.wtxid ? waiting : tx;
  }),
});

export function invalidateBlock(dev: Devchain, node: BlockNode): void {
  writeChainRecord(dev, INVALIDATED, hex.decode(node.block.hash));
  afterReorganisation(dev, invalidate(dev.chain, node, judgeOf(dev.chain, dev.mempool)));
}

export function reconsiderBlock(dev: Devchain, node: BlockNode): void {
  writeChainRecord(dev, RECONSIDERED, hex.decode(node.block.hash));
  afterReorganisation(dev, reconsider(dev.chain, node, judgeOf(dev.chain, dev.mempool)));
}

/** What left the chain comes back to the mempool, the oldest first. */
function afterReorganisation(dev: Devchain, change: TipChange): void {
  const comeBack = change.disconnected.toReversed().flatMap((node) => node.block.txs.slice(1));
  rebuild(dev.chain, dev.mempool, comeBack, nowSeconds(dev));
  dev.chainLog.sync();
  saveMempool(dev);
}

const saveMempool = (dev: Devchain): void =>
  dev.mempoolLog.replace([...dev.mempool.entries.values()].map((entry) => entry.tx.raw));
