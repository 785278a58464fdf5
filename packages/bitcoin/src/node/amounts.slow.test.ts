import { expect, test } from "vitest";
import { outpointSet } from "../chain/outpoint-set.ts";
import { blocksBetween } from "../chain/rescan.ts";
import { scanBlock } from "../chain/scan.ts";
import { openScriptSet } from "../chain/script-set.ts";
import { confirmedCoin, PASSWORD, spend, testChain, testKey, txidOf, USER } from "../devchain/testing.ts";
import { connectNode } from "./rpc.ts";
import { randomAmount, readAmounts } from "./testing.ts";

const AMOUNTS = 10_000;
const TRANSACTIONS = 5;

test("10,000 random amounts into a chain and out again, by RPC and by scanning: exact to the satoshi", async () => {
  const chain = await testChain();
  const node = connectNode({ url: chain.running.url, user: USER, password: PASSWORD });
  try {
    const [from, to] = [testKey("p2wpkh", "from"), testKey("p2wpkh", "to")];
    const amounts: number[] = [];
    const txids: string[] = [];
    for (let i = 0; i < TRANSACTIONS; i++) {
      const coin = await confirmedCoin(chain, from, "50");
      // Above the dust limit of 294, and together less than the coin.
      const some = Array.from({ length: AMOUNTS / TRANSACTIONS }, () => 294 + randomAmount(2_400_000));
      const raw = spend(
        from,
        [coin],
        [
          ...some.map((value) => [to.script, BigInt(value)] as const),
          [from.script, coin.amount - BigInt(some.reduce((sum, value) => sum + value)) - 1_000_000n],
        ],
      );
      amounts.push(...some);
      txids.push(txidOf(raw));
      expect(await node.sendRawTransaction(Buffer.from(raw, "hex"))).toMatchObject({ accepted: true });
    }
    await chain.call("devchain_mine", 1);
    const scripts = openScriptSet();
    scripts.add(to.script, to.address);
    const watch = { scripts, outpoints: outpointSet([]) };
    const scanned = new Map<string, number>();
    for await (const { raw } of blocksBetween(node, 1, (await node.chainInfo()).height))
      for (const { txid, vout, value } of scanBlock(raw, watch).receipts)
        scanned.set(`${txid}:${vout}`, value);
    const perTransaction = AMOUNTS / TRANSACTIONS;
    expect(
      txids.flatMap((txid) => Array.from({ length: perTransaction }, (_, i) => scanned.get(`${txid}:${i}`))),
    ).toEqual(amounts);
    expect(await readAmounts(node, txids, perTransaction)).toEqual(amounts);
  } finally {
    node.close();
    await chain.remove();
  }
});
