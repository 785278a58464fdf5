import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callNode } from "./call.ts";
import { hasBitcoind, startBitcoindNode, startBtcdNode, startDevchainNode, type TestNode } from "./index.ts";

const ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

const NODES = [
  ["devchain", startDevchainNode],
  ["btcd", startBtcdNode],
  ...(hasBitcoind() ? [["bitcoind", startBitcoindNode] as const] : []),
] as const;

describe.each(NODES)("a test's own %s", { timeout: 120_000 }, (_, start) => {
  let node: TestNode;
  beforeAll(async () => {
    node = await start();
  });
  afterAll(() => node?.stop());

  const depth = async (txid: string, vout = 0): Promise<number | undefined> =>
    (await node.rpc<{ confirmations: number } | null>("gettxout", txid, vout, false))?.confirmations;

  test("mines what it was paid, and a payment that was replaced is not in its mempool", async () => {
    const first = await node.fund(ADDRESS, 100_000);
    expect(await node.mempool()).toEqual([first.txid]);
    const second = await node.pay([[ADDRESS, 90_000]], { coins: first.coins, feeRate: 5 });
    await node.send(second.raw);
    expect(await node.mempool()).toEqual([second.txid]);
    const height = await node.height();
    await node.mine(3);
    expect(await node.height()).toBe(height + 3);
    expect([await depth(first.txid), await depth(second.txid)]).toEqual([undefined, 3]);
    const unspent = await node.unspentOf([ADDRESS], height);
    expect([...unspent]).toEqual([[`${second.txid}:0`, 90_000]]);
  });

  test("a block has just the transactions that it was given, whatever the mempool holds", async () => {
    const waiting = await node.fund(ADDRESS, 10_000);
    const parent = await node.pay([[ADDRESS, 20_000]]);
    const child = await node.pay([[ADDRESS, 30_000]], { coins: [parent.change] });
    await node.mineWith([child.raw, parent.raw]);
    expect([await depth(parent.txid), await depth(child.txid)]).toEqual([1, 1]);
    expect(await node.mempool()).toEqual([waiting.txid]);
    await node.mine();
  });

  test("a longer branch takes the place of the newest blocks, with a double spend in it", async () => {
    const paid = await node.pay([[ADDRESS, 100_000]]);
    const kept = await node.pay([[ADDRESS, 50_000]]);
    await node.mineWith([paid.raw, kept.raw]);
    const [tip] = await node.mine(2);
    const stolen = await node.pay([[ADDRESS, 1_000]], { coins: paid.coins });
    const { undone, mined } = await node.reorganise({ depth: 3, blocks: [[], [stolen.raw], [], []] });
    expect([undone.length, undone[1], mined.length]).toEqual([3, tip, 4]);
    expect([await depth(paid.txid), await depth(stolen.txid), await depth(kept.txid)]).toEqual([
      undefined,
      3,
      undefined,
    ]);
    expect(await node.mempool()).toEqual([kept.txid]);
    await node.mine();
    expect(await depth(kept.txid)).toBe(1);
  });

  test("killed and started it has its blocks again and an empty mempool, and so after a stop", async () => {
    const [tip] = await node.mine();
    await node.fund(ADDRESS, 10_000);
    await node.kill();
    await node.restart();
    expect(await node.rpc("getbestblockhash")).toBe(tip);
    expect(await node.mempool()).toEqual([]);
    await node.fund(ADDRESS, 10_000);
    await node.restart();
    expect(await node.rpc("getbestblockhash")).toBe(tip);
    expect(await node.mempool()).toEqual([]);
  });

  test("it can come back with older blocks and catch up", async () => {
    const [tip] = await node.mine(4);
    const height = await node.height();
    await node.restart({ upTo: height - 2 });
    expect(await node.height()).toBe(height - 2);
    await node.catchUp();
    expect(await node.height()).toBe(height);
    expect(await node.rpc("getblockhash", height - 3)).toBe(tip);
  });

  describe("over its line", () => {
    const over = <T>(method: string, ...params: unknown[]): Promise<T> =>
      callNode<T>(node.url, `${node.user}:${node.password}`, method, params);

    test("calls pass, and none does when it is cut", async () => {
      expect(await over("getblockcount")).toBe(await node.height());
      node.line.cut();
      await expect(over("getblockcount")).rejects.toThrow("fetch failed");
      node.line.mend();
      expect(await over("getblockcount")).toBe(await node.height());
    });

    test("an answer can be lost or be another one although the node has acted", async () => {
      const payments = [await node.pay([[ADDRESS, 10_000]]), await node.pay([[ADDRESS, 10_000]])] as const;
      const lost = node.line.loseAnswer("sendrawtransaction");
      await expect(over("sendrawtransaction", payments[0].raw)).rejects.toThrow("fetch failed");
      await lost;
      const error = { code: -26, message: "min relay fee not met" };
      const lied = node.line.answerWith("sendrawtransaction", error);
      await expect(over("sendrawtransaction", payments[1].raw)).rejects.toMatchObject({ code: -26 });
      await lied;
      expect((await node.mempool()).sort()).toEqual(payments.map(({ txid }) => txid).sort());
    });

    test("it is cut after as many answers as was said", async () => {
      const cut = node.line.cutAfter("getblockhash", 2);
      await over("getblockhash", 1);
      await over("getblockcount");
      await over("getblockhash", 2);
      await cut;
      await expect(over("getblockhash", 3)).rejects.toThrow("fetch failed");
      node.line.mend();
    });
  });
});
