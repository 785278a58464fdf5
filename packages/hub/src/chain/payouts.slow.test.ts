import { sats } from "@coinholder/bitcoin";
import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { makePayouts } from "./payouts.ts";
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

const begin = async (options: BenchOptions, ...coins: number[]) => {
  bench = await openBench(node, options);
  return bench.funded(...coins);
};
/** So that what was put off is tried again. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2100));
const paidBy = (): number[][] => bench.open().map(({ withdrawals }) => [...withdrawals]);

test("a withdrawal above what the wallet holds does not hold up those behind it, and is told", async () => {
  // The others' money is cold.
  const holder = await begin({ wallet: { payoutLimit: sats(500_000) } }, 2_000_000);
  const large = [600_000, 700_000].map((amount) => bench.withdraw(holder, elsewhere(), amount));
  const small = [1000, 2000, 3000].map((amount) => bench.withdraw(holder, elsewhere(), amount));
  await bench.look();
  expect(paidBy()).toEqual([small]);
  expect(bench.hub.chain.waiting).toBe("over_payout_limit");
  await bench.look();
  expect(bench.hub.chain.waiting).toBe("over_payout_limit");
  expect([...bench.hub.sequencer.state.chain.index.waiting]).toEqual(large);
});

test("what is over the limit of one payout together goes in several, each below it", async () => {
  const holder = await begin({ wallet: { payoutLimit: sats(250_000) } }, 600_000, 600_000);
  for (let count = 0; count < 5; count++) bench.withdraw(holder, elsewhere(), 100_000);
  for (let looks = 0; looks < 3; looks++) await bench.look();
  expect(paidBy().map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(bench.hub.chain.waiting).toBeUndefined();
});

test("the daily limit lets through what still fits, and says why the rest waits", async () => {
  const holder = await begin({ wallet: { dailyLimit: sats(250_000) } }, 1_000_000);
  const [first, second, third, fourth] = [100_000, 200_000, 100_000, 60_000].map((amount) =>
    bench.withdraw(holder, elsewhere(), amount),
  );
  await bench.look();
  expect(paidBy()).toEqual([[first, third]]);
  await bench.look();
  expect(bench.hub.chain.waiting).toBe("over_daily_limit");
  expect([...bench.hub.sequencer.state.chain.index.waiting]).toEqual([second, fourth]);
});

test("more waiting than one payout takes is paid by several, each withdrawal once", async () => {
  const holder = await begin({}, 3_000_000, 3_000_000, 3_000_000);
  const all = Array.from({ length: 450 }, () => bench.withdraw(holder, elsewhere(), 10_000));
  for (let looks = 0; looks < 4; looks++) await bench.look();
  expect(paidBy().map(({ length }) => length)).toEqual([200, 200, 50]);
  expect(paidBy().flat()).toEqual(all);
  expect((await node.mempool()).length).toBe(3);
});

test("one that alone cannot be paid is found among many, and the others are paid", async () => {
  const holder = await begin({ fees: { capPercent: 1, capLeast: sats(300) } }, 3_000_000);
  bench.hub.chain.feeRate = 2;
  await bench.look();
  bench.hub.chain.feeRate = 5;
  // 5 sat/vB cost this one more than 300 sat; together the fee is below one percent.
  const dear = bench.withdraw(holder, elsewhere(), 20_000);
  await bench.look();
  expect([paidBy(), bench.hub.chain.waiting]).toEqual([[], "fee_too_high"]);
  const rest = [500_000, 600_000].map((amount) => bench.withdraw(holder, elsewhere(), amount));
  await bench.look();
  expect(paidBy()).toEqual([rest]);
  await aWhile();
  bench.withdraw(holder, elsewhere(), 700_000);
  await bench.look();
  expect(paidBy().at(-1)).toContain(dear);
});

test("payouts upon unconfirmed change stop before nodes refuse the chain of them, and go on with the next block", async () => {
  const holder = await begin({ wallet: { readyCoins: 1 } }, 3_000_000);
  for (let count = 0; count < 30; count++) {
    bench.withdraw(holder, elsewhere(), 10_000);
    await bench.look();
  }
  expect(bench.open()).toHaveLength(20);
  expect(await node.mempool()).toHaveLength(20);
  expect(bench.open().every(({ broadcast }) => broadcast)).toBe(true);
  expect(bench.hub.chain.waiting).toBe("insufficient_coins");
  await node.mine();
  await aWhile();
  await bench.look();
  expect(paidBy().map(({ length }) => length)).toEqual([10]);
});

test("an answer that was lost sends the same bytes again: paid once", async () => {
  const holder = await begin({}, 500_000);
  const to = elsewhere();
  bench.withdraw(holder, to, 100_000);
  const lost = node.line.loseAnswer("sendrawtransaction");
  await bench.look();
  await lost;
  const [payout] = bench.open();
  expect(await node.mempool()).toEqual([payout!.versions[0]!.txid]);
  await node.mine();
  await bench.look();
  expect(bench.open()).toEqual([]);
  expect([...(await node.unspentOf([to], 0)).values()]).toEqual([100_000]);
});

test("all of the wallet is paid although fees rose since it was promised: cheaply, and not never", async () => {
  const holder = await begin({}, 300_000);
  bench.withdraw(holder, elsewhere(), 299_700);
  bench.hub.chain.feeRate = 50;
  await bench.look();
  expect(await node.mempool()).toEqual(bench.open().map(({ versions }) => versions[0]!.txid));
  expect(bench.open()).toHaveLength(1);
});

test("nothing is built while the node is behind the hub", async () => {
  const holder = await begin({}, 500_000);
  await node.mine(4);
  await bench.look();
  const height = await node.height();
  await node.restart({ upTo: height - 3 });
  bench.withdraw(holder, elsewhere(), 100_000);
  await bench.look();
  expect(bench.open()).toEqual([]);
  await node.catchUp();
  await bench.look();
  expect(bench.open()).toHaveLength(1);
});

test("the wallet signs for no withdrawal that a crash can still take from the journal", async () => {
  const holder = await begin({}, 500_000, 600_000);
  const { hub, journal } = bench;
  const signed: { transfers: number[]; durable: number }[] = [];
  const { build } = makePayouts(
    {
      ...hub,
      signer: {
        ...hub.signer,
        sign: (request) => {
          const transfers = request.withdrawals.map(({ transfer }) => transfer);
          signed.push({ transfers, durable: journal.durableSeq });
          return hub.signer.sign(request);
        },
      },
    },
    pino({ level: "silent" }),
  );
  const first = bench.withdraw(holder, elsewhere(), 100_000);
  const firstSeq = journal.lastSeq;
  const building = build();
  // The first is being written by then: this one comes to the disk after it.
  await new Promise(setImmediate);
  expect(journal.durableSeq).toBeLessThan(firstSeq);
  const second = bench.withdraw(holder, elsewhere(), 200_000);
  const secondSeq = journal.lastSeq;
  await building;
  await build();
  expect(signed.map(({ transfers }) => transfers)).toEqual([[first], [second]]);
  expect(signed[0]!.durable).toBeGreaterThanOrEqual(firstSeq);
  expect(signed[1]!.durable).toBeGreaterThanOrEqual(secondSeq);
});

test("the signer forgets what was buried while the hub was away: its memory does not grow for ever", async () => {
  const holder = await begin({}, 500_000);
  bench.withdraw(holder, elsewhere(), 100_000);
  await bench.look();
  await node.mine();
  await bench.look();
  expect(bench.hub.signer.records()).toHaveLength(1);
  await node.mine(201);
  bench = await bench.reopen();
  await bench.look();
  expect(bench.hub.sequencer.state.chain.payouts.size).toBe(0);
  expect(bench.hub.signer.records()).toHaveLength(0);
});
