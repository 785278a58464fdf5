import { expect, test } from "vitest";
import { BitcoinError } from "../errors.ts";
import { blocksBetween } from "./rescan.ts";
import { blockOf, coinbase, encode, hashOfHeader } from "./testing.ts";

type TestBlock = { hash: string; raw: Buffer };

let salt = 0;
const grow = (below: readonly TestBlock[], count: number): TestBlock[] => {
  const chain = [...below];
  for (let i = 0; i < count; i++) {
    const raw = blockOf([encode(coinbase(chain.length, Uint8Array.of(0x51)))], chain.at(-1)?.hash, ++salt);
    chain.push({ raw, hash: hashOfHeader(raw) });
  }
  return chain;
};

const nodeWith = (first: readonly TestBlock[]) => {
  const blocks = new Map<string, TestBlock>();
  let chain: readonly TestBlock[] = [];
  const node = {
    fetched: 0,
    show: (next: readonly TestBlock[]): void => {
      chain = next;
      for (const block of next) blocks.set(block.hash, block);
    },
    blockHash: async (height: number): Promise<string | undefined> => chain[height]?.hash,
    rawBlock: async (hash: string): Promise<Uint8Array> => {
      node.fetched++;
      await new Promise(setImmediate);
      return blocks.get(hash)!.raw;
    },
  };
  node.show(first);
  return node;
};

test("a stretch of the chain comes whole and in order, whatever its length", async () => {
  const chain = grow([], 12);
  for (const [from, to] of [
    [0, 11],
    [3, 3],
    [4, 9],
    [5, 4],
  ] as const) {
    const seen: { height: number; hash: string; raw: Uint8Array }[] = [];
    for await (const block of blocksBetween(nodeWith(chain), from, to)) seen.push(block);
    expect(seen).toEqual(chain.slice(from, to + 1).map((block, i) => ({ height: from + i, ...block })));
  }
});

test("a chain that moves while it is read is never mixed with the one before", async () => {
  const chain = grow([], 20);
  for (const depth of [1, 5, 9]) {
    const node = nodeWith(chain);
    const rescan = async (): Promise<number> => {
      let seen = 0;
      for await (const { height } of blocksBetween(node, 1, 19)) {
        seen++;
        if (height === 12) node.show(grow(chain.slice(0, 20 - depth), depth + 1));
      }
      return seen;
    };
    // Above the fork nothing was read when the chain moved by 1 or 5: then there is one chain, which is the new one.
    if (depth < 9) expect(await rescan()).toBe(19);
    else await expect(rescan()).rejects.toMatchObject({ code: "chain_moved" });
  }
});

test("a chain that ends earlier has moved, too", async () => {
  const node = nodeWith(grow([], 5));
  const read = async (): Promise<void> => {
    for await (const _ of blocksBetween(node, 2, 9)) void _;
  };
  await expect(read()).rejects.toMatchObject({ code: "chain_moved" });
});

test("another block than the node named is refused", async () => {
  const chain = grow([], 5);
  const node = { ...nodeWith(chain), rawBlock: async () => chain[1]!.raw };
  const read = async (): Promise<void> => {
    for await (const _ of blocksBetween(node, 2, 3)) void _;
  };
  await expect(read()).rejects.toMatchObject({ code: "wrong_block" });
});

test("who stops early is not troubled by what was fetched ahead, and no more is fetched", async () => {
  const node = nodeWith(grow([], 20));
  const { rawBlock } = node;
  node.rawBlock = async (hash) => {
    if (node.fetched > 0) throw new BitcoinError("node_unreachable", "gone");
    return rawBlock(hash);
  };
  for await (const { height } of blocksBetween(node, 0, 19)) if (height === 0) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(node.fetched).toBe(1);
});
