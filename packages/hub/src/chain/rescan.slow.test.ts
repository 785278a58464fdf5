import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { newPhrase } from "@coinholder/bitcoin";
import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { availableOf, BTC, HUB } from "@coinholder/engine";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { rescan } from "./rescan.ts";
import { outsideAddress as elsewhere } from "./suite/outside.ts";
import { type Bench, newBenchData, openBench } from "./testing.ts";

// A rescan derives thousands of addresses.
vi.setConfig({ testTimeout: 120_000 });

let node: TestNode;
let bench: Bench;
const log = pino({ level: "silent" });
beforeAll(async () => {
  node = await startDevchainNode();
});
afterAll(() => node?.stop());
afterEach(async () => {
  node.line.mend();
  bench.check();
  await bench.end();
  await node.mine();
});

const coins = (): number[] =>
  [...bench.hub.sequencer.state.chain.coins.values()]
    .filter(({ height, spentAt }) => height > 0 && spentAt === 0)
    .map(({ value }) => value)
    .sort((a, b) => a - b);
const rescanFrom = (from: number): Promise<void> =>
  rescan(bench.hub, bench.chainWatch, bench.journal, from, log);
const hubs = (): number => availableOf(bench.hub.sequencer.state.ledger, HUB, BTC);

test("restored from the phrase alone: all coins of both kinds and branches, far beyond gaps, and none given out again", async () => {
  const phrase = newPhrase();
  const from = (await node.height()) + 1;
  bench = await openBench(node, { phrase });
  const { wallet } = bench.hub;
  const holder = await bench.funded(1_000_000);
  bench.withdraw(holder, elsewhere(), 300_000);
  await bench.look();
  await node.mine();
  await bench.look();
  // The second is found only once the first was, and comes before it.
  await node.mineWith([(await node.pay([[wallet.address("receive", 1700, "p2tr").address, 30_000]])).raw]);
  await node.mineWith([(await node.pay([[wallet.address("receive", 900).address, 20_000]])).raw]);
  await node.mineWith([(await node.pay([[wallet.address("change", 800, "p2tr").address, 10_000]])).raw]);
  const [change] = coins();
  await bench.end();

  bench = await openBench(node, { phrase });
  await rescanFrom(from);
  expect(coins()).toEqual([10_000, 20_000, 30_000, change!].sort((a, b) => a - b));
  const { nextReceive, nextChange } = bench.hub.sequencer.state.chain;
  expect([nextReceive, nextChange]).toEqual([1701, 801]);
  expect(hubs()).toBe(60_000 + change!);
});

test("an older copy of the data folder: what came since is found, its addresses are not given out again, and twice changes nothing", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(100_000);
  const from = await node.height();
  await bench.hub.sequencer.durable();
  const copy = newBenchData();
  mkdirSync(copy, { recursive: true });
  cpSync(bench.data, copy, { recursive: true });

  const late = bench.holder();
  const addresses = Array.from({ length: 30 }, () => bench.address(late));
  await node.mineWith([(await node.pay([[addresses[29]!, 50_000]])).raw]);
  await bench.look();
  await node.mineWith([(await node.pay([[addresses[2]!, 60_000]])).raw]);
  await bench.look();
  for (const file of ["signer.log", "signer.log.head"]) cpSync(join(bench.data, file), join(copy, file));

  bench = await bench.reopen(copy);
  await rescanFrom(from);
  expect([coins(), hubs(), bench.available(holder)]).toEqual([[50_000, 60_000, 100_000], 110_000, 100_000]);
  expect(addresses).not.toContain(bench.address(bench.holder()));
  const { lastSeq } = bench.journal;
  await rescanFrom(from);
  expect([coins(), hubs(), bench.journal.lastSeq]).toEqual([[50_000, 60_000, 100_000], 110_000, lastSeq]);
});

test("blocks that were undone and came again at another height are neither counted twice nor missed", async () => {
  bench = await openBench(node);
  const from = await node.height();
  const holder = bench.holder();
  await bench.look();
  const [kept, moved] = [bench.address(holder), bench.address(holder)];
  const first = await node.pay([[kept, 10_000]]);
  const second = await node.pay([[moved, 20_000]]);
  await node.mineWith([first.raw]);
  await node.mineWith([second.raw]);
  await bench.look();
  await node.reorganise({ depth: 2, blocks: [[first.raw], [], [second.raw]] });
  await bench.look();
  expect([bench.available(holder), coins()]).toEqual([30_000, [10_000, 20_000]]);
  const { lastSeq } = bench.journal;
  await rescanFrom(from);
  expect([bench.available(holder), coins(), bench.journal.lastSeq]).toEqual([
    30_000,
    [10_000, 20_000],
    lastSeq,
  ]);
});

test("a rescan without its node fails with what is the matter; one whose node goes away for a moment goes on", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(100_000);
  node.line.cut();
  await expect(rescanFrom(1)).rejects.toMatchObject({ code: "node_unreachable" });
  node.line.mend();
  const cut = node.line.cutAfter("getblock", 20);
  const running = rescanFrom(1);
  await cut;
  node.line.mend();
  await running;
  expect([bench.available(holder), coins()]).toEqual([100_000, [100_000]]);
});
