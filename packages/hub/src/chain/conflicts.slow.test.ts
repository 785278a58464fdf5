import { scanBlock } from "@coinholder/bitcoin";
import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { isRefused } from "@coinholder/engine";
import type { Sats } from "@coinholder/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Bench, type Holder, openBench } from "./testing.ts";

const IDENTITY = "aa".repeat(32);
const PAID = 100_000;

let node: TestNode;
let bench: Bench;
let payee: Holder;
let address: string;
type Payment = Awaited<ReturnType<TestNode["pay"]>>;
let pays: Payment;
/** The same coins to somebody else. */
let rival: Payment;

beforeAll(async () => {
  node = await startDevchainNode();
}, 120_000);
afterAll(() => node?.stop());
beforeEach(async () => {
  bench = await openBench(node);
  await bench.look();
  payee = bench.holder();
  address = bench.address(payee);
  pays = await node.pay([[address, PAID]]);
  rival = await node.pay([["bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", 1000]], {
    coins: pays.coins,
    feeRate: 50,
  });
});
afterEach(async () => {
  await bench.end();
  await node.mine();
});

const run = (command: Parameters<Bench["hub"]["sequencer"]["run"]>[0]): void => {
  const outcome = bench.hub.sequencer.run(command);
  if (isRefused(outcome)) throw new Error(JSON.stringify(outcome));
};
/** As `attach-identity-to-transfer` does when all was looked at. */
const attach = (): void => {
  const { txid } = pays;
  run({
    kind: "attach-identity",
    identity: IDENTITY,
    url: "https://x.example/identity.js",
    txid,
    inputs: pays.coins.map((coin) => `${coin.txid}:${coin.vout}`),
    receipts: [{ txid, vout: 0, value: PAID as Sats, address }],
    credit: true,
  });
};
const conflict = () => bench.hub.sequencer.state.lines.transfers.get(pays.txid)!.conflict;
const seq = (): number => bench.journal.lastSeq;

test("a rival in the mempool is told once, and a block that has it once more", async () => {
  await node.send(pays.raw);
  await bench.look();
  attach();
  await bench.look();
  expect(conflict()).toBeUndefined();
  await node.send(rival.raw);
  await bench.look();
  expect(conflict()).toEqual({ rival: rival.txid, height: 0 });
  const before = seq();
  await bench.look();
  expect(seq()).toBe(before);
  await node.mineWith([rival.raw]);
  await bench.look();
  expect(conflict()).toEqual({ rival: rival.txid, height: await node.height() });
  // The block, and the conflict: what it spends is no coin of the hub's.
  expect(seq()).toBeLessThanOrEqual(before + 3);
  bench.check();
});

test("a rival that was passed over before anybody stood behind the transfer is found when all is looked at again", async () => {
  await node.send(rival.raw);
  await bench.look();
  attach();
  await bench.look();
  expect(conflict()).toBeUndefined();
  bench.hub.chain.lookAfresh = true;
  await bench.look();
  expect(conflict()).toEqual({ rival: rival.txid, height: 0 });
});

test("when the transfer leaves the mempool, what took its place is found although it was seen before", async () => {
  // Seen when nobody stood behind anything, and no business of the hub's.
  await node.send(rival.raw);
  await bench.look();
  await node.restart();
  await node.send(pays.raw);
  await bench.look();
  attach();
  await bench.look();
  await node.restart();
  await node.send(rival.raw);
  while (await bench.look());
  expect(conflict()).toEqual({ rival: rival.txid, height: 0 });
});

test("ended between a block and what it has in conflict: told at the next start", async () => {
  attach();
  await node.mineWith([rival.raw]);
  const height = await node.height();
  const hash = await node.rpc<string>("getblockhash", height);
  const raw = Buffer.from(await node.rpc<string>("getblock", hash, 0), "hex");
  const { prevHash } = scanBlock(raw, bench.chainWatch.watch());
  run({ kind: "chain-block", height, hash, prev: prevHash, receipts: [], spends: [] });
  expect(conflict()).toBeUndefined();
  bench = await bench.reopen();
  await bench.look();
  expect(conflict()).toEqual({ rival: rival.txid, height });
  const before = seq();
  bench = await bench.reopen();
  await bench.look();
  expect(seq()).toBe(before);
});

test("a reorganisation takes the rival's block away, and another brings it back", async () => {
  attach();
  await node.mineWith([rival.raw]);
  await bench.look();
  const { undone } = await node.reorganise({ depth: 1, blocks: [[], []] });
  expect(undone).toHaveLength(1);
  await bench.look();
  expect(conflict()).toEqual({ rival: rival.txid, height: 0 });
  await node.mineWith([rival.raw]);
  await bench.look();
  expect(conflict()).toEqual({ rival: rival.txid, height: await node.height() });
  bench.check();
});
