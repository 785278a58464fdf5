import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  confirmedCoin,
  spend,
  type TestChain,
  type TestCoin,
  testChain,
  testKey,
  txidOf,
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
const change = (raw: string, index: number, amount: bigint): TestCoin => ({
  txid: txidOf(raw),
  index,
  amount,
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
