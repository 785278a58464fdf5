import fc from "fast-check";
import { expect, test } from "vitest";
import { isBitcoinError } from "../errors.ts";
import { outpointSet } from "./outpoint-set.ts";
import { scanBlock } from "./scan.ts";
import { openScriptSet } from "./script-set.ts";
import { type SlowWatch, slowBlock, slowScan, withRightRoot } from "./slow-twin.ts";
import { anyTransaction, blockOf, coinbase, encode, type RawTransactionParts } from "./testing.ts";
import { transactionId } from "./transaction.ts";

const watchOf = ({ addresses, outpoints }: SlowWatch) => {
  const scripts = openScriptSet();
  for (const [script, address] of addresses) scripts.add(Buffer.from(script, "hex"), address);
  return { scripts, outpoints: outpointSet(outpoints) };
};

/** A few scripts, so that they are met again, of the lengths that people use and of others. */
const SCRIPTS = [4, 8, 22, 22, 22, 23, 25, 34, 34, 300].map((length, i) =>
  Uint8Array.from({ length }, (_, at) => (at < 3 ? length : (7 * at + (at === length - 1 ? i : 0)) & 0xff)),
);
const someScript = fc.constantFrom(...SCRIPTS);

/** Transactions of which some spend the ones before. */
const chained = fc
  .array(fc.tuple(anyTransaction, fc.array(someScript, { minLength: 1, maxLength: 3 }), fc.nat(3)), {
    maxLength: 8,
  })
  .map((all) => {
    const made = [coinbase(9, SCRIPTS[2]!)];
    for (const [parts, scripts, back] of all) {
      const before = made.at(-1 - back);
      const inputs = [...parts.inputs];
      if (before && inputs.length > 1)
        inputs[1] = { ...inputs[1]!, txid: Buffer.from(transactionId(encode(before)), "hex"), index: 0 };
      const outputs = [...scripts.map((script, i) => ({ script, amount: BigInt(i) * 7n })), ...parts.outputs];
      made.push({ ...parts, inputs, outputs });
    }
    return made;
  });

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const outpointsOf = ({ inputs }: RawTransactionParts): string[] =>
  inputs.map(({ txid, index }) => `${hex(txid as Uint8Array)}:${index}`);

const blockAndWatch = fc.tuple(chained, fc.nat(0x3ff), fc.nat(0xff)).map(([all, scriptBits, inputBits]) => {
  const watch: SlowWatch = {
    addresses: new Map(
      SCRIPTS.flatMap((script, i) => ((scriptBits >> i) & 1 ? [[hex(script), `address ${i}`]] : [])),
    ),
    outpoints: new Set(all.flatMap(outpointsOf).filter((_, i) => (inputBits >> (i % 8)) & 1)),
  };
  return { raw: blockOf(all.map(encode)), watch };
});

const scanOrCode = (raw: Uint8Array, watch: SlowWatch): unknown => {
  try {
    const { receipts, spends } = scanBlock(raw, watchOf(watch));
    return { receipts, spends };
  } catch (error) {
    if (isBitcoinError(error)) return error.code;
    throw error;
  }
};

test("blocks of any transactions: the scan finds what reading them the obvious way finds", () => {
  fc.assert(
    fc.property(blockAndWatch, ({ raw, watch }) => {
      const expected = slowScan(raw, watch);
      expect(expected).toBeTypeOf("object");
      expect(scanOrCode(raw, watch)).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

const mutation = fc.oneof(
  fc.record({ is: fc.constant("set" as const), where: fc.nat(), to: fc.nat(255) }),
  fc.record({
    is: fc.constant("set" as const),
    where: fc.nat(),
    to: fc.constantFrom(0, 1, 0xfd, 0xfe, 0xff),
  }),
  fc.record({ is: fc.constant("cut" as const), where: fc.nat(), to: fc.nat(40) }),
  fc.record({ is: fc.constant("repeat" as const), where: fc.nat(), to: fc.nat(40) }),
);

const mutated = (raw: Buffer, changes: readonly { is: string; where: number; to: number }[]): Buffer =>
  changes.reduce((bytes, { is, where, to }) => {
    if (bytes.length <= 80) return bytes;
    const at = 80 + (where % (bytes.length - 80));
    if (is === "cut") return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + to)]);
    if (is === "repeat") return Buffer.concat([bytes.subarray(0, at + to), bytes.subarray(at)]);
    const copy = Buffer.from(bytes);
    copy[at] = to;
    return copy;
  }, raw);

test("damaged blocks: the scan refuses, or finds, exactly what the obvious way does", () => {
  let readable = 0;
  fc.assert(
    fc.property(
      blockAndWatch,
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      ({ raw, watch }, changes, mendRoot) => {
        const damaged = mutated(raw, changes);
        const block = mendRoot ? withRightRoot(damaged) : damaged;
        const expected = slowScan(block, watch);
        if (typeof expected === "object") readable++;
        expect(scanOrCode(block, watch)).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
  expect(readable).toBeGreaterThan(0); // else the test would only prove that everything is refused
});

test("the obvious way reads block 1 of mainnet", () => {
  const raw = Buffer.from(
    "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1a3c3540bf7b1cdb606e8" +
      "57233e0e61bc6649ffff001d01e362990101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff0704ffff001d" +
      "0104ffffffff0100f2052a0100000043410496b538e853519c726a2c91e61ec11600ae1390813a627c66fb8be7947be63c52da7589379515d4e0a604f8141781" +
      "e62294721166bf621e73a82cbf2342c858eeac00000000",
    "hex",
  );
  expect(slowBlock(raw)).toEqual([
    {
      txid: "0e3e2357e806b6cdb1f70b54c3a3a17b6714ee1f0e68bebb44a74b1efd512098",
      outpoints: [`${"00".repeat(32)}:${0xffffffff}`],
      outputs: [{ value: 5_000_000_000n, script: expect.stringMatching(/^410496b5/) }],
    },
  ]);
});
