import { RawTx } from "@scure/btc-signer";
import fc from "fast-check";
import { merkleRoot } from "./block.ts";
import { sha256d } from "./sha256d.ts";
import { rawTransactionId, readTransaction } from "./transaction.ts";

// Blocks for tests, made by the library's serialiser, which the reader here does not use.

export type RawTransactionParts = Parameters<typeof RawTx.encode>[0];

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

const input = fc.record({
  txid: bytes(32),
  index: fc.integer({ min: 0, max: 0xfffffffe }),
  finalScriptSig: fc.oneof(fc.uint8Array({ maxLength: 110 }), fc.constant(new Uint8Array(300).fill(7))),
  sequence: fc.integer({ min: 0, max: 0xffffffff }),
});
const output = fc.record({
  amount: fc.bigInt({ min: 0n, max: 2_100_000_000_000_000n }),
  script: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array(70_000).fill(9))),
});

/** A transaction with or without witness. */
export const anyTransaction: fc.Arbitrary<RawTransactionParts> = fc
  .record({
    version: fc.integer({ min: 1, max: 2 }),
    segwitFlag: fc.boolean(),
    inputs: fc.array(input, { minLength: 1, maxLength: 4 }),
    outputs: fc.array(output, { minLength: 1, maxLength: 4 }),
    lockTime: fc.integer({ min: 0, max: 0xffffffff }),
    stack: fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ stack, ...parts }) => ({
    ...parts,
    witnesses: parts.segwitFlag ? parts.inputs.map(() => stack) : undefined,
  }));

/** With the commitment to the witnesses that BIP-141 puts into the coinbase. */
export const coinbase = (height: number, script: Uint8Array, amount = 50_00000000n): RawTransactionParts => ({
  version: 2,
  segwitFlag: true,
  inputs: [
    {
      txid: new Uint8Array(32),
      index: 0xffffffff,
      finalScriptSig: Uint8Array.of(3, height & 0xff, (height >> 8) & 0xff, (height >> 16) & 0xff),
      sequence: 0xffffffff,
    },
  ],
  outputs: [
    { amount, script },
    { amount: 0n, script: Uint8Array.from([0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed, ...new Uint8Array(32)]) },
  ],
  witnesses: [[new Uint8Array(32)]],
  lockTime: 0,
});

/** The bytes of a block; `prevHash` as hex in the usual order. */
export const blockOf = (
  raws: readonly Uint8Array[],
  prevHash = "00".repeat(32),
  time = 1_700_000_000,
): Buffer => {
  const header = Buffer.alloc(80);
  header.writeUInt32LE(0x20000000, 0);
  Buffer.from(prevHash, "hex").reverse().copy(header, 4);
  merkleRoot(Buffer.concat(raws.map((raw) => rawTransactionId(readTransaction(raw))))).copy(header, 36);
  header.writeUInt32LE(time, 68);
  const count = Buffer.alloc(raws.length < 0xfd ? 1 : 3);
  if (raws.length < 0xfd) count.writeUInt8(raws.length);
  else count.writeUInt8(0xfd) && count.writeUInt16LE(raws.length, 1);
  return Buffer.concat([header, count, ...raws]);
};

export const encode = (parts: RawTransactionParts): Uint8Array => RawTx.encode(parts);

export const hashOfHeader = (raw: Buffer): string => sha256d(raw.subarray(0, 80)).reverse().toString("hex");
