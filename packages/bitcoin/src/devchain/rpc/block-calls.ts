import { hex } from "@scure/base";
import { equalBytes } from "@scure/btc-signer/utils.js";
import { decodeBlock, encodeBlock, type Header, REGTEST_BITS } from "../block.ts";
import { type BlockNode, isActive, tip } from "../chain.ts";
import { type Devchain, invalidateBlock, mine, reconsiderBlock, submitBlock } from "../devchain.ts";
import { RPC, RpcError } from "./error.ts";
import type { Methods } from "./method.ts";
import { withoutParams } from "./method.ts";
import { asAddressScript, asBoolean, asHash, asHexBytes, asInteger, asVerbosity } from "./params.ts";

/** Of the lowest possible proof of work, as Core prints it. */
const DIFFICULTY = 4.656542373906925e-10;
/** Each block stands for two hashes of work: 2^256 / (target + 1). */
const chainWork = (height: number): string => (2n * BigInt(height + 1)).toString(16).padStart(64, "0");
const MOST_BLOCKS_AT_ONCE = 10_000;

export function blockOf(dev: Devchain, value: unknown): BlockNode {
  const node = dev.chain.nodes.get(asHash(value, "blockhash"));
  if (node === undefined) throw new RpcError(RPC.INVALID_ADDRESS_OR_KEY, "Block not found");
  return node;
}

/** 1 for the tip; -1 on a stale branch. */
export const confirmations = (dev: Devchain, node: BlockNode): number =>
  isActive(dev.chain, node) ? tip(dev.chain).height - node.height + 1 : -1;

function headerJson(dev: Devchain, node: BlockNode): object {
  const header: Header = node.block.header;
  return {
    hash: node.block.hash,
    confirmations: confirmations(dev, node),
    height: node.height,
    version: header.version,
    versionHex: (header.version >>> 0).toString(16).padStart(8, "0"),
    merkleroot: header.merkleRoot,
    time: header.time,
    mediantime: node.medianTime,
    nonce: header.nonce,
    bits: header.bits.toString(16),
    difficulty: DIFFICULTY,
    chainwork: chainWork(node.height),
    nTx: node.block.txs.length,
    previousblockhash: node.parent?.block.hash,
    nextblockhash: isActive(dev.chain, node) ? dev.chain.active[node.height + 1]?.block.hash : undefined,
  };
}

function blockJson(dev: Devchain, node: BlockNode): object {
  const { txs } = node.block;
  const size = encodeBlock(node.block).length;
  const strippedsize = size - txs.reduce((sum, tx) => sum + tx.raw.length - tx.strippedSize, 0);
  const weight = strippedsize * 3 + size;
  return { ...headerJson(dev, node), strippedsize, size, weight, tx: txs.map((tx) => tx.txid) };
}

export const blockCalls: Methods = {
  getblockchaininfo: withoutParams((dev) => {
    const { block, height, medianTime } = tip(dev.chain);
    return {
      chain: "regtest",
      blocks: height,
      headers: height,
      bestblockhash: block.hash,
      bits: REGTEST_BITS.toString(16),
      difficulty: DIFFICULTY,
      time: block.header.time,
      mediantime: medianTime,
      verificationprogress: 1,
      initialblockdownload: false,
      chainwork: chainWork(height),
      size_on_disk: 0,
      pruned: false,
      warnings: [],
    };
  }),
  getblockcount: withoutParams((dev) => tip(dev.chain).height),
  getbestblockhash: withoutParams((dev) => tip(dev.chain).block.hash),
  getblockhash: {
    params: ["height"],
    required: 1,
    run: (dev, [height]) => {
      const node = dev.chain.active[asInteger(height)];
      if (node === undefined) throw new RpcError(RPC.INVALID_PARAMETER, "Block height out of range");
      return node.block.hash;
    },
  },
  getblock: {
    params: ["blockhash", "verbosity"],
    required: 1,
    run: (dev, [hash, verbosity]) => {
      const node = blockOf(dev, hash);
      const level = asVerbosity(verbosity, 1);
      if (level <= 0) return hex.encode(encodeBlock(node.block));
      if (level > 1) throw new RpcError(RPC.INVALID_PARAMETER, "The development chain has verbosity 0 and 1");
      return blockJson(dev, node);
    },
  },
  getblockheader: {
    params: ["blockhash", "verbose"],
    required: 1,
    run: (dev, [hash, verbose]) => {
      const node = blockOf(dev, hash);
      return asBoolean(verbose, true) ? headerJson(dev, node) : hex.encode(node.block.headerBytes);
    },
  },
  generatetoaddress: {
    params: ["nblocks", "address", "maxtries"],
    required: 2,
    run: (dev, [count, address]) => {
      const payTo = asAddressScript(address, "Error: Invalid address");
      return mine(dev, asBlockCount(count), payTo).map((node) => node.block.hash);
    },
  },
  submitblock: {
    params: ["hexdata", "dummy"],
    required: 1,
    run: (dev, [data]) => {
      const raw = asHexBytes(data);
      const answer = raw && isBlock(raw) ? submitBlock(dev, raw) : undefined;
      if (answer === undefined) throw new RpcError(RPC.DESERIALIZATION_ERROR, "Block decode failed");
      return answer === "active" ? null : answer;
    },
  },
  invalidateblock: {
    params: ["blockhash"],
    required: 1,
    run: (dev, [hash]) => {
      const node = blockOf(dev, hash);
      if (node.parent === undefined)
        throw new RpcError(RPC.INVALID_PARAMETER, "The genesis block cannot be invalidated");
      invalidateBlock(dev, node);
      return null;
    },
  },
  reconsiderblock: {
    params: ["blockhash"],
    required: 1,
    run: (dev, [hash]) => {
      reconsiderBlock(dev, blockOf(dev, hash));
      return null;
    },
  },
};

function isBlock(raw: Uint8Array): boolean {
  try {
    return equalBytes(encodeBlock(decodeBlock(raw)), raw);
  } catch {
    return false;
  }
}

export function asBlockCount(value: unknown): number {
  const count = asInteger(value);
  if (count < 0 || count > MOST_BLOCKS_AT_ONCE)
    throw new RpcError(RPC.INVALID_PARAMETER, `From 0 to ${MOST_BLOCKS_AT_ONCE} blocks at once`);
  return count;
}
