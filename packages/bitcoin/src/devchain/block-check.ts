import { hex } from "@scure/base";
import { Script, ScriptNum } from "@scure/btc-signer/script.js";
import { equalBytes, sha256x2 } from "@scure/btc-signer/utils.js";
import {
  type Block,
  COMMITMENT_PREFIX,
  encodeBlock,
  hasProofOfWork,
  merkleRoot,
  REGTEST_BITS,
} from "./block.ts";
import type { BlockNode } from "./chain.ts";
import { type Bytes, internalHash } from "./hash.ts";
import { contextFreeFault, isCoinbase, type Tx } from "./tx.ts";

const MAX_BLOCK_WEIGHT = 4_000_000;
const MAX_FUTURE_S = 7200;

/**
 * What is wrong with a block from elsewhere on that parent, whatever coins it spends: Core's reject reason, or undefined.
 * @param now seconds since 1970
 */
export function blockFault(block: Block, parent: BlockNode, now: number): string | undefined {
  const { header, hash, txs } = block;
  const [coinbase, ...others] = txs;
  if (!hasProofOfWork(hash)) return "high-hash";
  if (header.bits !== REGTEST_BITS) return "bad-diffbits";
  if (header.time <= parent.medianTime) return "time-too-old";
  if (header.time > now + MAX_FUTURE_S) return "time-too-new";
  if (coinbase === undefined || !isCoinbase(coinbase)) return "bad-cb-missing";
  const ids = txs.map((tx) => tx.txid);
  if (header.merkleRoot !== merkleRoot(ids)) return "bad-txnmrklroot";
  // A pair repeated at the end of the tree gives the same root (CVE-2012-2459).
  if (new Set(ids).size !== ids.length) return "bad-txns-duplicate";
  for (const tx of others) {
    if (isCoinbase(tx)) return "bad-cb-multiple";
    const fault = contextFreeFault(tx);
    if (fault !== undefined) return fault;
  }
  if (weight(block) > MAX_BLOCK_WEIGHT) return "bad-blk-weight";
  const { scriptSig } = coinbase.inputs[0]!;
  if (scriptSig.length < 2 || scriptSig.length > 100) return "bad-cb-length";
  if (!startsWith(scriptSig, heightScript(parent.height + 1))) return "bad-cb-height";
  return commitmentFault(coinbase, txs);
}

/** BIP 34: the height comes first in the coinbase, as a script number (up to 16 as its own opcode). */
const heightScript = (height: number): Bytes =>
  Script.encode([height <= 16 ? height : ScriptNum().encode(BigInt(height))]);

const startsWith = (bytes: Bytes, start: Bytes): boolean =>
  equalBytes(bytes.subarray(0, start.length), start);

/** BIP 141: four times what stands without the witnesses, plus the witnesses. */
function weight(block: Block): number {
  const size = encodeBlock(block).length;
  const stripped = size - block.txs.reduce((sum, tx) => sum + tx.raw.length - tx.strippedSize, 0);
  return stripped * 3 + size;
}

/** BIP 141: the last output that looks like a commitment is the one; without any, no transaction may have a witness. */
function commitmentFault(coinbase: Tx, txs: readonly Tx[]): string | undefined {
  const commitment = coinbase.outputs.findLast(
    ({ script }) => script.length >= 38 && startsWith(script, COMMITMENT_PREFIX),
  );
  if (commitment === undefined)
    return txs.some((tx) => tx.wtxid !== tx.txid) ? "unexpected-witness" : undefined;
  const [reserved, ...more] = coinbase.inputs[0]!.witness;
  if (reserved?.length !== 32 || more.length > 0) return "bad-witness-nonce-size";
  const root = merkleRoot(["0".repeat(64), ...txs.slice(1).map((tx) => tx.wtxid)]);
  const expected = sha256x2(internalHash(root), reserved);
  return hex.encode(commitment.script.subarray(6, 38)) === hex.encode(expected)
    ? undefined
    : "bad-witness-merkle-match";
}
