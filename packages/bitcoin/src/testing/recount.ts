import { hex } from "@scure/base";
import { decodeBlock } from "../devchain/block.ts";
import type { Tx } from "../devchain/tx.ts";
import { scriptOf } from "./script-of.ts";

/** Blocks that were read before, by hash. */
export type BlockCache = Map<string, readonly Tx[]>;

type Rpc = <T>(method: string, ...params: unknown[]) => Promise<T>;

/**
 * What the node's chain alone says is unspent on these addresses and was made above that height: satoshi by "txid:vout". Every
 * block is gone through and every output asked for: slow and obvious.
 */
export const recount = async (
  rpc: Rpc,
  addresses: Iterable<string>,
  above: number,
  cache: BlockCache,
): Promise<Map<string, number>> => {
  const scripts = new Set([...addresses].map((address) => hex.encode(scriptOf(address))));
  const height = await rpc<number>("getblockcount");
  const unspent = new Map<string, number>();
  for (let at = above + 1; at <= height; at++) {
    const hash = await rpc<string>("getblockhash", at);
    const txs = cache.get(hash) ?? decodeBlock(hex.decode(await rpc<string>("getblock", hash, 0))).txs;
    cache.set(hash, txs);
    for (const { txid, outputs } of txs)
      for (const [vout, { amount, script }] of outputs.entries())
        if (scripts.has(hex.encode(script)) && (await rpc("gettxout", txid, vout, false)) !== null)
          unspent.set(`${txid}:${vout}`, Number(amount));
  }
  return unspent;
};
