import { appendFileSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { hex } from "@scure/base";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeBlock, merkleRoot } from "./block.ts";
import { GENESIS_HASH } from "./genesis.ts";
import { openLog } from "./log.ts";
import {
  confirmedCoin,
  fundedCoin,
  type Kind,
  spend,
  type TestChain,
  type TestCoin,
  testChain,
  testKey,
  txidOf,
} from "./testing.ts";
import type { Utxo } from "./utxo.ts";

const alice = testKey("p2wpkh", "alice");
const bob = testKey("p2wpkh", "bob");
let chain: TestChain;
beforeAll(async () => {
  chain = await testChain();
});
afterAll(() => chain.remove());

const mempool = (): Promise<string[]> => chain.call<string[]>("getrawmempool");
const unspentSum = (utxo: Utxo): bigint => [...utxo.values()].reduce((sum, coin) => sum + coin.amount, 0n);
const send = (raw: string): Promise<string> => chain.call("sendrawtransaction", raw);
const refused = (raw: string): Promise<string> => chain.refusal("sendrawtransaction", raw);
const change = (raw: string, index: number, amount: bigint): TestCoin => ({
  txid: txidOf(raw),
  index,
  amount,
});

describe("a first start", () => {
  test("gives regtest's genesis block and enough blocks for mature coins", async () => {
    expect(await chain.call("getblockhash", 0)).toBe(GENESIS_HASH);
    expect(await chain.call("getblockcount")).toBe(250);
    const time = await chain.call<{ time: number }>("getblockheader", await chain.call("getbestblockhash"));
    expect(Math.abs(time.time - Date.now() / 1000)).toBeLessThan(3600);
  });
});

describe("the way of a payment", () => {
  test("fund, mempool, block, confirmed", async () => {
    const coin = await fundedCoin(chain, alice, "1.23456789");
    expect(await mempool()).toEqual([coin.txid]);
    expect(await chain.call("gettxout", coin.txid, coin.index)).toMatchObject({ confirmations: 0 });
    expect(await chain.call("gettxout", coin.txid, coin.index, false)).toBeNull();

    const [hash] = await chain.call<string[]>("devchain_mine", 1);
    expect(await mempool()).toEqual([]);
    expect(await chain.call("gettxout", coin.txid, coin.index, false)).toEqual({
      bestblock: hash,
      confirmations: 1,
      value: 1.23456789,
      scriptPubKey: { hex: hex.encode(alice.script), address: alice.address, type: "witness_v0_keyhash" },
      coinbase: false,
    });
    const block = await chain.call<{ tx: string[]; merkleroot: string }>("getblock", hash);
    expect(block.tx[1]).toBe(coin.txid);
    expect(merkleRoot(block.tx)).toBe(block.merkleroot);
    const raw = decodeBlock(hex.decode(await chain.call("getblock", hash, 0)));
    expect(raw.hash).toBe(hash);
    expect(raw.txs[1]!.txid).toBe(coin.txid);
  });

  test.each<Kind>(["p2wpkh", "p2tr", "p2pkh", "p2sh-p2wpkh"])("to and from %s", async (kind) => {
    const key = testKey(kind, "carol");
    const coin = await confirmedCoin(chain, key, "0.5");
    const [hash] = [await chain.call("getbestblockhash")];
    const previous = [await chain.call("getrawtransaction", coin.txid, 0, hash)];
    const txid = await send(spend(key, [coin], [[bob.address, 49_990_000n]], { previous }));
    await chain.call("devchain_mine", 1);
    expect(await chain.call("gettxout", txid, 0)).toMatchObject({ confirmations: 1, value: 0.4999 });
    expect(await chain.call("gettxout", coin.txid, coin.index)).toBeNull();
  });

  test("a transaction sent again is simply known; in a block it is refused as being there", async () => {
    const coin = await confirmedCoin(chain, alice, "0.1");
    const raw = spend(alice, [coin], [[bob.address, 9_990_000n]]);
    const txid = await send(raw);
    expect(await send(raw)).toBe(txid);
    await chain.call("devchain_mine", 1);
    expect(await refused(raw)).toBe("-27: Transaction outputs already in utxo set");
  });

  test("many payments without a block between, parents before children in the block", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 40; i++)
      ids.push(await chain.call("devchain_fund", bob.address, `0.0000${1000 + i}`));
    const big = await chain.call("devchain_fund", bob.address, "1234.5");
    const [hash] = await chain.call<string[]>("devchain_mine", 1);
    const { tx } = await chain.call<{ tx: string[] }>("getblock", hash);
    expect(tx.slice(1)).toEqual([...ids, big]);
    expect(await mempool()).toEqual([]);
  });

  test("more than the faucet has is refused without mining", async () => {
    const before = await chain.call("getblockcount");
    expect(await chain.refusal("devchain_fund", bob.address, "20000")).toBe("-6: Insufficient funds");
    expect(await chain.call("getblockcount")).toBe(before);
  });
});

describe("what is refused", () => {
  let coin: TestCoin;
  beforeAll(async () => {
    coin = await confirmedCoin(chain, alice, "1");
  });

  test("coins that are not there or are spent", async () => {
    const unknown = { ...coin, txid: "44".repeat(32) };
    expect(await refused(spend(alice, [unknown], [[bob.address, 1_000n]]))).toBe(
      "-25: bad-txns-inputs-missingorspent",
    );
    const other = await confirmedCoin(chain, alice, "0.2");
    await send(spend(alice, [other], [[bob.address, 19_990_000n]]));
    await chain.call("devchain_mine", 1);
    expect(await refused(spend(alice, [other], [[alice.address, 19_000_000n]]))).toBe(
      "-25: bad-txns-inputs-missingorspent",
    );
  });

  test("another one's signature", async () => {
    const forged = spend(
      { ...alice, secret: bob.secret, script: bob.script },
      [coin],
      [[bob.address, 99_000_000n]],
    );
    expect(await refused(forged)).toBe(
      "-26: mandatory-script-verify-flag-failed (Witness program hash mismatch)",
    );
    const wrongAmount = spend(alice, [{ ...coin, amount: 99_999_999n }], [[bob.address, 99_000_000n]]);
    expect(await refused(wrongAmount)).toContain("-26: mandatory-script-verify-flag-failed (Signature");
  });

  test("more out than in, twice the same coin, and what cannot be read", async () => {
    const inflated = { ...coin, amount: 200_000_000n };
    expect(await refused(spend(alice, [inflated], [[bob.address, 100_000_001n]]))).toContain(
      "-26: bad-txns-in-belowout",
    );
    const single = spend(alice, [coin], [[bob.address, 99_000_000n]]);
    expect(await refused(single.slice(0, -2))).toBe(
      "-22: TX decode failed. Make sure the tx has at least one input.",
    );
    expect(await refused("zz")).toContain("-22: ");
  });

  test("dust, by the type of output", async () => {
    const limits: [Kind, bigint][] = [
      ["p2wpkh", 294n],
      ["p2tr", 330n],
      ["p2pkh", 546n],
      ["p2sh-p2wpkh", 540n],
    ];
    for (const [kind, limit] of limits) {
      const raw = (amount: bigint): string =>
        spend(
          alice,
          [coin],
          [
            [testKey(kind, "dave").address, amount],
            [alice.address, 99_000_000n],
          ],
        );
      expect(await refused(raw(limit - 1n))).toBe("-26: dust");
      const [result] = await chain.call<{ allowed: boolean }[]>("testmempoolaccept", [raw(limit)]);
      expect(result!.allowed).toBe(true);
    }
  });

  test("less than one satoshi per vbyte", async () => {
    const vsize = 110n;
    expect(await refused(spend(alice, [coin], [[bob.address, coin.amount - vsize + 1n]]))).toBe(
      "-26: min relay fee not met, 109 < 110",
    );
    const raw = spend(alice, [coin], [[bob.address, coin.amount - vsize]]);
    expect(await chain.call("testmempoolaccept", [raw])).toMatchObject([
      { allowed: true, vsize: 110, fees: { base: 0.0000011 } },
    ]);
  });

  test("a fee beyond the caller's or the default limit", async () => {
    const raw = spend(alice, [coin], [[bob.address, 90_000_000n]]);
    const message = "-25: Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)";
    expect(await refused(raw)).toBe(message);
    expect(await chain.refusal("sendrawtransaction", raw, "0.5")).toBe(message);
    expect(await chain.call("testmempoolaccept", [raw])).toMatchObject([
      { allowed: false, "reject-reason": "max-fee-exceeded" },
    ]);
    expect(await chain.call("testmempoolaccept", [raw], 0)).toMatchObject([{ allowed: true }]);
  });

  test("coinbases younger than 100 blocks", async () => {
    const [hash] = await chain.call<string[]>("generatetoaddress", 1, alice.address);
    const { tx } = await chain.call<{ tx: string[] }>("getblock", hash);
    const { value } = await chain.call<{ value: number }>("gettxout", tx[0], 0);
    const reward = { txid: tx[0]!, index: 0, amount: BigInt(Math.round(value * 1e8)) };
    const raw = spend(alice, [reward], [[bob.address, reward.amount - 1_000n]]);
    await chain.call("devchain_mine", 98);
    expect(await refused(raw)).toBe(
      "-26: bad-txns-premature-spend-of-coinbase, tried to spend coinbase at depth 99",
    );
    await chain.call("devchain_mine", 1);
    await send(raw);
  });

  test("lock times that have not come: absolute (nLockTime) and relative (BIP 68)", async () => {
    const height = await chain.call<number>("getblockcount");
    const locked = (lockTime: number, sequence = 0xfffffffe): string =>
      spend(alice, [coin], [[bob.address, 99_990_000n]], { lockTime, sequence });
    expect(await refused(locked(height + 1))).toBe("-26: non-final");
    expect(await refused(locked(1_900_000_000))).toBe("-26: non-final");
    for (const good of [locked(height), locked(1_600_000_000), locked(height + 1, 0xffffffff)])
      expect(await chain.call("testmempoolaccept", [good])).toMatchObject([{ allowed: true }]);

    const fresh = await confirmedCoin(chain, alice, "0.3");
    const aged = (sequence: number): string =>
      spend(alice, [fresh], [[bob.address, 29_990_000n]], { sequence });
    expect(await refused(aged(2))).toBe("-26: non-BIP68-final");
    expect(await refused(aged(0x400000 + 100))).toBe("-26: non-BIP68-final");
    expect(await chain.call("testmempoolaccept", [aged(1)])).toMatchObject([{ allowed: true }]);
  });

  test("odd scripts and versions, and spending what this chain doesn't run", async () => {
    const to = (script: string, version = 2): string =>
      spend(alice, [coin], [[hex.decode(script), 99_000_000n]], { version });
    expect(await refused(to("51"))).toBe("-26: scriptpubkey");
    expect(await refused(to(hex.encode(bob.script), 3))).toBe("-26: version");
    const txid = await send(to(`0020${"55".repeat(32)}`));
    const raw = spend(alice, [{ txid, index: 0, amount: 99_000_000n }], [[bob.address, 98_000_000n]]);
    expect(await refused(raw)).toBe(
      "-26: bad-txns-nonstandard-inputs, the development chain spends P2PKH, P2SH-P2WPKH, P2WPKH and P2TR by its key, not scripts of type witness_v0_scripthash",
    );
  });

  test("chains of more than 25 unconfirmed transactions", async () => {
    let last = await confirmedCoin(chain, alice, "0.01");
    for (let i = 0; i < 25; i++) {
      const raw = spend(alice, [last], [[alice.address, last.amount - 200n]], { sequence: 0xffffffff });
      await send(raw);
      last = change(raw, 0, last.amount - 200n);
    }
    expect(await refused(spend(alice, [last], [[alice.address, last.amount - 200n]]))).toBe(
      "-26: too-long-mempool-chain, too many unconfirmed ancestors [limit: 25]",
    );
  });
});

describe("a replacement (BIP 125, without the opt-in)", () => {
  test("needs a higher feerate and pays for itself; it takes the place of the old one and its children", async () => {
    const coin = await confirmedCoin(chain, alice, "1");
    const paying = (fee: bigint): string =>
      spend(alice, [coin], [[alice.address, coin.amount - fee]], { sequence: 0xffffffff });
    const first = paying(1_000n);
    await send(first);
    const child = spend(
      alice,
      [change(first, 0, coin.amount - 1_000n)],
      [[bob.address, coin.amount - 2_000n]],
    );
    await send(child);

    const toBob = (fee: bigint): string => spend(alice, [coin], [[bob.address, coin.amount - fee]]);
    const id = (fee: bigint): string => txidOf(toBob(fee));
    expect(await refused(toBob(1_000n))).toBe(
      `-26: insufficient fee, rejecting replacement ${id(1_000n)}; new feerate 0.00009090 BTC/kvB <= old feerate 0.00009090 BTC/kvB`,
    );
    expect(await refused(toBob(1_999n))).toBe(
      `-26: insufficient fee, rejecting replacement ${id(1_999n)}, less fees than conflicting txs; 0.00001999 < 0.00002000`,
    );
    expect(await refused(toBob(2_109n))).toBe(
      `-26: insufficient fee, rejecting replacement ${id(2_109n)}, not enough additional fees to relay; 0.00000109 < 0.00000110`,
    );
    expect(await mempool()).toEqual(expect.arrayContaining([txidOf(first), txidOf(child)]));

    expect(await send(toBob(2_110n))).toBe(id(2_110n));
    const now = await mempool();
    expect(now).toContain(id(2_110n));
    expect(now).not.toContain(txidOf(first));
    expect(now).not.toContain(txidOf(child));
    expect(await chain.call("gettxout", txidOf(child), 0)).toBeNull();
    expect(await refused(child)).toBe("-25: bad-txns-inputs-missingorspent");
  });

  test("must not stand on what it replaces, nor on other unconfirmed coins", async () => {
    const coin = await confirmedCoin(chain, alice, "1");
    const fresh = await fundedCoin(chain, alice, "1");
    const first = spend(alice, [coin], [[alice.address, coin.amount - 500n]]);
    await send(first);
    const own = change(first, 0, coin.amount - 500n);
    expect(await refused(spend(alice, [coin, own], [[bob.address, 199_900_000n]]))).toContain(
      "-26: bad-txns-spends-conflicting-tx",
    );
    expect(await refused(spend(alice, [coin, fresh], [[bob.address, 199_900_000n]]))).toBe(
      "-26: replacement-adds-unconfirmed",
    );
  });
});

describe("a restart", () => {
  test("brings back chain, coins and mempool", async () => {
    const parent = await fundedCoin(chain, alice, "0.7");
    const raw = spend(alice, [parent], [[bob.address, 69_990_000n]]);
    await send(raw);
    const before = {
      tip: await chain.call("getbestblockhash"),
      mempool: await mempool(),
      utxo: new Map(chain.running.chain.chain.utxo),
    };
    expect(before.mempool).toContain(txidOf(raw));
    await chain.restart();
    expect(await chain.call("getbestblockhash")).toBe(before.tip);
    expect(await mempool()).toEqual(before.mempool);
    expect(chain.running.chain.chain.utxo).toEqual(before.utxo);
  });

  test("after a block was cut off while being written stands at the block before, with its payments waiting", async () => {
    await chain.call("devchain_mine", 1);
    const before = await chain.call("getbestblockhash");
    const coin = await fundedCoin(chain, alice, "0.8");
    const waiting = readFileSync(join(chain.folder, "mempool.log"));
    await chain.call("devchain_mine", 1);
    const path = join(chain.folder, "chain.log");
    truncateSync(path, readFileSync(path).length - 3);
    appendFileSync(join(chain.folder, "mempool.log"), waiting);
    await chain.restart();
    expect(await chain.call("getbestblockhash")).toBe(before);
    expect(await mempool()).toEqual([coin.txid]);
    await chain.call("devchain_mine", 1);
    await chain.restart();
    expect(await chain.call("gettxout", coin.txid, coin.index)).toMatchObject({ confirmations: 1 });
  });

  test("what was written is whole at every moment, without closing", async () => {
    const coin = await fundedCoin(chain, alice, "0.9");
    const { log, records } = openLog(join(chain.folder, "mempool.log"));
    log.close();
    expect(records.map((raw) => txidOf(hex.encode(raw)))).toContain(coin.txid);
  });
});

describe("a reorganisation", () => {
  test("of depth 3 gives the payments back, takes back the new coins, and is kept on disk", async () => {
    await chain.call("devchain_mine", 1);
    const fork = await chain.call("getbestblockhash");
    const utxoAtFork = new Map(chain.running.chain.chain.utxo);
    const [coin, later] = [await confirmedCoin(chain, alice, "2"), await confirmedCoin(chain, alice, "3")];
    const raw = spend(alice, [coin, later], [[bob.address, 499_000_000n]]);
    await send(raw);
    const [oldTip] = await chain.call<string[]>("devchain_mine", 1);
    const first = await chain.call("getblockhash", (await chain.call<number>("getblockcount")) - 2);

    await chain.call("invalidateblock", first);
    expect(await chain.call("getbestblockhash")).toBe(fork);
    expect(chain.running.chain.chain.utxo).toEqual(utxoAtFork);
    expect(await mempool()).toEqual([coin.txid, later.txid, txidOf(raw)]);
    expect(await chain.call("getblockheader", oldTip)).toMatchObject({ confirmations: -1 });

    const mined = await chain.call<string[]>("devchain_mine", 4);
    expect(mined).not.toContain(first);
    expect(await mempool()).toEqual([]);
    expect(await chain.call("gettxout", txidOf(raw), 0)).toMatchObject({ confirmations: 4 });
    await chain.restart();
    expect(await chain.call("getbestblockhash")).toBe(mined[3]);
  });

  test("drops what became impossible, and the marked branch can come back", async () => {
    const [block] = await chain.call<string[]>("generatetoaddress", 1, alice.address);
    const { tx } = await chain.call<{ tx: string[] }>("getblock", block);
    await chain.call("devchain_mine", 99);
    const { value } = await chain.call<{ value: number }>("gettxout", tx[0], 0);
    const reward = { txid: tx[0]!, index: 0, amount: BigInt(Math.round(value * 1e8)) };
    const raw = spend(alice, [reward], [[bob.address, reward.amount - 1_000n]]);
    await send(raw);
    await send(
      spend(bob, [change(raw, 0, reward.amount - 1_000n)], [[alice.address, reward.amount - 3_000n]]),
    );

    const old = await chain.call("getbestblockhash");
    await chain.call("invalidateblock", old);
    expect(await mempool()).toEqual([]);
    const [other] = await chain.call<string[]>("devchain_mine", 1);
    await chain.call("reconsiderblock", old);
    expect(await chain.call("getbestblockhash")).toBe(old);
    await chain.call("invalidateblock", old);
    expect(await chain.call("getbestblockhash")).toBe(other);
  });
});

test("no satoshi was ever made beyond the subsidy", () => {
  const { active, utxo } = chain.running.chain.chain;
  const issued = active
    .slice(1)
    .reduce((sum, node) => sum + ((50n * 100_000_000n) >> BigInt(Math.floor(node.height / 150))), 0n);
  expect(unspentSum(utxo)).toBe(issued);
});
