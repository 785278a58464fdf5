import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { lookAtMempool } from "./follower.ts";
import { outsideAddress as elsewhere } from "./suite/outside.ts";
import { type Bench, openBench } from "./testing.ts";

let node: TestNode;
let bench: Bench;
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

const notAllowed = { code: -32601, message: "limited user not authorized for this method" };

test("a hub that began at a tip which is taken back follows the other branch: it is not stuck for ever", async () => {
  bench = await openBench(node);
  await node.mine(3);
  await bench.look();
  await node.reorganise({ depth: 3, blocks: [[], [], [], []] });
  await bench.look();
  expect(bench.hub.sequencer.state.chain.recent.at(-1)!.height).toBe(await node.height());
});

test("a node that does not tell this user how many peers it has is followed all the same", async () => {
  bench = await openBench(node);
  const refused = node.line.answerWith("getconnectioncount", notAllowed);
  const holder = bench.holder();
  await bench.look();
  await refused;
  expect(bench.hub.chain.peers).toBe(0);
  await node.fund(bench.address(holder), 10_000);
  await node.mine();
  await bench.look();
  expect(bench.available(holder)).toBe(10_000);
});

test("nothing is taken over from a node on another network", async () => {
  bench = await openBench(node);
  const hub = { ...bench.hub, wallet: { ...bench.hub.wallet, network: "signet" as const } };
  const { makeLook } = await import("./follower.ts");
  const { pino } = await import("pino");
  const look = makeLook(hub, bench.chainWatch, pino({ level: "silent" }));
  await expect(look()).rejects.toMatchObject({ code: "wrong_network" });
  expect(bench.hub.sequencer.state.chain.recent).toEqual([]);
});

test("money that comes to used change addresses is neither asked for at each look nor counted twice", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(500_000);
  bench.withdraw(holder, elsewhere(), 100_000);
  await bench.look();
  const [payout] = bench.open();
  const { address } = payout!.versions[0]!.change[0]!;
  await node.mine();
  await node.fund(address, 7_000);
  await bench.look();
  const asked = node.line.answered("getrawtransaction");
  for (let looks = 0; looks < 3; looks++) await bench.look();
  expect(node.line.answered("getrawtransaction")).toBe(asked);
  await node.mine();
  await bench.look();
  await bench.look();
});

test("a spending of our coins that the hub did not make is fetched once, and a look at the mempool ends", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(500_000);
  bench.withdraw(holder, elsewhere(), 100_000);
  await bench.look();
  const [payout] = bench.open();
  const memory = { notOurs: new Set<string>(), nothingNew: new Set<string>() };
  // As a journal that does not know the payout sees it.
  const { chain } = bench.hub.sequencer.state;
  const { open } = chain.index;
  open.delete(payout!.number);
  const before = node.line.answered("getrawtransaction");
  for (let looks = 0; looks < 3; looks++) await lookAtMempool(bench.hub, bench.chainWatch, memory);
  open.add(payout!.number);
  expect(node.line.answered("getrawtransaction")).toBe(before + 1);
  expect([...memory.nothingNew]).toEqual([payout!.versions[0]!.txid]);
});

test("what a depositor replaces or the mempool drops is forgotten within one look, and asked for again when it comes back", async () => {
  bench = await openBench(node);
  const holder = bench.holder();
  await bench.look();
  const to = bench.address(holder);
  const first = await node.fund(to, 50_000);
  await bench.look();
  expect([...bench.hub.sequencer.state.chain.uncredited]).toEqual([`${first.txid}:0`]);
  const second = await node.pay([[elsewhere(), 1000]], { coins: first.coins, feeRate: 9 });
  await node.send(second.raw);
  await bench.look();
  expect([...bench.hub.sequencer.state.chain.uncredited]).toEqual([]);
  await node.mineWith([first.raw]);
  await bench.look();
  expect(bench.available(holder)).toBe(50_000);
});

test("an address that is paid before this journal gave it out is given to nobody: whose it was, a backup does not know", async () => {
  bench = await openBench(node);
  await bench.look();
  const { wallet, sequencer } = bench.hub;
  await node.fund(wallet.address("receive", 7).address, 20_000);
  await bench.look();
  expect(sequencer.state.chain.nextReceive).toBe(8);
  expect(sequencer.state.chain.addresses.get(bench.address(bench.holder()))?.index).toBe(8);
});

test("a stop does not wait for a node that hangs", async () => {
  bench = await openBench(node);
  await bench.look();
  const { hub } = bench;
  const lost = node.line.loseAnswer("getblockchaininfo");
  const look = bench.look();
  hub.node.close();
  await expect(look).rejects.toMatchObject({ code: "node_unreachable" });
  await expect(bench.look()).rejects.toMatchObject({ code: "node_unreachable" });
  void lost;
});
