import fc from "fast-check";
import { expect, test } from "vitest";
import { sat, stateText, type TestHub } from "../testing.ts";
import { COINBASE_MATURITY, outpointOf, type PayoutVersion } from "./chain.ts";
import type { Receipt } from "./commands.ts";
import { built, mempool, replaced, scene, withdraw } from "./testing.ts";

interface Tx {
  readonly txid: string;
  readonly inputs: readonly string[];
  readonly receipts: readonly Receipt[];
}

/** Payouts of every kind and state, on coins that are in blocks, and deposits in sight. */
const underWay = () => {
  const all = scene(2, {
    deepReorg: 100,
    confirmations: [
      { upTo: sat(500), blocks: 1 },
      { upTo: null, blocks: 3 },
    ],
  });
  const { hub, anna, receipt } = all;
  hub.block(Array.from({ length: 8 }, (_, vout) => receipt("coins", 1000, vout)));
  hub.block();
  hub.block();
  const reserve = (amount: number, more = {}) => hub.done(withdraw(anna, amount, 10, more)).answer.transfer;
  const coin = (vout: number) => `coins:${vout}`;
  hub.done(built(hub, "one", [reserve(600), reserve(100)], [coin(0)], 20, 280));
  hub.done(replaced(hub, 1, "one again", [coin(0), coin(1)], 40, 1260));
  hub.done(replaced(hub, 1, "one thrice", [coin(0), coin(1), coin(2)], 60, 2240));
  hub.done(built(hub, "pledged", [reserve(600, { pledged: true })], [coin(3)], 20, 380));
  hub.done(built(hub, "child", [], ["pledged:1"], 50, 330, { is: "child" }));
  hub.done(built(hub, "sweep", [], [coin(4), coin(5)], 30, 970, { is: "sweep", cold: sat(1000) }));
  hub.done(built(hub, "upon", [reserve(500)], ["sweep:1"], 20, 450));
  hub.done({ kind: "payout-broadcast", payout: 2 });
  hub.done({ kind: "chain-address", branch: "change", index: 90, address: "stray" });
  hub.done(mempool([receipt("seen", 400), receipt("seen", 200, 1)]));
  return all;
};

const transactions = (
  hub: TestHub,
  receipt: (txid: string, value: number, vout?: number) => Receipt,
): Tx[] => {
  const ofVersion = ({ txid, inputs, change }: PayoutVersion): Tx => ({
    txid,
    inputs,
    receipts: change.map(({ vout, value, address }) => ({ txid, vout, value, address })),
  });
  const thief = (n: number, inputs: string[]): Tx => ({ txid: `thief-${n}`, inputs, receipts: [] });
  return [
    ...[...hub.state.chain.payouts.values()].flatMap(({ versions }) => versions.map(ofVersion)),
    ...["coins:0", "coins:1", "coins:4", "coins:6", "one:1", "pledged:1", "upon:1", "new:0"].map((one, n) =>
      thief(n, [one]),
    ),
    thief(99, ["coins:1", "coins:7"]),
    { txid: "seen", inputs: [], receipts: [receipt("seen", 400), receipt("seen", 200, 1)] },
    { txid: "new", inputs: [], receipts: [receipt("new", 300)] },
    { txid: "coinbase", inputs: [], receipts: [{ ...receipt("coinbase", 50), coinbase: true }] },
    { txid: "lost", inputs: [], receipts: [{ txid: "lost", vout: 0, value: sat(77), address: "stray" }] },
  ];
};

/** The state without what only counts up and without the order in which things are kept. */
const comparable = (hub: TestHub): string[] =>
  stateText(hub.state)
    .split("\n")
    .filter((line) => !/^\["(state|accounts|halt|end)"/.test(line))
    .flatMap((line) => {
      const [kind, ...parts] = JSON.parse(line);
      if (kind === "chain") parts.pop();
      if (kind === "uncredited" || kind === "maturing") parts[0].sort();
      if (kind === "balances") {
        const [, accounts, currencies, available, held] = parts;
        return accounts.flatMap((account: number, i: number) =>
          available[i] === 0 && held[i] === 0
            ? []
            : JSON.stringify(["balance", account, currencies[i], available[i], held[i]]),
        );
      }
      return JSON.stringify([kind, ...parts]);
    })
    .sort();

test("blocks of any kind undone leave nothing behind: payouts, replacements, thefts, tiers, coinbases", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(30), { maxLength: 5 }), { minLength: 1, maxLength: 12 }),
      (blocks) => {
        const { hub, receipt } = underWay();
        const before = comparable(hub);
        const all = transactions(hub, receipt);
        const there = new Set(Array.from({ length: 8 }, (_, vout) => `coins:${vout}`));
        const mined = new Set<string>();
        for (const picks of blocks) {
          const txs: Tx[] = [];
          for (const pick of picks) {
            const tx = all[pick % all.length]!;
            // What consensus allows: every input is there, and spent once.
            if (mined.has(tx.txid) || !tx.inputs.every((outpoint) => there.has(outpoint))) continue;
            mined.add(tx.txid);
            txs.push(tx);
            for (const outpoint of tx.inputs) there.delete(outpoint);
            for (const one of tx.receipts) if (!one.coinbase) there.add(outpointOf(one));
          }
          hub.block(
            txs.flatMap(({ receipts }) => receipts),
            txs.flatMap(({ inputs, txid }) => inputs.map((outpoint) => [outpoint, txid] as [string, string])),
          );
        }
        for (const _ of blocks) hub.undo();
        // What came with a block only is in sight until it is told to be gone.
        hub.done(mempool([], ["new:0", "coinbase:0", "lost:0"]));
        expect(comparable(hub)).toEqual(before);
      },
    ),
    { numRuns: 150 },
  );
});

test("a coinbase that was undone leaves nothing behind, credited or not", () => {
  const { hub, receipt } = underWay();
  const coinbase = { ...receipt("coinbase", 50), coinbase: true as const };
  const before = comparable(hub);
  for (const depth of [1, COINBASE_MATURITY]) {
    hub.block([coinbase]);
    for (let i = 1; i < depth; i++) hub.block();
    for (let i = 0; i < depth; i++) hub.undo();
    hub.done(mempool([], ["coinbase:0"]));
    expect(comparable(hub)).toEqual(before);
  }
});
