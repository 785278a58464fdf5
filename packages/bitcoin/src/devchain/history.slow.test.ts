import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { blockSubsidy } from "./block.ts";
import { type Chain, tip } from "./chain.ts";
import {
  closeDevchain,
  type Devchain,
  invalidateBlock,
  mine,
  openDevchain,
  reconsiderBlock,
} from "./devchain.ts";
import { FAUCET_SCRIPT, fund } from "./faucet.ts";
import { isUnspendable } from "./script.ts";
import { testKey } from "./testing.ts";
import { isCoinbase, outpoint, spentOutpoints } from "./tx.ts";

type Step =
  | ["fund", number]
  | ["mine", number]
  | ["invalidate", number]
  | ["reconsider", number]
  | ["restart"];
const depth = fc.integer({ min: 0, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constant("fund" as const), fc.integer({ min: 1000, max: 6_000_000_000 })),
  },
  { weight: 4, arbitrary: fc.tuple(fc.constant("mine" as const), fc.integer({ min: 1, max: 3 })) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("invalidate" as const), depth) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("reconsider" as const), depth) },
  { weight: 1, arbitrary: fc.constant<Step>(["restart"]) },
);

/** The unspent coins by going through every block from the first: slow and obvious. */
function coinsFromScratch({ active }: Chain): Map<string, bigint> {
  const coins = new Map<string, bigint>();
  for (const { block } of active.slice(1))
    for (const tx of block.txs) {
      if (!isCoinbase(tx)) for (const key of spentOutpoints(tx)) if (!coins.delete(key)) throw new Error(key);
      tx.outputs.forEach(({ amount, script }, i) => {
        if (!isUnspendable(script)) coins.set(outpoint(tx.txid, i), amount);
      });
    }
  return coins;
}

function check({ chain, mempool }: Devchain): void {
  const expected = coinsFromScratch(chain);
  expect(new Map([...chain.utxo].map(([key, coin]) => [key, coin.amount]))).toEqual(expected);
  let issued = 0n;
  for (let height = 1; height <= tip(chain).height; height++) issued += blockSubsidy(height);
  expect([...expected.values()].reduce((sum, amount) => sum + amount, 0n)).toBe(issued);
  expect(chain.active.every((node) => !node.invalid)).toBe(true);
  for (const node of chain.nodes.values())
    if (!node.invalid) expect(node.height).toBeLessThanOrEqual(tip(chain).height);

  const coins = new Set(expected.keys());
  for (const { tx } of mempool.entries.values()) {
    for (const key of spentOutpoints(tx)) {
      expect(coins.delete(key)).toBe(true);
      expect(mempool.spends.get(key)).toBe(tx.txid);
    }
    tx.outputs.forEach((_, i) => {
      coins.add(outpoint(tx.txid, i));
    });
  }
}

test("whatever is paid, mined, reorganised and restarted: the coins are those of the blocks, and none is spent twice", () => {
  const alice = testKey("p2tr", "alice").script;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), (steps) => {
      const folder = mkdtempSync(join(tmpdir(), "devchain-history-"));
      let time = 1_700_000_000_000;
      const clock = (): number => time;
      let dev = openDevchain(folder, clock);
      mine(dev, 105, FAUCET_SCRIPT);
      for (const [what, number] of steps) {
        time += 60_000;
        const nodes = [...dev.chain.nodes.values()];
        const target = nodes[nodes.length - 1 - (number ?? 0)]!;
        if (what === "fund") fund(dev, alice, BigInt(number));
        else if (what === "mine") mine(dev, number, FAUCET_SCRIPT);
        else if (what === "invalidate") invalidateBlock(dev, target);
        else if (what === "reconsider") reconsiderBlock(dev, target);
        else {
          const before = { tip: tip(dev.chain).block.hash, mempool: [...dev.mempool.entries.keys()] };
          closeDevchain(dev);
          dev = openDevchain(folder, clock);
          expect({ tip: tip(dev.chain).block.hash, mempool: [...dev.mempool.entries.keys()] }).toEqual(
            before,
          );
        }
        check(dev);
      }
      closeDevchain(dev);
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 25 },
  );
});
