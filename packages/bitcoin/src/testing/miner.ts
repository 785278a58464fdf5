import { randomInt } from "node:crypto";
import { hex } from "@scure/base";
import { type Block, encodeBlock, mineBlock } from "../devchain/block.ts";
import { FAUCET_SCRIPT } from "../devchain/faucet.ts";
import type { Bytes } from "../devchain/hash.ts";
import { parseTx, type Tx } from "../devchain/tx.ts";
import { scriptOf } from "./script-of.ts";

type Rpc = <T>(method: string, ...params: unknown[]) => Promise<T>;

/** Where a block is built on. */
interface Tip {
  readonly hash: string;
  readonly height: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** A branch that takes the place of the newest blocks. */
export interface Branch {
  /** Blocks that it undoes. */
  readonly depth: number;
  /** The raw transactions (hex) of each of its blocks; at least one block more than it undoes. */
  readonly blocks: readonly (readonly string[])[];
}

/**
 * Blocks made here and handed in by `submitblock`: the same way on every node, and the test decides what is in which
 * branch. The coinbase leaves the fees, so that nothing about the transactions must be known.
 */
export interface Miner {
  /** So many blocks, the first with all that is in the mempool. Their hashes. */
  readonly mine: (count?: number) => Promise<string[]>;
  /** A block with just these raw transactions (hex), its coinbase to the purse or to that address. Its hash. */
  readonly mineWith: (raws: readonly string[], payTo?: string) => Promise<string>;
  /** Undoes the newest blocks and puts others in their place. The hashes of those undone, oldest first, and of the new. */
  readonly reorganise: (branch: Branch) => Promise<{ undone: string[]; mined: string[] }>;
}

const txOf = (raw: string): Tx => {
  const tx = parseTx(hex.decode(raw));
  if (tx === undefined) throw new Error(`not a transaction: ${raw}`);
  return tx;
};

/** Parents before children; both may be given in any order. */
const inOrder = (txs: readonly Tx[]): Tx[] => {
  const waiting = new Map(txs.map((tx) => [tx.txid, tx]));
  const ordered: Tx[] = [];
  const take = (tx: Tx): void => {
    if (!waiting.delete(tx.txid)) return;
    for (const { txid } of tx.inputs) {
      const parent = waiting.get(txid);
      if (parent !== undefined) take(parent);
    }
    ordered.push(tx);
  };
  for (const tx of txs) take(tx);
  return ordered;
};

/** A second later than its parent at least: that is later than the median of the last eleven, as it must be. */
const blockOn = (tip: Tip, txs: readonly Tx[], payTo: Bytes): Block =>
  mineBlock({
    previous: tip.hash,
    height: tip.height + 1,
    time: Math.max(Math.floor(Date.now() / 1000), tip.time + 1),
    payTo,
    fees: 0n,
    extraNonce: randomInt(2 ** 32),
    txs: inOrder(txs),
  });

const after = (tip: Tip, block: Block): Tip => ({
  hash: block.hash,
  height: tip.height + 1,
  time: block.header.time,
});

export const makeMiner = (rpc: Rpc): Miner => {
  const tipAt = async (hash: string): Promise<Tip> => {
    const { height, time } = await rpc<{ height: number; time: number }>("getblockheader", hash, true);
    return { hash, height, time };
  };
  const tip = async (): Promise<Tip> => tipAt(await rpc<string>("getbestblockhash"));

  /** Core says «inconclusive» of a branch that is not the longest yet; btcd says nothing. */
  const submit = async (block: Block): Promise<void> => {
    const answer = await rpc<string | null>("submitblock", hex.encode(encodeBlock(block)));
    if (answer !== null && answer !== "inconclusive") throw new Error(`the block was refused: ${answer}`);
  };
  const expectTip = async (hash: string): Promise<void> => {
    const best = await rpc<string>("getbestblockhash");
    if (best !== hash) throw new Error(`the tip is ${best}, not the new block ${hash}`);
  };

  const mempoolTxs = async (): Promise<Tx[]> => {
    const txs: Tx[] = [];
    for (const txid of await rpc<string[]>("getrawmempool"))
      txs.push(txOf(await rpc<string>("getrawtransaction", txid)));
    return txs;
  };

  const extend = async (from: Tip, txs: readonly Tx[], payTo: Bytes): Promise<Tip> => {
    const block = blockOn(from, txs, payTo);
    await submit(block);
    return after(from, block);
  };

  return {
    mine: async (count = 1) => {
      let at = await tip();
      const hashes: string[] = [];
      for (let i = 0; i < count; i++) {
        at = await extend(at, i === 0 ? await mempoolTxs() : [], FAUCET_SCRIPT);
        hashes.push(at.hash);
      }
      await expectTip(at.hash);
      return hashes;
    },
    mineWith: async (raws, payTo) => {
      const script = payTo === undefined ? FAUCET_SCRIPT : scriptOf(payTo);
      const { hash } = await extend(await tip(), raws.map(txOf), script);
      await expectTip(hash);
      return hash;
    },
    reorganise: async ({ depth, blocks }) => {
      if (blocks.length <= depth) throw new Error("a branch must be longer than what it undoes");
      const { height } = await tip();
      const undone: string[] = [];
      for (let at = height - depth + 1; at <= height; at++)
        undone.push(await rpc<string>("getblockhash", at));
      let at = await tipAt(await rpc<string>("getblockhash", height - depth));
      const mined: string[] = [];
      for (const raws of blocks) {
        at = await extend(at, raws.map(txOf), FAUCET_SCRIPT);
        mined.push(at.hash);
      }
      await expectTip(at.hash);
      return { undone, mined };
    },
  };
};
