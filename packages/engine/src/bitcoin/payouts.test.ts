import { describe, expect, test } from "vitest";
import { CHAIN, HUB } from "../accounts/accounts.ts";
import { BrokenInvariant } from "../assert.ts";
import { has, sat, type TestHub } from "../testing.ts";
import { RECENT_BLOCKS } from "./chain.ts";
import { built, free, mine, paid, replaced, scene, statuses, withdraw } from "./testing.ts";
import { payableWithdrawals } from "./withdrawals.ts";

const broadcast = { kind: "payout-broadcast", payout: 1 } as const;

describe("withdrawals", () => {
  test("held from the request, gone with the block, final after its depth, kept till nothing can undo it", () => {
    const { hub, anna } = paid();
    expect(has(hub, anna, "BTC")).toEqual([380, 620, 0]);
    expect(free(hub)).toEqual(["payout:1"]); // our change, before its block
    expect(statuses(hub.done(broadcast).effects)).toEqual(["broadcast payout"]);
    expect(statuses(hub.done(broadcast).effects)).toEqual([]);
    mine(hub, 1);
    expect(has(hub, anna, "BTC")).toEqual([380, 0, 0]);
    expect(has(hub, { index: HUB }, "BTC")).toEqual([5, 0, 0]);
    expect(has(hub, { index: CHAIN }, "BTC")).toEqual([-385, 0, 0]);
    for (let depth = 2; depth < 6; depth++) hub.block();
    expect(hub.state.chain.payouts.get(1)!.final).toBe(false);
    hub.block();
    expect(hub.state.chain.payouts.get(1)!.final).toBe(true);
    for (let depth = 7; depth <= RECENT_BLOCKS; depth++) hub.block();
    expect([hub.state.chain.payouts.size, hub.state.withdrawals.size]).toEqual([1, 1]);
    hub.block();
    expect([hub.state.chain.payouts.size, hub.state.withdrawals.size]).toEqual([0, 0]);
    expect([hub.state.chain.coins.size, hub.state.chain.index.versions.size]).toEqual([1, 0]);
  });

  test("final is told once, and undone by a deeper reorganisation it is under way again", () => {
    const { hub, anna } = paid();
    mine(hub, 1);
    for (let depth = 2; depth <= 6; depth++) hub.block();
    hub.undo();
    hub.block();
    hub.block();
    for (let depth = 1; depth <= 7; depth++) hub.undo();
    expect(hub.state.chain.payouts.get(1)).toMatchObject({ final: false, height: 0, confirmed: -1 });
    expect(has(hub, anna, "BTC")).toEqual([380, 620, 0]);
    mine(hub, 1);
    for (let depth = 2; depth <= 6; depth++) hub.block();
    expect(has(hub, anna, "BTC")).toEqual([380, 0, 0]);
  });

  test("a node's late answer about a payout that is forgotten already does not stop the hub", () => {
    const { hub } = paid();
    mine(hub, 1);
    expect(hub.done(broadcast).effects).toEqual([]);
    for (let depth = 2; depth <= RECENT_BLOCKS + 1; depth++) hub.block();
    expect(hub.done(broadcast).effects).toEqual([]);
  });

  test("an undone block binds it again; mined again it goes once", () => {
    const { hub, anna } = paid();
    mine(hub, 1);
    hub.undo();
    expect(has(hub, anna, "BTC")).toEqual([380, 620, 0]);
    expect(has(hub, { index: HUB }, "BTC")).toEqual([0, 0, 0]);
    expect(free(hub)).toEqual(["payout:1"]);
    mine(hub, 1);
    expect(has(hub, anna, "BTC")).toEqual([380, 0, 0]);
  });

  test("a coin bound by a payout stays bound when its own block is undone and mined again: no second payout spends it", () => {
    const { hub, receipt } = paid();
    hub.undo();
    hub.block([receipt("tx", 1000)]);
    expect(free(hub)).toEqual(["payout:1"]);
    expect(hub.state.chain.coins.get("tx:0")!.payout).toBe(1);
  });

  test("paid in the block that has its deposit again, before that counts: the books are right", () => {
    const { hub, anna, receipt } = scene(2);
    hub.block([receipt("tx", 1000)]);
    hub.block();
    const { transfer } = hub.done(withdraw(anna, 600, 20)).answer;
    hub.done(built(hub, "payout", [transfer], ["tx:0"], 15, 385));
    hub.undo();
    hub.undo();
    mine(hub, 1, 0, [receipt("tx", 1000)]);
    expect(has(hub, anna, "BTC")).toEqual([-620, 0, 1000]);
    hub.block();
    expect(has(hub, anna, "BTC")).toEqual([380, 0, 0]);
  });

  test("the fee comes out of the amount where asked; refusals in their order", () => {
    const { hub, anna, receipt, address } = scene();
    hub.block([receipt("tx", 1000)]);
    expect(hub.refused(withdraw(anna, 20, 20, { subtractFee: true }))).toBe("fee_exceeds_amount");
    expect(hub.refused(withdraw(anna, 981, 20))).toBe("insufficient_funds");
    expect(
      hub.refused({ kind: "send", by: anna.calls("send-btc"), address: "outside", amount: sat(1) }),
    ).toBe("node_unreachable");
    expect(hub.refused(withdraw(anna, 1, 0, { address }))).toBe("own_address");
    hub.done(withdraw(anna, 1000, 20, { subtractFee: true }));
    expect([...hub.state.withdrawals.values()][0]).toMatchObject({ amount: 980, fee: 20, pledged: false });
    expect(has(hub, anna, "BTC")).toEqual([0, 1000, 0]);
  });

  test("nobody pays to the hub's own change", () => {
    const { hub, anna } = paid();
    expect(hub.refused(withdraw(anna, 1, 0, { address: "change-0" }))).toBe("address_invalid");
  });

  test("no satoshi is lost or made by a payout: its sum, its coins, its withdrawals must be right", () => {
    const { hub, anna, receipt } = scene(2);
    hub.block([receipt("tx", 1000)]);
    hub.block([receipt("young", 1000)]);
    const { transfer } = hub.done(withdraw(anna, 600, 20)).answer;
    const wrong = (...args: Parameters<typeof built> extends [TestHub, ...infer A] ? A : never) =>
      expect(() => hub.done(built(hub, ...args))).toThrow(BrokenInvariant);
    wrong("p", [transfer], ["tx:0"], 15, 386);
    wrong("p", [transfer], ["tx:0"], 15, 384);
    wrong("p", [transfer, transfer], ["tx:0"], 15, 385);
    wrong("p", [transfer], ["tx:0", "tx:0"], 15, 1385);
    wrong("p", [transfer], ["unknown:0"], 15, 385);
    wrong("p", [transfer], ["young:0"], 15, 385);
    wrong("p", [99], ["tx:0"], 15, 385);
    wrong("p", [], ["tx:0"], 15, 985);
    wrong("p", [transfer], ["tx:0"], 15, 385, { is: "sweep" });
    wrong("p", [transfer], ["tx:0"], 15, 285, { cold: sat(100) });
    const last = hub.state.chain.nextChange + 1;
    const away = { vout: 1, value: sat(385), address: "far", index: last };
    wrong("p", [transfer], ["tx:0"], 15, 385, { change: [away] });
  });

  test("change may be several coins, each at the next address", () => {
    const { hub, anna, receipt } = scene();
    hub.block([receipt("tx", 1000)]);
    const { transfer } = hub.done(withdraw(anna, 600, 20)).answer;
    const part = (vout: number, value: number, index: number) => ({
      vout,
      value: sat(value),
      address: `part-${index}`,
      index,
    });
    const change = [part(2, 200, 0), part(0, 185, 1)];
    hub.done(built(hub, "payout", [transfer], ["tx:0"], 15, 0, { change }));
    expect(free(hub)).toEqual(["payout:2", "payout:0"]);
    mine(hub, 1);
    expect(free(hub)).toEqual(["payout:2", "payout:0"]);
    expect(hub.state.chain.nextChange).toBe(2);
  });
});

describe("payments that carry the hub's identity", () => {
  const pledged = () => {
    const all = scene();
    const { hub, anna, receipt } = all;
    hub.block([receipt("tx", 1000), receipt("tx", 500, 1)]);
    const { transfer } = hub.done(withdraw(anna, 600, 20, { pledged: true })).answer;
    return { ...all, transfer };
  };

  test("are paid alone and never replaced; a child raises the fee of both", () => {
    const { hub, anna, transfer } = pledged();
    const other = hub.done(withdraw(anna, 100, 20)).answer.transfer;
    expect(payableWithdrawals(hub.state).map((one) => one.pledged)).toEqual([true, false]);
    expect(() => hub.done(built(hub, "p", [transfer, other], ["tx:0"], 15, 285))).toThrow(BrokenInvariant);
    hub.done(built(hub, "payout", [transfer], ["tx:0"], 15, 385));
    expect(() => hub.done(replaced(hub, 1, "second", ["tx:0"], 20, 380))).toThrow(BrokenInvariant);
    expect(() => hub.done(built(hub, "child", [], ["tx:1"], 50, 450, { is: "child" }))).toThrow(
      BrokenInvariant,
    );
    hub.done(built(hub, "child", [], ["payout:1"], 50, 335, { is: "child" }));
    mine(hub, 1);
    mine(hub, 2);
    expect(has(hub, { index: HUB }, "BTC")).toEqual([20 - 15 - 50, 0, 0]);
    hub.undo();
    expect(has(hub, { index: HUB }, "BTC")).toEqual([5, 0, 0]);
  });
});
