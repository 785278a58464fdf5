import { appendFileSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { hex } from "@scure/base";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLog } from "./log.ts";
import { fundedCoin, spend, type TestChain, testChain, testKey, txidOf } from "./testing.ts";

const alice = testKey("p2wpkh", "alice");
const bob = testKey("p2wpkh", "bob");
let chain: TestChain;
beforeAll(async () => {
  chain = await testChain();
});
afterAll(() => chain.remove());

const mempool = (): Promise<string[]> => chain.call<string[]>("getrawmempool");
const send = (raw: string): Promise<string> => chain.call("sendrawtransaction", raw);

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
