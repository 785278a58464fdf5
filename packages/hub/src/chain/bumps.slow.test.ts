import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import type { Payout } from "@coinholder/engine";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { outsideAddress as elsewhere } from "./suite/outside.ts";
import { type Bench, type BenchOptions, openBench } from "./testing.ts";

let node: TestNode;
let bench: Bench;
beforeAll(async () => {
  node = await startDevchainNode();
});
afterAll(() => node?.stop());
afterEach(async () => {
  bench.check();
  await bench.end();
  await node.mine();
});

const begin = async (options: BenchOptions = {}, ...coins: number[]) => {
  bench = await openBench(node, options);
  const holder = await bench.funded(...(coins.length > 0 ? coins : [1_000_000]));
  return { holder, to: elsewhere() };
};
const emptyBlock = async (): Promise<void> => {
  await node.mineWith([]);
  await bench.look();
};
const newest = ({ versions }: Payout) => versions.at(-1)!;
const only = (): Payout => {
  const [payout, ...others] = bench.open();
  expect(others).toEqual([]);
  return payout!;
};
const rateOf = (payouts: readonly Payout[]): number => {
  const sum = (of: (payout: Payout) => number): number => payouts.reduce((all, one) => all + of(one), 0);
  return sum((one) => newest(one).fee) / sum((one) => newest(one).vsize);
};

describe("a payment that blocks leave out", () => {
  test("is replaced when the going rate rises, spends all it spent before, and takes its change address again", async () => {
    const { holder, to } = await begin({}, 400_000, 300_000, 300_000);
    bench.withdraw(holder, to, 500_000);
    await bench.look();
    const [first] = only().versions;
    bench.hub.chain.feeRate = 20;
    await emptyBlock();
    const { versions, withdrawals } = only();
    expect([versions.length, withdrawals.length]).toEqual([2, 1]);
    const second = versions[1]!;
    expect(second.inputs).toEqual(expect.arrayContaining([...first!.inputs]));
    expect(second.change.map(({ address }) => address)).toEqual(first!.change.map(({ address }) => address));
    expect(second.fee / second.vsize).toBeGreaterThanOrEqual(20);
    expect(await node.mempool()).toEqual([second.txid]);
  });

  test("is replaced at the same going rate after twice the time, and by the fee that the relay of both asks", async () => {
    const { holder, to } = await begin({ bumpAfterBlocks: 2 });
    bench.withdraw(holder, to, 100_000);
    await bench.look();
    for (let blocks = 0; blocks < 3; blocks++) await emptyBlock();
    expect(only().versions).toHaveLength(1);
    await emptyBlock();
    const [first, second] = only().versions;
    expect(second!.fee).toBeGreaterThanOrEqual(first!.fee + second!.vsize);
    expect(await node.mempool()).toEqual([second!.txid]);
  });

  test("is raised too when the node finds it too cheap to take: it is not stuck for ever", async () => {
    const { holder, to } = await begin();
    bench.withdraw(holder, to, 100_000);
    void node.line.answerWith("sendrawtransaction", { code: -26, message: "mempool min fee not met" });
    await node.line.answered("sendrawtransaction");
    await bench.look();
    const [first] = only().versions;
    // The node of the test took it in truth, so that it must go for the case to be told.
    await node.restart();
    expect([only().broadcast, await node.mempool()]).toEqual([false, []]);
    bench.hub.chain.feeRate = 30;
    await emptyBlock();
    const second = newest(only());
    expect(second.txid).not.toBe(first!.txid);
    expect([only().broadcast, await node.mempool()]).toEqual([true, [second.txid]]);
  });

  test("costs no more than its cap, whatever the going rate", async () => {
    const fees = { capPercent: 1, capLeast: 1000 as never };
    const { holder, to } = await begin({ fees });
    bench.withdraw(holder, to, 100_000);
    await bench.look();
    bench.hub.chain.feeRate = 400;
    for (let blocks = 0; blocks < 12; blocks++) await emptyBlock();
    expect(newest(only()).fee).toBeLessThanOrEqual(1000);
  });

  test("is paid once when an older version confirms, and the others' coins are free again", async () => {
    const { holder, to } = await begin({}, 200_000, 900_000);
    bench.withdraw(holder, to, 150_000);
    await bench.look();
    const [first] = only().versions;
    bench.hub.chain.feeRate = 100;
    await emptyBlock();
    expect(only().versions).toHaveLength(2);
    await node.mineWith([first!.raw]);
    for (let looks = 0; looks < 3; looks++) await bench.look();
    expect(bench.open()).toEqual([]);
    expect(await node.mempool()).toEqual([]);
    expect([...(await node.unspentOf([to], 0)).values()]).toEqual([150_000]);
    bench.withdraw(holder, elsewhere(), 800_000);
    await bench.look();
    expect(await node.mempool()).toEqual([newest(only()).txid]);
  });

  test("pulls the cheap ones that it is built upon into the block, too", async () => {
    const { holder, to } = await begin({ wallet: { readyCoins: 1 } });
    for (let count = 0; count < 3; count++) {
      bench.withdraw(holder, to, 100_000 + count);
      await bench.look();
    }
    expect(bench.open()).toHaveLength(3);
    bench.hub.chain.feeRate = 25;
    await emptyBlock();
    const payouts = bench.open();
    expect(payouts.map(({ versions }) => versions.length)).toEqual([1, 1, 2]);
    expect(rateOf(payouts)).toBeGreaterThanOrEqual(25);
    expect((await node.mempool()).toSorted()).toEqual(payouts.map((one) => newest(one).txid).toSorted());
  });
});

describe("a payment that carries the hub's identity", () => {
  test("is never replaced: a child raises its fee, and the child's own rises with the going rate", async () => {
    const { holder, to } = await begin();
    bench.withdraw(holder, to, 300_000, { pledged: true });
    await bench.look();
    const pledged = only();
    bench.hub.chain.feeRate = 15;
    await emptyBlock();
    const [parent, child, ...others] = bench.open();
    expect([parent!.number, parent!.versions.length, child!.is, others]).toEqual([
      pledged.number,
      1,
      "child",
      [],
    ]);
    expect(rateOf([parent!, child!])).toBeGreaterThanOrEqual(15);
    expect(rateOf([parent!, child!])).toBeLessThan(17);
    bench.hub.chain.feeRate = 40;
    await emptyBlock();
    expect(bench.open().map(({ versions }) => versions.length)).toEqual([1, 2]);
    expect(rateOf(bench.open())).toBeGreaterThanOrEqual(40);
    expect(rateOf(bench.open())).toBeLessThan(44);
    expect(await node.mempool()).toHaveLength(2);
    await node.mine();
    await bench.look();
    expect(bench.open()).toEqual([]);
    expect([...(await node.unspentOf([to], 0)).values()]).toEqual([300_000]);
  });

  test("goes alone, before those that wait for company, and spends nothing that could still go away", async () => {
    const { holder, to } = await begin({}, 500_000, 400_000);
    const first = bench.withdraw(holder, elsewhere(), 450_000);
    await bench.look();
    const second = bench.withdraw(holder, elsewhere(), 1_000);
    const pledged = bench.withdraw(holder, to, 200_000, { pledged: true });
    await bench.look();
    const [, alone, last] = bench.open();
    expect(bench.open()[0]!.withdrawals).toEqual([first]);
    expect([alone!.withdrawals, alone!.pledged, last!.withdrawals]).toEqual([[pledged], true, [second]]);
    const { coins } = bench.hub.sequencer.state.chain;
    expect(newest(alone!).inputs.every((outpoint) => coins.get(outpoint)!.height > 0)).toBe(true);
  });

  test("its child costs no more than the cap of what it pays", async () => {
    const fees = { capPercent: 1, capLeast: 3000 as never };
    const { holder, to } = await begin({ fees });
    bench.withdraw(holder, to, 100_000, { pledged: true });
    await bench.look();
    bench.hub.chain.feeRate = 400;
    await emptyBlock();
    expect(bench.open()).toHaveLength(1);
    bench.hub.chain.feeRate = 8;
    await emptyBlock();
    expect(bench.open().map(({ is }) => is)).toEqual(["payment", "child"]);
  });
});
