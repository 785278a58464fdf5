import { cpSync } from "node:fs";
import { join } from "node:path";
import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { outsideAddress as elsewhere } from "./suite/outside.ts";
import { type Bench, newBenchData, openBench } from "./testing.ts";

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

/** A copy of the journal as it is now, to go back to; the signer's memory is taken along when it is opened. */
const backup = async (): Promise<string> => {
  await bench.hub.sequencer.durable();
  const copy = newBenchData();
  cpSync(bench.data, copy, { recursive: true });
  return copy;
};
/** The older journal with what the wallet has signed since. */
const goBack = async (copy: string): Promise<void> => {
  for (const file of ["signer.log", "signer.log.head"]) cpSync(join(bench.data, file), join(copy, file));
  bench = await bench.reopen(copy);
};
const txids = (): string[][] => bench.open().map(({ versions }) => versions.map(({ txid }) => txid));

test("what was signed and not journaled before a kill is taken up: the same bytes, one txid", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(1_000_000);
  const to = elsewhere();
  bench.withdraw(holder, to, 200_000);
  const copy = await backup();
  await bench.look();
  const before = txids();
  await goBack(copy);
  expect(txids()).toEqual(before);
  await bench.look();
  expect(await node.mempool()).toEqual(before.flat());
  await node.mine();
  await bench.look();
  expect([...(await node.unspentOf([to], 0)).values()]).toEqual([200_000]);
});

test("so is a replacement, and a child of what is never replaced", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(1_000_000, 900_000);
  bench.withdraw(holder, elsewhere(), 200_000);
  bench.withdraw(holder, elsewhere(), 300_000, { pledged: true });
  await bench.look();
  const copy = await backup();
  bench.hub.chain.feeRate = 30;
  await node.mineWith([]);
  await bench.look();
  const before = txids();
  expect(before.map(({ length }) => length).sort()).toEqual([1, 1, 2]);
  await goBack(copy);
  expect(txids()).toEqual(before);
});

test("what was signed for a withdrawal is not taken for another one of the same number: nobody's payment is another's", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(1_000_000);
  const copy = await backup();
  const number = bench.withdraw(holder, elsewhere(), 200_000);
  await bench.look();
  const signed = bench.data;
  bench = await bench.reopen(copy);
  expect(bench.withdraw(holder, elsewhere(), 200_000)).toBe(number);
  await bench.hub.sequencer.durable();
  for (const file of ["signer.log", "signer.log.head"]) cpSync(join(signed, file), join(copy, file));
  bench = await bench.reopen();
  expect(bench.open()).toEqual([]);
  await bench.look();
  expect([bench.open(), bench.hub.chain.waiting]).toEqual([[], "withdrawal_differs"]);
});

test("withdrawals after a restore get numbers that the wallet has not signed for: they do not wait for ever", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(400_000, 500_000);
  const copy = await backup();
  const number = bench.withdraw(holder, elsewhere(), 200_000);
  await bench.look();
  await goBack(copy);
  const next = bench.withdraw(holder, elsewhere(), 300_000);
  expect(next).toBeGreaterThan(number);
  await bench.look();
  expect(bench.open().map(({ withdrawals }) => withdrawals)).toEqual([[next]]);
});

test("what the chain has taken in since a backup is known again for the payout that it is: it is not paid twice", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(1_000_000);
  const to = elsewhere();
  const number = bench.withdraw(holder, to, 200_000);
  // Nothing that is free pays it now: the coin that does comes in a block that the backup does not know.
  const { chain } = bench.hub.sequencer.state;
  for (const coin of chain.coins.values()) expect(coin.height).toBeGreaterThan(0);
  const copy = await backup();
  await bench.look();
  const [[txid]] = txids() as [[string]];
  await node.mine();
  await bench.look();
  await goBack(copy);
  await bench.look();
  const { state } = bench.hub.sequencer;
  expect(state.chain.halt).toBeUndefined();
  expect(state.chain.payouts.get(state.withdrawals.get(number)!.payout)).toMatchObject({
    height: state.chain.recent.at(-1)!.height,
    versions: [{ txid }],
  });
  expect([...(await node.unspentOf([to], 0)).values()]).toEqual([200_000]);
});

test("a payout of a deposit that the backup does not know yet is known when the deposit is: no alarm, no second payment", async () => {
  bench = await openBench(node);
  const holder = await bench.funded(100_000, 150_000);
  const to = elsewhere();
  const number = bench.withdraw(holder, to, 200_000);
  const copy = await backup();
  // What the backup's next block brings, and what the hub pays with.
  const { raw } = await node.pay([[bench.address(holder), 3_000_000]]);
  await node.mineWith([raw]);
  bench.hub.chain.feeRate = 2;
  await bench.look();
  const [[txid]] = txids() as [[string]];
  await node.mine();
  await bench.look();
  await goBack(copy);
  await bench.look();
  const { state } = bench.hub.sequencer;
  expect(state.chain.halt).toBeUndefined();
  expect(state.chain.payouts.get(state.withdrawals.get(number)!.payout)?.versions[0]?.txid).toBe(txid);
  expect([...(await node.unspentOf([to], 0)).values()]).toEqual([200_000]);
});
