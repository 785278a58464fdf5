import { describe, expect, test } from "vitest";
import { CHAIN, COLD, HUB } from "../accounts/accounts.ts";
import { CONFIG, has, sat } from "../testing.ts";
import { RECENT_BLOCKS } from "./chain.ts";
import { built, changeReceipts, free, mempool, mine, paid, scene, withdraw } from "./testing.ts";

describe("deposits", () => {
  test("in sight they are pending, in a block still, and with the last confirmation available", () => {
    const { hub, anna, receipt } = scene(3);
    hub.done(mempool([receipt("tx", 50)]));
    hub.done(mempool([receipt("tx", 50)])); // told again: nothing
    expect(has(hub, anna, "BTC")).toEqual([0, 0, 50]);
    hub.block([receipt("tx", 50)]);
    hub.block();
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[0, 0, 50], []]);
    hub.block();
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[50, 0, 0], ["tx:0"]]);
    expect(has(hub, { index: CHAIN }, "BTC")).toEqual([-50, 0, 0]);
  });

  test("two outputs in one transaction and the address used again are three credits", () => {
    const { hub, anna, receipt } = scene();
    hub.block([receipt("tx", 5, 0), receipt("tx", 7, 1)]);
    hub.block([receipt("later", 11)]);
    expect(has(hub, anna, "BTC")).toEqual([23, 0, 0]);
    expect(hub.state.last.transfer).toBe(3);
    expect(free(hub)).toEqual(["tx:0", "tx:1", "later:0"]);
  });

  test("an output of nothing does not stop the hub, in the mempool or in a block", () => {
    const { hub, anna, receipt } = scene();
    hub.done(mempool([receipt("tx", 0)]));
    hub.block([receipt("tx", 0), receipt("tx", 1, 1)]);
    hub.block([], [["tx:0", "stranger"]]);
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[1, 0, 0], ["tx:1"]]);
  });

  test("gone from the mempool it is no longer pending; one in a block is not gone", () => {
    const { hub, anna, receipt } = scene(2);
    hub.done(mempool([receipt("a", 5), receipt("b", 7)]));
    hub.block([receipt("b", 7)]);
    hub.done(mempool([], ["a:0", "b:0", "unknown:0"]));
    expect(has(hub, anna, "BTC")).toEqual([0, 0, 7]);
  });

  test("a coinbase at 99 is not spendable, nor does it count; at 100 both", () => {
    const { hub, anna, receipt } = scene();
    hub.block([{ ...receipt("coinbase", 50), coinbase: true }]);
    for (let depth = 2; depth <= 99; depth++) hub.block();
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[0, 0, 50], []]);
    hub.block();
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[50, 0, 0], ["coinbase:0"]]);
    hub.undo(); // It still counts, but nobody can spend it in the next block.
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[50, 0, 0], []]);
  });

  test("what no reorganisation can take back is forgotten: deposits do not pile up for ever", () => {
    const { hub, anna, receipt } = scene();
    hub.block([receipt("tx", 50)]);
    hub.done(mempool([receipt("waits", 7)]));
    for (let i = 0; i < RECENT_BLOCKS; i++) hub.block();
    expect([...hub.state.chain.deposits.keys()]).toEqual(["waits:0"]);
    expect(has(hub, anna, "BTC")).toEqual([50, 0, 7]);
    expect(free(hub)).toEqual(["tx:0"]);
    expect(hub.state.chain.recent).toHaveLength(RECENT_BLOCKS);
    expect(hub.state.chain.index.blocks.size).toBe(0);
  });
});

describe("confirmations by amount", () => {
  const tiers = [
    { upTo: sat(100), blocks: 1 },
    { upTo: sat(1000), blocks: 2 },
    { upTo: null, blocks: 4 },
  ];
  const counted = (hub: ReturnType<typeof scene>["hub"]) => hub.state.last.transfer;

  test("the sum that a block brought to an address chooses the tier, not each output", () => {
    const { hub, receipt } = scene(1, { confirmations: tiers });
    hub.block([receipt("a", 100)]);
    expect(counted(hub)).toBe(1);
    // 101 in pieces, in two transactions: one of them was seen before.
    hub.done(mempool([receipt("b", 60)]));
    hub.block([receipt("b", 60), receipt("c", 41)]);
    expect(counted(hub)).toBe(1);
    hub.block([receipt("d", 100)]); // another block's sum
    expect(counted(hub)).toBe(4);
    hub.block([receipt("e", 500, 0), receipt("e", 501, 1)]);
    for (let depth = 2; depth < 4; depth++) hub.block();
    expect(counted(hub)).toBe(4);
    hub.block();
    expect(counted(hub)).toBe(6);
  });

  test("other addresses have sums of their own", () => {
    const { hub, anna, receipt } = scene(1, { confirmations: tiers });
    const address = hub.address(anna);
    hub.block([receipt("a", 100), { ...receipt("a", 100, 1), address }]);
    expect(counted(hub)).toBe(2);
  });

  test("undone and mined elsewhere, the sum is that of the new block", () => {
    const { hub, receipt } = scene(1, { confirmations: tiers });
    hub.block([receipt("a", 90), receipt("b", 90)]);
    expect(counted(hub)).toBe(0);
    hub.undo();
    hub.block([receipt("a", 90)]);
    hub.block([receipt("b", 90)]);
    expect(counted(hub)).toBe(2);
  });

  test("a coinbase needs the greater of its tier and a hundred blocks", () => {
    const { hub, receipt } = scene(1, {
      confirmations: [
        { upTo: sat(10), blocks: 1 },
        { upTo: null, blocks: 120 },
      ],
    });
    hub.block([{ ...receipt("small", 10), coinbase: true }]);
    hub.block([{ ...receipt("large", 11), coinbase: true }]);
    for (let i = 0; i < 98; i++) hub.block();
    expect(counted(hub)).toBe(1);
    for (let i = 0; i < 20; i++) hub.block();
    expect(counted(hub)).toBe(1);
    hub.block();
    expect(counted(hub)).toBe(2);
  });

  test("with the present configuration: lowered, what waits counts with the next block", () => {
    const { hub, receipt } = scene(4);
    hub.block([receipt("a", 50)]);
    hub.done({ kind: "configure", config: CONFIG });
    hub.block();
    expect(counted(hub)).toBe(1);
  });
});

describe("money that is nobody's", () => {
  test("at an address that the journal never gave out it is the hub's, and the address is not given out again", () => {
    const { hub, anna } = scene(2);
    hub.done({ kind: "chain-address", branch: "receive", index: 41, address: "lost" });
    hub.done({ kind: "chain-address", branch: "receive", index: 7, address: "lost too" });
    hub.block([{ txid: "tx", vout: 0, value: sat(50), address: "lost" }]);
    expect([has(hub, { index: HUB }, "BTC"), free(hub)]).toEqual([[0, 0, 50], []]);
    hub.block();
    expect([has(hub, { index: HUB }, "BTC"), free(hub)]).toEqual([[50, 0, 0], ["tx:0"]]);
    hub.address(anna);
    expect(hub.state.chain.nextReceive).toBe(43);
    expect(hub.refused(withdraw(anna, 1, 0, { address: "lost" }))).toBe("address_invalid");
  });

  test("a change address of a lost journal is the hub's deposit, not change that nobody counts", () => {
    const { hub } = scene();
    hub.done({ kind: "chain-address", branch: "change", index: 3, address: "stray" });
    expect(hub.state.chain.nextChange).toBe(4);
    hub.block([{ txid: "lost", vout: 1, value: sat(50), address: "stray" }]);
    expect([has(hub, { index: HUB }, "BTC"), free(hub)]).toEqual([[50, 0, 0], ["lost:1"]]);
  });

  test("what a stranger sends to a change address is the hub's; the payout's own output there is not counted twice", () => {
    const { hub } = paid();
    const [own] = changeReceipts(hub, 1);
    hub.done(mempool([own!]));
    expect(has(hub, { index: HUB }, "BTC")).toEqual([0, 0, 0]);
    mine(hub, 1, 0, [
      { ...own!, txid: "stranger" },
      { ...own!, vout: 0, value: sat(7) },
    ]);
    // Fees: 20 charged, 15 paid.
    expect(has(hub, { index: HUB }, "BTC")).toEqual([5 + 385 + 7, 0, 0]);
    expect(free(hub).sort()).toEqual(["payout:0", "payout:1", "stranger:1"]);
  });

  test("the operator gives it to its owner out of what the hub has, and no more", () => {
    const { hub, anna } = scene();
    const credit = (amount: number) =>
      ({
        kind: "credit",
        by: hub.operator.calls("operator-credit"),
        to: anna.id,
        currency: "BTC",
        amount: sat(amount),
        reference: "recovered",
      }) as const;
    expect(hub.refused(credit(1))).toBe("insufficient_funds");
    hub.done({ kind: "chain-address", branch: "receive", index: 41, address: "lost" });
    hub.block([{ txid: "tx", vout: 0, value: sat(50), address: "lost" }]);
    expect(hub.refused(credit(51))).toBe("insufficient_funds");
    const { effects } = hub.done(credit(50));
    expect(effects).toMatchObject([
      { kind: "credit", currency: 0, amount: 50, incoming: true, status: "done" },
    ]);
    expect([has(hub, anna, "BTC"), has(hub, { index: HUB }, "BTC")]).toEqual([
      [50, 0, 0],
      [0, 0, 0],
    ]);
  });
});

test("coins go to the cold wallet and come back: what is there is minus the balance of sys-cold", () => {
  const { hub, anna, receipt } = scene();
  hub.block([receipt("tx", 1000)]);
  hub.done(built(hub, "sweep", [], ["tx:0"], 10, 290, { is: "sweep", cold: sat(700) }));
  expect(has(hub, { index: COLD }, "BTC")).toEqual([0, 0, 0]);
  mine(hub, 1);
  expect(has(hub, { index: COLD }, "BTC")).toEqual([-700, 0, 0]);
  expect(has(hub, { index: HUB }, "BTC")).toEqual([-10, 0, 0]);
  expect(has(hub, { index: CHAIN }, "BTC")).toEqual([-290, 0, 0]);
  hub.undo();
  expect(has(hub, { index: COLD }, "BTC")).toEqual([0, 0, 0]);
  mine(hub, 1);
  const index = hub.state.chain.nextReceive;
  const by = hub.operator.calls("operator-cold-address");
  hub.done({ kind: "cold-address", by, address: "back", index });
  expect(hub.refused(withdraw(anna, 1, 0, { address: "back" }))).toBe("address_invalid");
  hub.block([{ txid: "return", vout: 0, value: sat(650), address: "back" }]);
  expect(has(hub, { index: COLD }, "BTC")).toEqual([-50, 0, 0]);
  expect(has(hub, anna, "BTC")).toEqual([1000, 0, 0]);
});
