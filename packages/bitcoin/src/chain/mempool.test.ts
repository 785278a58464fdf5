import { expect, test } from "vitest";
import { BitcoinError } from "../errors.ts";
import { CALLS_AT_ONCE } from "../node/differences.ts";
import { FETCHED_PER_LOOK, type MempoolLook, mempoolChanges } from "./mempool.ts";
import { outpointSet } from "./outpoint-set.ts";
import type { Watch } from "./scan.ts";
import { openScriptSet } from "./script-set.ts";
import { encode } from "./testing.ts";
import { transactionId } from "./transaction.ts";

const OURS = Uint8Array.from([0x00, 0x14, ...new Uint8Array(20).fill(5)]);
const THEIRS = Uint8Array.from([0x00, 0x14, ...new Uint8Array(20).fill(6)]);
const scripts = openScriptSet();
scripts.add(OURS, "our address");
const watch: Watch = { scripts, outpoints: outpointSet([]) };

let salt = 0;
const pay = (script: Uint8Array, spends?: string): Uint8Array =>
  encode({
    version: 2,
    segwitFlag: false,
    inputs: [
      {
        txid: spends === undefined ? Buffer.alloc(32, 1) : Buffer.from(spends, "hex"),
        index: spends === undefined ? salt++ : 0,
        finalScriptSig: new Uint8Array(0),
        sequence: 0xfffffffd,
      },
    ],
    outputs: [{ amount: 1_000n, script }],
    witnesses: undefined,
    lockTime: 0,
  });

const nodeWith = (transactions: Uint8Array[]) => {
  const mempool = new Map(transactions.map((raw) => [transactionId(raw), raw]));
  const node = {
    mempool,
    tip: "tip 1",
    fetched: [] as string[],
    mostAtOnce: 0,
    underWay: 0,
    bestBlockHash: async () => node.tip,
    rawMempool: async () => [...mempool.keys()],
    rawTransaction: async (txid: string) => {
      node.fetched.push(txid);
      node.mostAtOnce = Math.max(node.mostAtOnce, ++node.underWay);
      await new Promise(setImmediate);
      node.underWay--;
      return mempool.get(txid);
    },
  };
  return node;
};

const lookAt = (seenBefore: string[] = [], knownTip = "tip 1"): MempoolLook => ({
  seenBefore: new Set(seenBefore),
  knownTip,
  notOurs: new Set(),
});

test("ours appear, others do not, and others are fetched once only", async () => {
  const [ours, other] = [pay(OURS), pay(THEIRS)];
  const node = nodeWith([other, ours]);
  const look = lookAt();
  const first = await mempoolChanges(node, watch, look);
  expect(first).toMatchObject({ gone: [], tipMoved: false, remaining: 0, size: 2 });
  expect(first.appeared.map(({ txid }) => txid)).toEqual([transactionId(ours)]);
  node.fetched = [];
  const again = await mempoolChanges(node, watch, { ...look, seenBefore: new Set([transactionId(ours)]) });
  expect(again.appeared).toEqual([]);
  expect(node.fetched).toEqual([]);
});

test("what the caller did not keep appears again", async () => {
  const node = nodeWith([pay(OURS)]);
  const look = lookAt();
  await mempoolChanges(node, watch, look);
  expect((await mempoolChanges(node, watch, look)).appeared).toHaveLength(1);
});

test("a payment to us and its spending are both found, in either order", async () => {
  const deposit = pay(OURS);
  const onward = pay(THEIRS, transactionId(deposit));
  for (const order of [
    [deposit, onward],
    [onward, deposit],
  ]) {
    const { appeared } = await mempoolChanges(nodeWith(order), watch, lookAt());
    expect(appeared.flatMap(({ spends }) => spends)).toEqual([
      { outpoint: `${transactionId(deposit)}:0`, txid: transactionId(onward) },
    ]);
  }
});

test("what left the mempool is gone, if no block can have taken it", async () => {
  const gone = "ab".repeat(32);
  const node = nodeWith([]);
  expect((await mempoolChanges(node, watch, lookAt([gone]))).gone).toEqual([gone]);
});

test("nothing is gone while a block is still to be processed, before or during the look", async () => {
  const mined = "ab".repeat(32);
  const node = nodeWith([]);
  expect(await mempoolChanges(node, watch, lookAt([mined], "tip 0"))).toMatchObject({
    gone: [],
    tipMoved: true,
  });
  node.rawMempool = async () => {
    node.tip = "tip 2";
    return [];
  };
  expect(await mempoolChanges(node, watch, lookAt([mined]))).toMatchObject({ gone: [], tipMoved: true });
});

test("a full mempool is fetched in portions and few at once", async () => {
  const node = nodeWith(Array.from({ length: FETCHED_PER_LOOK + 500 }, () => pay(THEIRS)));
  const look = lookAt();
  expect((await mempoolChanges(node, watch, look)).remaining).toBe(500);
  expect(node.mostAtOnce).toBeLessThanOrEqual(CALLS_AT_ONCE);
  expect((await mempoolChanges(node, watch, look)).remaining).toBe(0);
  expect(node.fetched).toHaveLength(FETCHED_PER_LOOK + 500);
  expect(look.notOurs.size).toBe(FETCHED_PER_LOOK + 500);
});

test("what is remembered is cut to what the mempool holds", async () => {
  const node = nodeWith(Array.from({ length: 20 }, () => pay(THEIRS)));
  const look = lookAt();
  await mempoolChanges(node, watch, look);
  node.mempool.clear();
  await mempoolChanges(node, watch, look);
  expect(look.notOurs.size).toBe(0);
});

test("a transaction that leaves while it is fetched is looked for again", async () => {
  const ours = pay(OURS);
  const node = nodeWith([ours]);
  const look = lookAt();
  const { rawTransaction } = node;
  node.rawTransaction = async () => undefined;
  expect((await mempoolChanges(node, watch, look)).appeared).toEqual([]);
  node.rawTransaction = rawTransaction;
  expect((await mempoolChanges(node, watch, look)).appeared).toHaveLength(1);
});

test("what a node said before it failed is not lost: a busy one is looked through bit by bit", async () => {
  const ours = pay(OURS);
  const node = nodeWith([...Array.from({ length: 300 }, () => pay(THEIRS)), ours]);
  const look = lookAt();
  const { rawTransaction } = node;
  let answers = 0;
  node.rawTransaction = async (txid) => {
    if (++answers % 50 === 0) throw new BitcoinError("node_unreachable", "too busy");
    return rawTransaction(txid);
  };
  const appeared: string[] = [];
  let looks = 0;
  for (let remaining = 1; remaining > 0; looks++) {
    const changes = await mempoolChanges(node, watch, look);
    appeared.push(...changes.appeared.map(({ txid }) => txid));
    if (changes.appeared.length > 0) look.seenBefore = new Set(appeared);
    expect(changes.remaining).toBeLessThan(changes.size);
    remaining = changes.remaining;
  }
  expect(appeared).toEqual([transactionId(ours)]);
  expect(look.notOurs.size).toBe(300);
  expect(looks).toBeLessThan(10);
});

test("a node that answers nothing is an error, and nothing is counted as looked through", async () => {
  const node = nodeWith([pay(OURS), pay(THEIRS)]);
  const look = lookAt();
  node.rawTransaction = async () => {
    throw new BitcoinError("node_unreachable", "gone");
  };
  await expect(mempoolChanges(node, watch, look)).rejects.toMatchObject({ code: "node_unreachable" });
  expect(look.notOurs.size).toBe(0);
});

test("twenty thousand transactions leave others their turn, and none is overlooked", async () => {
  const ours = pay(OURS);
  const strangers = Array.from({ length: 20_000 }, (_, i) => i.toString(16).padStart(64, "0"));
  const node = nodeWith([ours]);
  node.rawMempool = async () => [...strangers, transactionId(ours)];
  const look = { ...lookAt(), notOurs: new Set(strangers) };
  let turns = 0;
  const turn = (): void => {
    turns++;
    other = setImmediate(turn);
  };
  let other = setImmediate(turn);
  const { appeared, size } = await mempoolChanges(node, watch, look);
  clearImmediate(other);
  expect(appeared).toHaveLength(1);
  expect(size).toBe(20_001);
  expect(turns).toBeGreaterThan(3);
});
