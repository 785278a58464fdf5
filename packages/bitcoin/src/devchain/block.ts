import { hex } from "@scure/base";
import { BTCArray, CompactSizeLen, RawTx, Script, ScriptNum } from "@scure/btc-signer/script.js";
import { concatBytes, sha256x2 } from "@scure/btc-signer/utils.js";
import { COIN } from "./amount.ts";
import { type Bytes, displayHash, hashId, internalHash } from "./hash.ts";
import { type Tx, txFromParts } from "./tx.ts";

export type Header = {
  readonly version: number;
  readonly previous: string;
  readonly merkleRoot: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly bits: number;
  readonly nonce: number;
};
export type Block = {
  readonly hash: string;
  readonly header: Header;
  readonly headerBytes: Bytes;
  readonly txs: readonly Tx[];
};

/** The easiest proof of work that can be written, for ever on regtest: every second hash is good. */
export const REGTEST_BITS = 0x207fffff;
const REGTEST_TARGET = `7fffff${"0".repeat(58)}`;
const HALVING_BLOCKS = 150;
/** BIP 141: what the commitment's output script begins with, and the coinbase's own witness. */
export const COMMITMENT_PREFIX = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed);
const WITNESS_RESERVED = new Uint8Array(32);
const TxList = BTCArray(RawTx);

export const blockSubsidy = (height: number): bigint =>
  (50n * COIN) >> BigInt(Math.min(63, Math.floor(height / HALVING_BLOCKS)));

export function encodeHeader(header: Header): Bytes {
  const bytes = new Uint8Array(80);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, header.version, true);
  bytes.set(internalHash(header.previous), 4);
  bytes.set(internalHash(header.merkleRoot), 36);
  view.setUint32(68, header.time, true);
  view.setUint32(72, header.bits, true);
  view.setUint32(76, header.nonce, true);
  return bytes;
}

function decodeHeader(bytes: Bytes): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 80);
  return {
    version: view.getInt32(0, true),
    previous: displayHash(bytes.subarray(4, 36)),
    merkleRoot: displayHash(bytes.subarray(36, 68)),
    time: view.getUint32(68, true),
    bits: view.getUint32(72, true),
    nonce: view.getUint32(76, true),
  };
}

export const encodeBlock = (block: Block): Bytes =>
  concatBytes(block.headerBytes, CompactSizeLen.encode(block.txs.length), ...block.txs.map((tx) => tx.raw));

/** Throws when the bytes are not a block; its transactions are taken as they are. */
export function decodeBlock(raw: Bytes): Block {
  const headerBytes = raw.slice(0, 80);
  return {
    hash: hashId(headerBytes),
    header: decodeHeader(headerBytes),
    headerBytes,
    txs: TxList.decode(raw.subarray(80)).map(txFromParts),
  };
}

/** The merkle root over ids in display order; an odd one out is paired with itself. */
export function merkleRoot(ids: readonly string[]): string {
  let row = ids.map(internalHash);
  while (row.length > 1) {
    const next: Bytes[] = [];
    for (let i = 0; i < row.length; i += 2) next.push(sha256x2(row[i]!, row[i + 1] ?? row[i]!));
    row = next;
  }
  if (row[0] === undefined) throw new Error("a block has at least its coinbase");
  return displayHash(row[0]);
}

/** BIP 141: the hash over the wtxids (the coinbase's counts as zero) that the coinbase commits to. */
export function witnessCommitment(txs: readonly Tx[]): Bytes {
  const root = merkleRoot(["0".repeat(64), ...txs.map((tx) => tx.wtxid)]);
  return sha256x2(internalHash(root), WITNESS_RESERVED);
}

export type Template = {
  readonly previous: string;
  readonly height: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly payTo: Bytes;
  readonly fees: bigint;
  /** Makes the coinbase unlike every other, so that no block comes twice, not even after a reorganisation. */
  readonly extraNonce: number;
  readonly txs: readonly Tx[];
};

function coinbase(template: Template): Tx {
  return txFromParts({
    version: 2,
    segwitFlag: true,
    inputs: [
      {
        txid: new Uint8Array(32),
        index: 0xffffffff,
        // BIP 34: the height comes first, as a script number (up to 16 as its own opcode).
        finalScriptSig: Script.encode([
          template.height <= 16 ? template.height : ScriptNum().encode(BigInt(template.height)),
          hex.decode(template.extraNonce.toString(16).padStart(8, "0")),
        ]),
        sequence: 0xffffffff,
      },
    ],
    outputs: [
      { amount: blockSubsidy(template.height) + template.fees, script: template.payTo },
      { amount: 0n, script: concatBytes(COMMITMENT_PREFIX, witnessCommitment(template.txs)) },
    ],
    witnesses: [[WITNESS_RESERVED]],
    lockTime: 0,
  });
}

/** Makes the block: coinbase, merkle root, and the nonce that fulfils regtest's proof of work. */
export function mineBlock(template: Template): Block {
  const txs = [coinbase(template), ...template.txs];
  const root = merkleRoot(txs.map((tx) => tx.txid));
  for (let nonce = 0; ; nonce++) {
    const header: Header = {
      version: 0x20000000,
      previous: template.previous,
      merkleRoot: root,
      time: template.time,
      bits: REGTEST_BITS,
      nonce,
    };
    const headerBytes = encodeHeader(header);
    const hash = hashId(headerBytes);
    if (hasProofOfWork(hash)) return { hash, header, headerBytes, txs };
  }
}

/** Both are 64 hex digits, so that comparing text compares numbers. */
export const hasProofOfWork = (hash: string): boolean => hash <= REGTEST_TARGET;
