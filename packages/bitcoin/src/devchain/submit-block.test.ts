import { randomInt } from "node:crypto";
import { hex } from "@scure/base";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Block, encodeBlock, encodeHeader, hasProofOfWork, mineBlock, type Template } from "./block.ts";
import { FAUCET_SCRIPT } from "./faucet.ts";
import { hashId } from "./hash.ts";
import { confirmedCoin, spend, type TestChain, testChain, testKey } from "./testing.ts";
import { parseTx, type Tx } from "./tx.ts";

const alice = testKey("p2wpkh", "alice");
const bob = testKey("p2wpkh", "bob");
let chain: TestChain;
beforeAll(async () => {
  chain = await testChain();
});
afterAll(() => chain.remove());

const tip = (): Promise<string> => chain.call("getbestblockhash");
const submit = (block: Block): Promise<string | null> =>
  chain.call("submitblock", hex.encode(encodeBlock(block)));

/** A block on the tip, or on a block below it, that can be handed in. */
const blockOn = async (back = 0, raws: readonly string[] = [], change: Partial<Template> = {}) => {
  const height = (await chain.call<number>("getblockcount")) - back;
  const previous = await chain.call("getblockhash", height);
  const { time } = await chain.call<{ time: number }>("getblockheader", previous);
  const txs = raws.map((raw) => parseTx(hex.decode(raw)) as Tx);
  const extraNonce = randomInt(2 ** 32);
  return mineBlock({
    previous,
    height: height + 1,
    time: time + 1,
    payTo: FAUCET_SCRIPT,
    fees: 0n,
    extraNonce,
    txs,
    ...change,
  });
};
const next = (block: Block, height: number, txs: readonly Tx[] = []): Block =>
  mineBlock({
    previous: block.hash,
    height,
    time: block.header.time + 1,
    payTo: FAUCET_SCRIPT,
    fees: 0n,
    extraNonce: randomInt(2 ** 32),
    txs,
  });

test("a block on the tip is the new tip, and a second time it is known", async () => {
  const coin = await confirmedCoin(chain, alice, "1");
  const block = await blockOn(0, [spend(alice, [coin], [[bob.address, 99_990_000n]])]);
  expect(await submit(block)).toBeNull();
  expect(await tip()).toBe(block.hash);
  expect(await submit(block)).toBe("duplicate");
  await chain.restart();
  expect(await tip()).toBe(block.hash);
});

test("a branch counts when it is longer; what it leaves out waits again, and a double spend wins", async () => {
  const [coin, other] = [await confirmedCoin(chain, alice, "1"), await confirmedCoin(chain, alice, "2")];
  const paid = spend(alice, [coin], [[bob.address, 99_990_000n]]);
  const kept = spend(alice, [other], [[bob.address, 199_990_000n]]);
  const old = await blockOn(0, [paid, kept]);
  await submit(old);
  const height = await chain.call<number>("getblockcount");

  const stolen = spend(alice, [coin], [[alice.address, 99_980_000n]]);
  const beside = await blockOn(1, [stolen]);
  expect(await submit(beside)).toBe("inconclusive");
  expect(await tip()).toBe(old.hash);
  const above = next(beside, height + 1);
  expect(await submit(above)).toBeNull();
  expect(await tip()).toBe(above.hash);
  expect(await chain.call("getrawmempool")).toEqual([parseTx(hex.decode(kept))!.txid]);
  await chain.restart();
  expect(await tip()).toBe(above.hash);
});

test("a branch with a bad signature is not followed, not after a restart either, nor what stands on it", async () => {
  const coin = await confirmedCoin(chain, alice, "1");
  const before = await tip();
  const forged = spend(
    { ...alice, secret: bob.secret, script: bob.script, input: bob.input },
    [coin],
    [[bob.address, 99_990_000n]],
  );
  const height = await chain.call<number>("getblockcount");
  const beside = await blockOn(1, [forged]);
  expect(await submit(beside)).toBe("inconclusive");
  const above = next(beside, height + 1);
  expect(await submit(above)).toBe("bad-block");
  expect(await submit(next(above, height + 2))).toBe("bad-prevblk");
  expect(await tip()).toBe(before);
  await chain.restart();
  expect(await tip()).toBe(before);
  await chain.call("devchain_mine", 1);
});

test("blocks that break a rule are refused, each for its reason, and nothing changes", async () => {
  const coin = await confirmedCoin(chain, alice, "1");
  const before = await tip();
  const good = spend(alice, [coin], [[bob.address, 99_990_000n]]);
  const { time } = await chain.call<{ time: number }>("getblockheader", before);
  const height = await chain.call<number>("getblockcount");
  const withHeader = (block: Block, change: Partial<Block["header"]>): Block => {
    for (let nonce = 0; ; nonce++) {
      const header = { ...block.header, ...change, nonce };
      const headerBytes = encodeHeader(header);
      const hash = hashId(headerBytes);
      if (hasProofOfWork(hash)) return { ...block, header, headerBytes, hash };
    }
  };
  const base = await blockOn();
  const cases: [string, Block][] = [
    ["prev-blk-not-found", await blockOn(0, [], { previous: "11".repeat(32) })],
    ["time-too-old", await blockOn(0, [], { time: time - 100_000 })],
    ["time-too-new", await blockOn(0, [], { time: time + 1_000_000 })],
    ["bad-cb-height", await blockOn(0, [], { height: height + 2 })],
    ["bad-cb-amount", await blockOn(0, [], { fees: 1n })],
    ["bad-diffbits", withHeader(base, { bits: 0x207ffffe })],
    ["bad-txnmrklroot", withHeader(base, { merkleRoot: "22".repeat(32) })],
    ["bad-cb-missing", { ...base, txs: base.txs.slice(1) }],
    [
      "bad-txns-inputs-missingorspent",
      await blockOn(0, [good, spend(alice, [coin], [[bob.address, 1000n]])]),
    ],
    [
      "bad-txns-in-belowout",
      await blockOn(0, [spend(alice, [{ ...coin, amount: 200_000_000n }], [[bob.address, 100_000_001n]])]),
    ],
  ];
  for (const [reason, block] of cases) expect(await submit(block), reason).toBe(reason);
  expect(await chain.refusal("submitblock", "00ff")).toBe("-22: Block decode failed");
  expect(await tip()).toBe(before);
  expect(await submit(await blockOn(0, [good]))).toBeNull();
});

test("a witness that the coinbase does not commit to is refused", async () => {
  const coin = await confirmedCoin(chain, alice, "1");
  const tx = parseTx(hex.decode(spend(alice, [coin], [[bob.address, 99_990_000n]])))!;
  const other = parseTx(hex.decode(spend(alice, [coin], [[bob.address, 99_990_000n]], { sighash: 0x81 })))!;
  expect([other.txid, other.wtxid === tx.wtxid]).toEqual([tx.txid, false]);
  const block = await blockOn(0, [hex.encode(tx.raw)]);
  const swapped = { ...block, txs: [block.txs[0]!, other] };
  expect(await submit(swapped)).toBe("bad-witness-merkle-match");
  expect(await submit(block)).toBeNull();
});
