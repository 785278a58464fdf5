import { hex } from "@scure/base";
import { Transaction } from "@scure/btc-signer";
import { describe, expect, test } from "vitest";
import {
  blockSubsidy,
  decodeBlock,
  encodeBlock,
  encodeHeader,
  hasProofOfWork,
  merkleRoot,
  mineBlock,
  witnessCommitment,
} from "./block.ts";
import { FAUCET_SCRIPT } from "./faucet.ts";
import { GENESIS_HASH, genesisBlock } from "./genesis.ts";
import { hashId } from "./hash.ts";
import { contextFreeFault, parseTx, type Tx } from "./tx.ts";

/** The example of BIP 143, "P2SH-P2WPKH". */
const SEGWIT_TX =
  "01000000000101db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a5477010000001716001479091972186c449eb1ded22b78e40d009bdf0089feffffff02b8b4eb0b000000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac0008af2f000000001976a914fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c88ac02473044022047ac8e878352d3ebbde1c94ce3a10d057c24175747116f8288e5d794d12d482f0220217f36a485cae903c713331d877c1f64677e3622ad4010726870540656fe9dcb012103ad1d8e89212f0b92c74d23bb710c00662ad1470198ac48c43f7d6f93a2a2687392040000";

const mined = (txs: Tx[], height = 300) =>
  mineBlock({
    previous: GENESIS_HASH,
    height,
    time: 1_700_000_000,
    payTo: FAUCET_SCRIPT,
    fees: 7n,
    extraNonce: 5,
    txs,
  });

describe("block 0 of regtest", () => {
  const genesis = genesisBlock();

  test("has the hash and the merkle root of Bitcoin Core's chain parameters", () => {
    expect(genesis.hash).toBe("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206");
    expect(genesis.header).toEqual({
      version: 1,
      previous: "0".repeat(64),
      merkleRoot: "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
      time: 1296688602,
      bits: 0x207fffff,
      nonce: 2,
    });
    expect(merkleRoot(genesis.txs.map((tx) => tx.txid))).toBe(genesis.header.merkleRoot);
    expect(hasProofOfWork(genesis.hash)).toBe(true);
  });

  test("is written as it was read", () => {
    expect(encodeBlock(genesis).length).toBe(285);
    expect(encodeHeader(genesis.header)).toEqual(genesis.headerBytes);
    expect(encodeBlock(decodeBlock(encodeBlock(genesis)))).toEqual(encodeBlock(genesis));
  });
});

describe("merkle root", () => {
  const ids = [
    "8c14f0db3df150123e6f3dbbf30f8b955a8249b62ac1d1ff16284aefa3d06d87",
    "fff2525b8931402dd09222c50775608f75787bd2b87e56995a7bdd30f79702c4",
    "6359f0868171b1d194cbee1af2f16ea598ae8fad666d9b012c8ed2b79a236ec4",
    "e9a66845e05d5abc0ad04ec80f774a7e585c6e8db975962d069a522137b80c1d",
  ];

  test("of the main network's block 100000", () => {
    expect(merkleRoot(ids)).toBe("f3e94742aca4b5ef85488dc37c06c3282295ffec960994b2c0d5ac2a25a95766");
  });

  test("pairs an odd last one with itself", () => {
    expect(merkleRoot(ids.slice(0, 3))).toBe(merkleRoot([...ids.slice(0, 3), ids[2]!]));
  });
});

describe("a mined block", () => {
  const tx = parseTx(hex.decode(SEGWIT_TX))!;

  test("commits to its transactions' ids and witnesses, by the signer's own reckoning", () => {
    const block = mined([tx]);
    const [coinbase, second] = block.txs.map((one) =>
      Transaction.fromRaw(one.raw, {
        allowUnknownOutputs: true,
        allowUnknownInputs: true,
        disableScriptCheck: true,
      }),
    );
    expect(second!.id).toBe("ef48d9d0f595052e0f8cdcf825f7a5e50b6a388a81f206f3f4846e5ecd7a0c23");
    expect(tx.wtxid).toBe(hashId(second!.toBytes(true, true)));
    expect(tx.vsize).toBe(second!.vsize);
    expect(merkleRoot([coinbase!.id, second!.id])).toBe(block.header.merkleRoot);
    const commitment = coinbase!.getOutput(1).script!;
    expect(hex.encode(commitment)).toBe(`6a24aa21a9ed${hex.encode(witnessCommitment([tx]))}`);
    expect(block.txs[0]!.inputs[0]!.witness).toEqual([new Uint8Array(32)]);
    expect(hasProofOfWork(block.hash)).toBe(true);
    expect(encodeBlock(decodeBlock(encodeBlock(block)))).toEqual(encodeBlock(block));
  });

  // BIP 34's example: height 227,931 is 03 5b7a03; small ones are their own opcode.
  test.each([
    [1, "51"],
    [16, "60"],
    [17, "0111"],
    [128, "028000"],
    [227_931, "035b7a03"],
  ])("begins its coinbase with the height %i (BIP 34)", (height, prefix) => {
    expect(hex.encode(mined([], height).txs[0]!.inputs[0]!.scriptSig)).toMatch(new RegExp(`^${prefix}04`));
  });

  test("pays the subsidy, halved every 150 blocks, and the fees", () => {
    expect(mined([]).txs[0]!.outputs[0]!.amount).toBe(1_250_000_007n);
    expect([1, 149, 150, 299, 300, 149 * 150, 1e6].map(blockSubsidy)).toEqual([
      5_000_000_000n,
      5_000_000_000n,
      2_500_000_000n,
      2_500_000_000n,
      1_250_000_000n,
      0n,
      0n,
    ]);
  });
});

describe("a transaction's bytes", () => {
  test("are refused when cut, prolonged, or written with a longer length than needed", () => {
    const raw = hex.decode(SEGWIT_TX);
    expect(parseTx(raw.subarray(0, -1))).toBeUndefined();
    expect(parseTx(Uint8Array.of(...raw, 0))).toBeUndefined();
    const plain = "0100000001".concat("11".repeat(32), "0000000000ffffffff01");
    const output = "e803000000000000015100000000";
    expect(parseTx(hex.decode(plain + output))).toBeDefined();
    expect(parseTx(hex.decode(plain.replace(/^0100000001/, "01000000fd0100") + output))).toBeUndefined();
  });

  test("never hold an amount beyond 21 million BTC, or one that is negative on the wire", () => {
    const withAmounts = (...amounts: string[]): Tx => {
      const outputs = amounts.map((amount) => `${amount}0151`).join("");
      const count = amounts.length.toString(16).padStart(2, "0");
      return parseTx(hex.decode(`0100000001${"11".repeat(32)}0000000000ffffffff${count}${outputs}00000000`))!;
    };
    expect(contextFreeFault(withAmounts("0040075af0750700"))).toBeUndefined();
    expect(contextFreeFault(withAmounts("0140075af0750700"))).toBe("bad-txns-vout-toolarge");
    expect(contextFreeFault(withAmounts("0040075af0750700", "0100000000000000"))).toBe(
      "bad-txns-txouttotal-toolarge",
    );
    expect(contextFreeFault(withAmounts("ffffffffffffffff"))).toBe("bad-txns-vout-negative");
  });
});
