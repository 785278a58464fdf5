import fc from "fast-check";
import { expect, test } from "vitest";
import { outpointSet } from "./outpoint-set.ts";
import { scanBlock, scanTransaction, type Watch } from "./scan.ts";
import { openScriptSet } from "./script-set.ts";
import {
  anyTransaction,
  blockOf,
  coinbase,
  encode,
  hashOfHeader,
  type RawTransactionParts,
} from "./testing.ts";
import { transactionId } from "./transaction.ts";

const OURS = Uint8Array.from([0x00, 0x14, ...new Uint8Array(20).fill(5)]);
const THEIRS = Uint8Array.from([0x00, 0x14, ...new Uint8Array(20).fill(6)]);

const scripts = openScriptSet();
scripts.add(OURS, "our address");
const watching = (outpoints: string[] = []): Watch => ({ scripts, outpoints: outpointSet(outpoints) });

const spending = (outpoint: [string, number], outputs: [Uint8Array, bigint][]): RawTransactionParts => ({
  version: 2,
  segwitFlag: true,
  inputs: [
    {
      txid: Buffer.from(outpoint[0], "hex"),
      index: outpoint[1],
      finalScriptSig: new Uint8Array(0),
      sequence: 0xfffffffd,
    },
  ],
  outputs: outputs.map(([script, amount]) => ({ script, amount })),
  witnesses: [[new Uint8Array(72), new Uint8Array(33)]],
  lockTime: 0,
});

test("receipts and spends of a block, also of an output that is made and spent inside it", () => {
  const before = "11".repeat(32);
  const mined = encode(coinbase(7, OURS, 625_000_000n));
  const deposit = encode(
    spending(
      [before, 3],
      [
        [THEIRS, 1n],
        [OURS, 2_000n],
        [OURS, 3_000n],
      ],
    ),
  );
  const onward = encode(spending([transactionId(deposit), 2], [[THEIRS, 2_900n]]));
  const raw = blockOf([mined, deposit, onward], "22".repeat(32));
  const found = scanBlock(raw, watching([`${before}:3`]));
  const depositId = transactionId(deposit);
  expect(found).toEqual({
    hash: hashOfHeader(raw),
    prevHash: "22".repeat(32),
    time: 1_700_000_000,
    receipts: [
      { txid: transactionId(mined), vout: 0, value: 625_000_000, address: "our address", coinbase: true },
      { txid: depositId, vout: 1, value: 2_000, address: "our address", coinbase: false },
      { txid: depositId, vout: 2, value: 3_000, address: "our address", coinbase: false },
    ],
    spends: [
      { outpoint: `${before}:3`, txid: depositId },
      { outpoint: `${depositId}:2`, txid: transactionId(onward) },
    ],
  });
});

test("a transaction of the mempool reads alike", () => {
  const raw = encode(spending(["11".repeat(32), 0], [[OURS, 546n]]));
  const txid = transactionId(raw);
  expect(scanTransaction(raw, watching([`${"11".repeat(32)}:0`]))).toEqual({
    txid,
    receipts: [{ txid, vout: 0, value: 546, address: "our address", coinbase: false }],
    spends: [{ outpoint: `${"11".repeat(32)}:0`, txid }],
  });
});

test("blocks of strangers bring nothing, and a watch for everything finds everything", () => {
  fc.assert(
    fc.property(fc.array(anyTransaction, { minLength: 1, maxLength: 6 }), (some) => {
      const raw = blockOf([coinbase(1, THEIRS), ...some].map(encode));
      const none = scanBlock(raw, { scripts: openScriptSet(), outpoints: outpointSet([]) });
      expect([none.receipts, none.spends]).toEqual([[], []]);
      const all = scanBlock(raw, {
        scripts: { addressOf: () => "x" },
        outpoints: { size: 1, has: () => true },
      });
      expect(all.receipts).toHaveLength(2 + some.reduce((sum, { outputs }) => sum + outputs.length, 0));
      expect(all.spends).toHaveLength(1 + some.reduce((sum, { inputs }) => sum + inputs.length, 0));
    }),
    { numRuns: 50 },
  );
});

test("an output of more than all bitcoin is malformed, not a rounded number", () => {
  const raw = encode(spending(["11".repeat(32), 0], [[OURS, 2n ** 63n - 1n]]));
  expect(() => scanTransaction(raw, watching())).toThrow(
    expect.objectContaining({ code: "malformed_transaction" }),
  );
});
