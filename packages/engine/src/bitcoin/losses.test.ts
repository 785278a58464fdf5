import { describe, expect, test } from "vitest";
import { CHAIN, HUB } from "../accounts/accounts.ts";
import { has, sat } from "../testing.ts";
import { RECENT_BLOCKS } from "./chain.ts";
import { built, changeReceipts, free, mempool, mine, paid, replaced, scene, withdraw } from "./testing.ts";
import { payableWithdrawals } from "./withdrawals.ts";

const hubHas = (hub: Parameters<typeof has>[0]) => has(hub, { index: HUB }, "BTC")[0];

describe("a coin that somebody else spends", () => {
  const abandon = (hub: ReturnType<typeof paid>["hub"], payout: number) =>
    ({ kind: "payout-abandoned", by: hub.operator.calls("operator-abandon-payout"), payout }) as const;

  test("is the hub's loss, not its owner's, and stops all payments by chain until the operator has looked", () => {
    const { hub, anna, receipt } = scene();
    hub.block([receipt("tx", 1000)]);
    hub.block([], [["tx:0", "thief"]]);
    expect([has(hub, anna, "BTC"), hubHas(hub), free(hub)]).toEqual([[1000, 0, 0], -1000, []]);
    expect(has(hub, { index: CHAIN }, "BTC")).toEqual([0, 0, 0]);
    expect(hub.state.chain.halt).toMatchObject({
      reason: "coin_spent_elsewhere",
      detail: "tx:0 was spent by thief",
    });
    expect(hub.refused(withdraw(anna, 1, 0))).toBe("withdrawals_halted");
    hub.undo();
    expect([hubHas(hub), free(hub)]).toEqual([0, ["tx:0"]]);
    expect(hub.state.chain.halt).toBeDefined();
  });

  test("before the deposit counts: its owner did pay, and is credited when it is deep", () => {
    const { hub, anna, receipt } = scene(3);
    hub.block([receipt("tx", 1000)], [["tx:0", "thief"]]);
    expect([has(hub, anna, "BTC"), hubHas(hub)]).toEqual([[0, 0, 1000], -1000]);
    hub.block();
    hub.block();
    expect([has(hub, anna, "BTC"), hubHas(hub)]).toEqual([[1000, 0, 0], -1000]);
    for (let i = 0; i < RECENT_BLOCKS; i++) hub.block();
    expect(hub.state.chain.coins.size).toBe(0);
  });

  test("takes with it the payout that spends it and what is built upon that; given up when deep, each is reserved anew", () => {
    const { hub, anna, transfer } = paid();
    const second = hub.done(withdraw(anna, 300, 20)).answer.transfer;
    hub.done(built(hub, "upon", [second], ["payout:1"], 10, 75));
    hub.block([], [["tx:0", "thief"]]);
    const conflict = { outpoint: "tx:0", txid: "thief" };
    for (const number of [1, 2])
      expect(hub.state.chain.payouts.get(number)!.conflict).toMatchObject(conflict);
    expect(free(hub)).toEqual([]);
    expect(hub.refused(abandon(hub, 3))).toBe("payout_unknown");
    for (let depth = 2; depth < 6; depth++) hub.block();
    expect(hub.refused(abandon(hub, 1))).toBe("payout_alive");
    hub.block();
    for (const number of [1, 2]) hub.done(abandon(hub, number));
    hub.done({ kind: "resume-withdrawals", by: hub.operator.calls("operator-halt") });
    expect(payableWithdrawals(hub.state).map((one) => one.transfer)).toEqual([transfer, second]);
    expect(has(hub, anna, "BTC")).toEqual([60, 940, 0]);
    expect([...hub.state.chain.coins.keys()]).toEqual(["tx:0"]);
  });

  test("what was built upon a payout that was given up does not come to life when the theft is undone", () => {
    const { hub, anna } = paid();
    const second = hub.done(withdraw(anna, 300, 20)).answer.transfer;
    hub.done(built(hub, "upon", [second], ["payout:1"], 10, 75));
    hub.block([], [["tx:0", "thief"]]);
    for (let depth = 2; depth <= 6; depth++) hub.block();
    hub.done(abandon(hub, 1));
    for (let depth = 1; depth <= 6; depth++) hub.undo();
    expect(hub.state.chain.payouts.get(2)!.conflict).toMatchObject({ outpoint: "payout:1", txid: "" });
    expect(free(hub)).toEqual(["tx:0"]);
    for (let depth = 1; depth <= 6; depth++) hub.block();
    hub.done(abandon(hub, 2));
    expect([...hub.state.chain.coins.keys()]).toEqual(["tx:0"]);
  });

  test("undone, the payout is as it was", () => {
    const { hub, anna } = paid();
    hub.block([], [["tx:0", "thief"]]);
    hub.undo();
    expect(hub.state.chain.payouts.get(1)!.conflict).toBeUndefined();
    expect(free(hub)).toEqual(["payout:1"]);
    mine(hub, 1);
    expect([has(hub, anna, "BTC"), hubHas(hub)]).toEqual([[380, 0, 0], 5]);
  });

  test("that only the newest version spends: an earlier one can still come, so the payout is not given up", () => {
    const { hub, receipt } = paid();
    hub.block([receipt("more", 500)]);
    hub.done(replaced(hub, 1, "second", ["tx:0", "more:0"], 40, 860));
    hub.block([], [["more:0", "thief"]]);
    for (let depth = 2; depth <= 6; depth++) hub.block();
    expect(hub.refused(abandon(hub, 1))).toBe("payout_alive");
    // A third version need not spend what is gone.
    hub.done(replaced(hub, 1, "third", ["tx:0"], 50, 350));
    mine(hub, 1, 0);
    expect(hubHas(hub)).toBe(5 - 500);
  });

  test("a payout that was given up and confirms all the same after a deep reorganisation: its loss is booked, and all stops", () => {
    const { hub, anna, transfer } = paid();
    const change = changeReceipts(hub, 1);
    hub.block([], [["tx:0", "thief"]]);
    for (let depth = 2; depth <= 6; depth++) hub.block();
    hub.done(abandon(hub, 1));
    for (let depth = 1; depth <= 6; depth++) hub.undo();
    hub.done({ kind: "resume-withdrawals", by: hub.operator.calls("operator-halt") });
    hub.block(change, [["tx:0", "payout"]]);
    // The coin is lost, its change came as if from outside: the payment and its fee are the hub's loss.
    expect(hubHas(hub)).toBe(-1000 + 385);
    expect(hub.state.chain.halt).toMatchObject({ reason: "coin_spent_elsewhere" });
    expect(payableWithdrawals(hub.state)).toEqual([]);
    expect([...hub.state.withdrawals.keys()]).toEqual([transfer]);
    expect(has(hub, anna, "BTC")).toEqual([380, 620, 0]);
  });
});

describe("the operator's halt", () => {
  test("stops payments by chain and ends when it is asked to; a graver reason is not covered by it", () => {
    const { hub, anna, receipt } = scene();
    const by = hub.operator.calls("operator-halt");
    const stop = { kind: "halt-withdrawals", by, reason: "operator" } as const;
    const go = { kind: "resume-withdrawals", by } as const;
    hub.block([receipt("tx", 1000)]);
    expect(hub.refused(go)).toBe("not_halted");
    hub.done(stop);
    expect(hub.refused(withdraw(anna, 1, 0))).toBe("withdrawals_halted");
    hub.done(go);
    hub.done(withdraw(anna, 1, 0));
    hub.done(stop);
    hub.block([], [["tx:0", "thief"]]);
    hub.done(stop);
    expect(hub.state.chain.halt!.reason).toBe("coin_spent_elsewhere");
    hub.done(go);
    expect(hub.state.chain.halt).toBeUndefined();
  });
});

describe("a rescan", () => {
  test("finds what no block told of: counted once, at once where it is deep, else when it is", () => {
    const { hub, anna, receipt, address } = scene(3);
    for (let i = 0; i < 10; i++) hub.block();
    hub.done(mempool([receipt("young", 7)]));
    const at = (height: number, one: ReturnType<typeof receipt>) => ({ ...one, height });
    hub.done({
      kind: "chain-rescan",
      receipts: [at(2, receipt("old", 100)), at(9, receipt("young", 7))],
      spends: [],
    });
    expect(has(hub, anna, "BTC")).toEqual([100, 0, 7]);
    expect(() =>
      hub.done({ kind: "chain-rescan", receipts: [at(2, receipt("old", 100))], spends: [] }),
    ).toThrow("one block");
    hub.block();
    expect(has(hub, anna, "BTC")).toEqual([107, 0, 0]);
    expect(free(hub)).toEqual(["old:0", "young:0"]);
    for (let i = 0; i < 3; i++) hub.undo();
    expect(has(hub, anna, "BTC")).toEqual([100, 0, 7]);
    expect(address).toBe(receipt("x", 1).address);
  });

  test("below the blocks that are kept: counted and spent there, and forgotten at once", () => {
    const { hub, anna, receipt } = scene();
    for (let i = 0; i < RECENT_BLOCKS + 10; i++) hub.block();
    hub.done({
      kind: "chain-rescan",
      receipts: [
        { ...receipt("a", 100), height: 3 },
        { ...receipt("b", 10), height: 3 },
      ],
      spends: [{ outpoint: "a:0", txid: "lost journal", height: 5 }],
    });
    expect([has(hub, anna, "BTC"), hubHas(hub), free(hub)]).toEqual([[110, 0, 0], -100, ["b:0"]]);
    expect(hub.state.chain.deposits.size + hub.state.chain.index.blocks.size).toBe(0);
    expect(hub.state.chain.halt).toMatchObject({ reason: "coin_spent_elsewhere" });
  });

  test("that finds a payout's own transaction confirms it", () => {
    const { hub, anna } = paid();
    for (let i = 0; i < 7; i++) hub.block();
    const { height } = hub.state.chain.recent.at(-1)!;
    const [change] = changeReceipts(hub, 1);
    hub.done({
      kind: "chain-rescan",
      receipts: [{ ...change!, height: height - 5 }],
      spends: [{ outpoint: "tx:0", txid: "payout", height: height - 5 }],
    });
    expect(has(hub, anna, "BTC")).toEqual([380, 0, 0]);
    expect(hub.state.chain.payouts.get(1)).toMatchObject({ final: true, height: height - 5 });
    expect(hub.state.chain.halt).toBeUndefined();
    expect(sat(hubHas(hub))).toBe(5);
  });
});
