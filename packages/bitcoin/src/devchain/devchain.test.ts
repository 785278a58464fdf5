import { hex } from "@scure/base";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeBlock, merkleRoot } from "./block.ts";
import { GENESIS_HASH } from "./genesis.ts";
import {
  confirmedCoin,
  fundedCoin,
  type Kind,
  spend,
  type TestChain,
  testChain,
  testKey,
} from "./testing.ts";

const alice = testKey("p2wpkh", "alice");
const bob = testKey("p2wpkh", "bob");
let chain: TestChain;
beforeAll(async () => {
  chain = await testChain();
});
afterAll(() => chain.remove());

const mempool = (): Promise<string[]> => chain.call<string[]>("getrawmempool");
const send = (raw: string): Promise<string> => chain.call("sendrawtransaction", raw);
const refused = (raw: string): Promise<string> => chain.refusal("sendrawtransaction", raw);

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
});
