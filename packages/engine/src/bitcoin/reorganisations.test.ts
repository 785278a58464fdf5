import { describe, expect, test } from "vitest";
import { CHAIN, HUB } from "../accounts/accounts.ts";
import { has, sat } from "../testing.ts";
import { built, free, mempool, mine, paid, scene, withdraw } from "./testing.ts";
import { payableWithdrawals } from "./withdrawals.ts";

describe("reorganisations", () => {
  test("undone it is pending again, and mined again it counts once", () => {
    const { hub, anna, receipt } = scene(2);
    hub.block([receipt("tx", 50)]);
    hub.block();
    expect(has(hub, anna, "BTC")).toEqual([50, 0, 0]);
    hub.undo();
    expect(has(hub, anna, "BTC")).toEqual([50, 0, 0]); // Its own block stands.
    hub.undo();
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[0, 0, 50], []]);
    hub.block();
    hub.block([receipt("tx", 50)]);
    hub.block();
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[50, 0, 0], ["tx:0"]]);
  });

  test.for([1, 2, 3, 4, 5, 6])(
    "of depth %i with deposit and payment mined again in other blocks: net unchanged",
    (depth) => {
      const { hub, anna, receipt } = paid();
      hub.block([receipt("first", 7)]);
      mine(hub, 1);
      for (let i = 2; i < depth; i++) hub.block([receipt(`tx-${i}`, i)]);
      const sums = () => [anna, { index: HUB }, { index: CHAIN }].map((one) => has(hub, one, "BTC"));
      const before = [sums(), free(hub).sort()];
      for (let i = 0; i < depth; i++) hub.undo();
      mine(hub, 1, 0, depth > 1 ? [receipt("first", 7)] : []);
      for (let i = 2; i < depth; i++) hub.block([receipt(`tx-${i}`, i)]);
      hub.block();
      expect([sums(), free(hub).sort()]).toEqual(before);
      expect(hub.state.chain.halt).toBeUndefined();
    },
  );

  test("deeper than it may be, all payments by chain stop, and those inside go on", () => {
    const { hub, anna, receipt } = scene();
    hub.block([receipt("tx", 1000)]);
    for (let i = 0; i < 7; i++) hub.block();
    hub.done(withdraw(anna, 100, 0));
    for (let depth = 1; depth <= 6; depth++) hub.undo();
    expect(hub.state.chain.halt).toBeUndefined();
    hub.undo();
    expect(hub.state.chain.halt).toMatchObject({ reason: "deep_reorganisation" });
    expect(hub.refused(withdraw(anna, 100, 0))).toBe("withdrawals_halted");
    expect(payableWithdrawals(hub.state)).toEqual([]);
    hub.done(withdraw(anna, 100, 0, { address: hub.address(hub.account()) }));
    for (let i = 0; i < 9; i++) hub.block();
    expect(hub.state.chain.halt).toBeDefined(); // until somebody has looked
    hub.done({ kind: "resume-withdrawals", by: hub.operator.calls("operator-halt") });
    expect(payableWithdrawals(hub.state)).toHaveLength(1);
  });

  test("in steps that alone are small, what is undone from the highest block counts", () => {
    const { hub } = scene();
    for (let i = 0; i < 10; i++) hub.block();
    for (let i = 0; i < 4; i++) hub.undo();
    hub.block();
    for (let i = 0; i < 3; i++) hub.undo();
    expect(hub.state.chain.halt).toBeUndefined();
    hub.undo();
    expect(hub.state.chain.halt).toMatchObject({ detail: "7 blocks were undone, down to 3" });
  });
});

describe("a double spend", () => {
  /** Anna has spent 40 of 50 inside the hub, and the 50 were undone and are gone. */
  const doubleSpent = () => {
    const all = scene();
    const { hub, anna, receipt } = all;
    const friend = hub.account();
    const to = hub.address(friend);
    hub.credit(anna, "USD", 100);
    hub.block([receipt("tx", 50)]);
    const reserved = hub.done(withdraw(anna, 10, 0)).answer.transfer;
    hub.done({ kind: "send", by: anna.calls("send-btc"), address: to, amount: sat(40) });
    hub.undo();
    expect(has(hub, anna, "BTC")).toEqual([-50, 10, 50]);
    hub.done(mempool([], ["tx:0"]));
    return { ...all, friend, to, reserved };
  };
  const toBank = (by: ReturnType<typeof doubleSpent>["anna"]) =>
    ({
      kind: "withdraw-fiat",
      by: by.calls("withdraw-fiat"),
      currency: "USD",
      amount: sat(1),
      destination: "IBAN",
    }) as const;

  test("is a debt, and freezes: nothing leaves by chain or bank, and what waits is not paid", () => {
    const { hub, anna, to } = doubleSpent();
    expect([has(hub, anna, "BTC"), [...hub.state.ledger.debtors]]).toEqual([[-50, 10, 0], [anna.index]]);
    expect(hub.refused(withdraw(anna, 1, 0))).toBe("account_in_debt");
    expect(hub.refused(toBank(anna))).toBe("account_in_debt");
    expect(hub.refused(withdraw(anna, 1, 0, { address: to }))).toBe("insufficient_funds");
    expect(payableWithdrawals(hub.state)).toEqual([]);
  });

  test("is made good by the next deposit, and all goes on", () => {
    const { hub, anna, friend, receipt, reserved } = doubleSpent();
    hub.block([receipt("more", 45)]);
    expect([has(hub, anna, "BTC"), hub.state.ledger.debtors.size]).toEqual([[-5, 10, 0], 1]);
    const address = [...hub.state.chain.addresses.values()].find(
      ({ account }) => account === anna.index,
    )!.address;
    hub.done({ kind: "send", by: friend.calls("send-btc"), address, amount: sat(6) });
    expect([has(hub, anna, "BTC"), hub.state.ledger.debtors.size]).toEqual([[1, 10, 0], 0]);
    expect(payableWithdrawals(hub.state).map((one) => one.transfer)).toEqual([reserved]);
    hub.done(toBank(anna));
  });

  test("of two coins that change was made of: one comes again, and what is built upon both still waits for the other", () => {
    const { hub, anna, receipt } = scene();
    hub.block([receipt("x", 1000), receipt("y", 1000)]);
    const [a, b, c] = [1, 2, 3].map(() => hub.done(withdraw(anna, 500, 0)).answer.transfer);
    hub.done(built(hub, "a", [a], ["x:0"], 10, 490));
    hub.done(built(hub, "b", [b], ["y:0"], 10, 490));
    hub.done(built(hub, "c", [c], ["a:1", "b:1"], 10, 470));
    hub.undo();
    hub.done(mempool([], ["x:0", "y:0"]));
    const conflicts = () => [1, 2, 3].map((n) => hub.state.chain.payouts.get(n)!.conflict?.outpoint);
    expect(conflicts()).toEqual(["x:0", "y:0", "x:0"]);
    hub.done(mempool([receipt("x", 1000)]));
    expect(conflicts()).toEqual([undefined, "y:0", "y:0"]);
    hub.block([receipt("x", 1000), receipt("y", 1000)]);
    expect(conflicts()).toEqual([undefined, undefined, undefined]);
    mine(hub, 1);
    mine(hub, 2);
    mine(hub, 3);
    expect(has(hub, anna, "BTC")).toEqual([500, 0, 0]);
  });

  test("of a coin that a payment spends: the payment cannot come, is given up when that is deep, and is paid once", () => {
    const { hub, anna, receipt, transfer } = paid();
    hub.undo();
    hub.done(mempool([], ["tx:0"]));
    expect(has(hub, anna, "BTC")).toEqual([-620, 620, 0]);
    const conflict = () => hub.state.chain.payouts.get(1)?.conflict;
    expect(conflict()).toMatchObject({ outpoint: "tx:0", txid: "" });
    expect(free(hub)).toEqual([]); // nor its change
    const abandon = {
      kind: "payout-abandoned",
      by: hub.operator.calls("operator-abandon-payout"),
      payout: 1,
    } as const;
    expect(hub.refused(abandon)).toBe("payout_alive");
    // It comes again after all, and goes again.
    hub.done(mempool([receipt("tx", 1000)]));
    expect(conflict()).toBeUndefined();
    hub.done(mempool([], ["tx:0"]));
    for (let i = 0; i < 6; i++) hub.block();
    hub.done(abandon);
    expect(hub.state.chain.coins.size).toBe(0);
    expect(payableWithdrawals(hub.state)).toEqual([]); // in debt
    hub.block([receipt("other", 1000)]);
    expect(payableWithdrawals(hub.state).map((one) => one.transfer)).toEqual([transfer]);
    expect(hub.refused(abandon)).toBe("payout_unknown");
  });
});
