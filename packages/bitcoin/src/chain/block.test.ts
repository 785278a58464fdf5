import { Transaction } from "@scure/btc-signer";
import { sha256x2 } from "@scure/btc-signer/utils.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { merkleRoot, readBlock, readHeader } from "./block.ts";
import { sha256d } from "./sha256d.ts";
import {
  anyTransaction,
  blockOf,
  coinbase,
  encode,
  hashOfHeader,
  type RawTransactionParts,
} from "./testing.ts";
import {
  eachInput,
  eachOutput,
  isCoinbase,
  readTransaction,
  type TransactionView,
  transactionId,
} from "./transaction.ts";

/** Block 0 of mainnet: chainparams.cpp of Bitcoin Core, and every block explorer. */
const GENESIS =
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa" +
  "4b1e5e4a29ab5f49ffff001d1dac2b7c0101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d" +
  "0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420" +
  "666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38" +
  "c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000";

const inputsOf = (view: TransactionView): string[] => {
  const inputs: string[] = [];
  eachInput(view, (outpoint) => inputs.push(outpoint));
  return inputs;
};
const outputsOf = (view: TransactionView): { amount: bigint; script: string }[] => {
  const outputs: { amount: bigint; script: string }[] = [];
  eachOutput(view, (value, script) =>
    outputs.push({ amount: BigInt(value), script: script.toString("hex") }),
  );
  return outputs;
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const partsOfInputs = ({ inputs }: RawTransactionParts): string[] =>
  inputs.map(({ txid, index }) => `${hex(txid as Uint8Array)}:${index}`);
const partsOfOutputs = ({ outputs }: RawTransactionParts): { amount: bigint; script: string }[] =>
  outputs.map(({ amount, script }) => ({ amount, script: hex(script as Uint8Array) }));

test("block 0 of mainnet: hash, time, txid, and a coinbase of 50 BTC", () => {
  const { header, transactions } = readBlock(Buffer.from(GENESIS, "hex"));
  expect(header).toEqual({
    hash: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
    prevHash: "00".repeat(32),
    time: 1231006505,
  });
  expect(transactions.map(({ txid }) => txid)).toEqual([
    "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
  ]);
  expect(isCoinbase(transactions[0]!.view)).toBe(true);
  expect(outputsOf(transactions[0]!.view)[0]!.amount).toBe(5_000_000_000n);
});

test("any transaction reads as what the library wrote, with the library's txid", () => {
  fc.assert(
    fc.property(anyTransaction, (parts) => {
      const raw = encode(parts);
      const view = readTransaction(raw);
      expect(inputsOf(view)).toEqual(partsOfInputs(parts));
      expect(outputsOf(view)).toEqual(partsOfOutputs(parts));
      const { id } = Transaction.fromRaw(raw, {
        allowUnknownOutputs: true,
        allowUnknownInputs: true,
        disableScriptCheck: true,
      });
      expect(transactionId(raw)).toBe(id);
    }),
    { numRuns: 300 },
  );
});

test("a transaction cut off anywhere, or with a byte after it, is malformed and nothing worse", () => {
  fc.assert(
    fc.property(
      anyTransaction,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (parts, where) => {
        const raw = encode(parts);
        const malformed = expect.objectContaining({ code: "malformed_transaction" });
        expect(() => readTransaction(raw.subarray(0, Math.floor(where * raw.length)))).toThrow(malformed);
        expect(() => readTransaction(Buffer.concat([raw, Buffer.of(0)]))).toThrow(malformed);
      },
    ),
    { numRuns: 300 },
  );
});

test("random bytes never crash the readers", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      for (const read of [readTransaction, readBlock, readHeader]) {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^malformed_|^wrong_block$/) });
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a count in a longer form than needed is refused, as Bitcoin Core does", () => {
  const raw = encode({ ...coinbase(1, Uint8Array.of(0x51)), segwitFlag: false, witnesses: undefined });
  const longer = Buffer.concat([raw.subarray(0, 4), Buffer.of(0xfd, 1, 0), raw.subarray(5)]);
  expect(() => readTransaction(longer)).toThrow(/longer form/);
});

test("blocks of any transactions, with a coinbase that commits to the witnesses", () => {
  const blocks = fc.array(anyTransaction, { maxLength: 20 });
  fc.assert(
    fc.property(blocks, (some) => {
      const all = [coinbase(500, Uint8Array.of(0x51)), ...some];
      const raw = blockOf(all.map(encode));
      const { header, transactions } = readBlock(raw);
      expect(header.hash).toBe(hashOfHeader(raw));
      expect(transactions.map(({ view }) => inputsOf(view))).toEqual(all.map(partsOfInputs));
      expect(transactions.map(({ view }) => outputsOf(view))).toEqual(all.map(partsOfOutputs));
      expect(transactions.map(({ txid }) => txid)).toEqual(all.map((parts) => transactionId(encode(parts))));
    }),
    { numRuns: 50 },
  );
});

test("a block of more than 252 transactions is counted right", () => {
  const raws = Array.from({ length: 300 }, (_, i) => encode(coinbase(i, Uint8Array.of(0x51))));
  expect(readBlock(blockOf(raws)).transactions).toHaveLength(300);
});

test("any changed byte outside the witnesses is refused, or changes the hash", () => {
  const parts = [0, 1, 2].map((i) => ({
    ...coinbase(i, Uint8Array.of(0x51)),
    segwitFlag: false,
    witnesses: undefined,
  }));
  const raw = blockOf(parts.map(encode));
  const { hash } = readHeader(raw);
  for (let at = 0; at < raw.length; at++) {
    const changed = Buffer.from(raw);
    changed[at]! ^= 1;
    let read: string | undefined;
    try {
      read = readBlock(changed).header.hash;
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^malformed_block$|^wrong_block$/) });
    }
    expect(read).not.toBe(hash);
  }
});

test("CVE-2012-2459: transactions appended a second time, which leave the root as it is, are refused", () => {
  const raws = [0, 1, 2].map((i) => encode(coinbase(i, Uint8Array.of(0x51))));
  const doubled = [...raws, raws[2]!];
  const block = blockOf(raws);
  const forged = Buffer.concat([block.subarray(0, 80), Buffer.of(4), ...doubled]);
  expect(() => readBlock(forged)).toThrow(expect.objectContaining({ code: "wrong_block" }));
});

test("a block without a coinbase first is refused", () => {
  const spend = encode({
    ...coinbase(1, Uint8Array.of(0x51)),
    inputs: [{ ...coinbase(1, Uint8Array.of(0x51)).inputs[0]!, index: 0 }],
  });
  expect(() => readBlock(blockOf([spend]))).toThrow(expect.objectContaining({ code: "wrong_block" }));
});

test("the merkle root is that of the slow way", () => {
  const slow = (ids: Uint8Array[]): Uint8Array => {
    if (ids.length === 1) return ids[0]!;
    const even = ids.length % 2 === 0 ? ids : [...ids, ids.at(-1)!];
    const above: Uint8Array[] = [];
    for (let i = 0; i < even.length; i += 2) above.push(sha256x2(even[i]!, even[i + 1]!));
    return slow(above);
  };
  for (let count = 1; count <= 40; count++) {
    const ids = Array.from({ length: count }, (_, i) => sha256d(Buffer.of(i)));
    expect(merkleRoot(Buffer.concat(ids)).equals(slow(ids))).toBe(true);
  }
});
