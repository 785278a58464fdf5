import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChainInfo } from "../node/rpc.ts";
import { type BlockRef, type ChainStep, followTip, planChain } from "./follow.ts";
import { blockOf, coinbase, encode, hashOfHeader } from "./testing.ts";

type TestBlock = BlockRef & { raw: Buffer };

let salt = 0;
const mineOn = (parent: TestBlock | undefined): TestBlock => {
  const height = parent === undefined ? 0 : parent.height + 1;
  const raw = blockOf([encode(coinbase(height, Uint8Array.of(0x51, salt++ & 0xff)))], parent?.hash, salt);
  return { height, hash: hashOfHeader(raw), raw };
};
const grow = (chain: readonly TestBlock[], count: number): TestBlock[] => {
  const longer = [...chain];
  for (let i = 0; i < count; i++) longer.push(mineOn(longer.at(-1)));
  return longer;
};
/** The chain with its last `depth` blocks replaced by `count` others. */
const fork = (chain: readonly TestBlock[], depth: number, count: number): TestBlock[] =>
  grow(chain.slice(0, Math.max(1, chain.length - depth)), count);

/** A node that holds every block and shows one chain; `beforeAnswer` may switch it. */
const nodeWith = (first: readonly TestBlock[]) => {
  const blocks = new Map<string, TestBlock>();
  let chain: readonly TestBlock[] = [];
  const node = {
    beforeAnswer: (): void => {},
    show: (next: readonly TestBlock[]): void => {
      chain = next;
      for (const block of next) blocks.set(block.hash, block);
    },
    chainInfo: async (): Promise<ChainInfo> => {
      node.beforeAnswer();
      const { height, hash } = chain.at(-1)!;
      return { network: "regtest", height, headers: height, bestBlockHash: hash };
    },
    blockHash: async (height: number): Promise<string | undefined> => {
      node.beforeAnswer();
      return chain[height]?.hash;
    },
    rawBlock: async (hash: string): Promise<Uint8Array> => {
      node.beforeAnswer();
      return blocks.get(hash)!.raw;
    },
  };
  node.show(first);
  return node;
};

const refs = (chain: readonly TestBlock[]): BlockRef[] => chain.map(({ height, hash }) => ({ height, hash }));

/** Applies steps as the hub does. */
const follow = async (node: ReturnType<typeof nodeWith>, known: BlockRef[]): Promise<ChainStep["kind"][]> => {
  const kinds: ChainStep["kind"][] = [];
  for await (const { kind, height, hash } of followTip(node, () => known)) {
    kinds.push(kind);
    if (kind === "undo") expect(known.pop()).toEqual({ height, hash });
    else known.push({ height, hash });
  }
  return kinds;
};

const genesis = grow([], 1);

test("a new hub begins with the node's tip and goes on from there", async () => {
  const chain = grow(genesis, 5);
  const node = nodeWith(chain);
  const known: BlockRef[] = [];
  expect(await follow(node, known)).toEqual(["block"]);
  expect(known).toEqual(refs(chain.slice(-1)));
  node.show(grow(chain, 3));
  expect(await follow(node, known)).toEqual(["block", "block", "block"]);
  expect(await follow(node, known)).toEqual([]);
});

test("a reorganisation is undone from the newest, then advanced", async () => {
  const chain = grow(genesis, 5);
  const node = nodeWith(chain);
  const known = refs(chain);
  node.show(fork(chain, 2, 3));
  expect(await follow(node, known)).toEqual(["undo", "undo", "block", "block", "block"]);
});

test("every undone block tells how deep the reorganisation goes, up to all the headers that are kept", async () => {
  const chain = grow(genesis, 200);
  const known = refs(chain);
  const depths: number[] = [];
  for await (const step of followTip(nodeWith(fork(chain, 199, 200)), () => known)) {
    if (step.kind === "undo") depths.push(step.depth);
    if (step.kind === "undo") known.pop();
    else known.push({ height: step.height, hash: step.hash });
  }
  expect(depths).toEqual(Array.from({ length: 199 }, () => 199));
});

test("a node that is only behind undoes nothing", async () => {
  const chain = grow(genesis, 9);
  const node = nodeWith(chain.slice(0, 4));
  const known = refs(chain);
  expect(await follow(node, known)).toEqual([]);
  expect(known).toEqual(refs(chain));
});

test("a shorter chain of other blocks is followed: work counts, not length", async () => {
  const chain = grow(genesis, 6);
  const node = nodeWith(fork(chain, 4, 2));
  expect(await follow(node, refs(chain))).toEqual(["undo", "undo", "undo", "undo", "block", "block"]);
});

test("a chain that shares none of our headers is an error, and nothing is undone", async () => {
  const chain = grow(genesis, 9);
  const known = refs(chain.slice(-3));
  const before = [...known];
  await expect(follow(nodeWith(fork(chain, 5, 9)), known)).rejects.toMatchObject({
    code: "reorganisation_too_deep",
  });
  expect(known).toEqual(before);
});

test("a node that has not reached our oldest header yet cannot be judged", async () => {
  const chain = grow(genesis, 9);
  await expect(follow(nodeWith(chain.slice(0, 3)), refs(chain.slice(-3)))).rejects.toMatchObject({
    code: "node_behind",
  });
});

test("another block than asked for is refused", async () => {
  const chain = grow(genesis, 3);
  const node = nodeWith(chain);
  node.rawBlock = async () => chain[1]!.raw;
  await expect(follow(node, refs(chain.slice(0, 2)))).rejects.toMatchObject({ code: "wrong_block" });
});

test("headers with a gap, or a step that was not applied, are the caller's bug", async () => {
  const chain = grow(genesis, 5);
  const known = refs([chain[0]!, chain[2]!]);
  await expect(follow(nodeWith(chain), known)).rejects.toThrow(/gap/);
  const stuck = refs(chain.slice(0, 2));
  const steps = followTip(nodeWith(chain), () => stuck);
  await steps.next();
  await expect(steps.next()).rejects.toThrow(/not known/);
});

test("whatever the node switches to, and whenever, we end on its chain and every step fits the last", async () => {
  const change = fc.record({
    after: fc.integer({ min: 0, max: 12 }),
    depth: fc.integer({ min: 0, max: 6 }),
    count: fc.integer({ min: 1, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
      let chain = grow(genesis, 8);
      const node = nodeWith(chain);
      const known = refs(chain);
      const coming = [...changes];
      let answers = 0;
      node.beforeAnswer = () => {
        const next = coming[0];
        if (next === undefined || ++answers < next.after) return;
        coming.shift();
        answers = 0;
        chain = fork(chain, next.depth, Math.max(next.count, next.depth));
        node.show(chain);
      };
      while (coming.length > 0) await follow(node, known);
      await follow(node, known);
      expect(known).toEqual(refs(chain));
    }),
    { numRuns: 100 },
  );
});

test("the planner agrees with looking at both chains whole", () => {
  const shape = fc.record({
    start: fc.integer({ min: 0, max: 5 }),
    common: fc.integer({ min: 1, max: 8 }),
    ours: fc.integer({ min: 0, max: 6 }),
    theirs: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(
    fc.property(shape, ({ start, common, ours, theirs }) => {
      const hashAt = (owner: string, height: number): string =>
        height < common ? `${height}` : `${owner}${height}`;
      const known = Array.from({ length: common + ours }, (_, height) => ({
        height,
        hash: hashAt("a", height),
      })).slice(start);
      if (known.length === 0) return;
      const node = Array.from({ length: common + theirs }, (_, height) => hashAt("b", height));
      const hashes = new Map<number, string>();
      let plan = planChain(known, node.length - 1, hashes);
      while ("ask" in plan) {
        expect(hashes.has(plan.ask)).toBe(false);
        hashes.set(plan.ask, node[plan.ask]!);
        plan = planChain(known, node.length - 1, hashes);
      }
      const shared = known.filter(({ height, hash }) => node[height] === hash);
      if (shared.length === 0) {
        const isShort = node.length <= known[0]!.height;
        expect(plan).toEqual({ impossible: isShort ? "node_behind" : "reorganisation_too_deep" });
        return;
      }
      const isBehind = theirs === 0;
      expect(plan).toEqual({
        undo: isBehind ? [] : known.filter(({ height }) => height >= common).reverse(),
        advanceFrom: isBehind ? undefined : common,
      });
    }),
    { numRuns: 1_000 },
  );
});
