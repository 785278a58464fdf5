import { describe, expect, test } from "vitest";
import { CHAIN, HUB } from "../accounts/accounts.ts";
import { CONFIG, has, type Owner, sat, type TestHub, testHub } from "../testing.ts";
import { RECENT_BLOCKS, spendableCoins } from "./chain.ts";

const scene = (confirmations = 1, finalAfter = 6) => {
  const hub = testHub({ ...CONFIG, confirmations, finalAfter });
  const anna = hub.account();
  const address = hub.address(anna);
  const receipt = (txid: string, value: number, vout = 0) => ({ txid, vout, value: sat(value), address });
  return { hub, anna, address, receipt };
};
const free = (hub: TestHub): string[] =>
  spendableCoins(hub.state.chain, hub.state.config.confirmations).map((coin) => coin.outpoint);
const mempool = (appeared: readonly ReturnType<ReturnType<typeof scene>["receipt"]>[], gone: string[] = []) =>
  ({ kind: "chain-mempool", appeared, gone }) as const;

describe("deposits", () => {
  test("in sight they are pending, in a block still, and with the last confirmation available", () => {
    const { hub, anna, receipt } = scene(3);
    hub.done(mempool([receipt("tx", 50)]));
    hub.done(mempool([receipt("tx", 50)])); // told again: nothing
    expect(has(hub, anna, "BTC")).toEqual([0, 0, 50]);
    hub.block([receipt("tx", 50)]);
    hub.block();
    expect(has(hub, anna, "BTC")).toEqual([0, 0, 50]);
    hub.block();
    expect(has(hub, anna, "BTC")).toEqual([50, 0, 0]);
    expect(has(hub, { index: CHAIN }, "BTC")).toEqual([-50, 0, 0]);
  });

  test("two outputs to one address, an address used again, and a block without the mempool before it all count", () => {
    const { hub, anna, receipt } = scene();
    hub.block([receipt("tx", 5, 0), receipt("tx", 7, 1)]);
    hub.block([receipt("later", 11)]);
    expect(has(hub, anna, "BTC")).toEqual([23, 0, 0]);
    expect(free(hub)).toEqual(["tx:0", "tx:1", "later:0"]);
  });

  test("gone from the mempool it is no longer pending; one in a block is not gone", () => {
    const { hub, anna, receipt } = scene(2);
    hub.done(mempool([receipt("a", 5), receipt("b", 7)]));
    hub.block([receipt("b", 7)]);
    hub.done(mempool([], ["a:0", "b:0", "unknown:0"]));
    expect(has(hub, anna, "BTC")).toEqual([0, 0, 7]);
  });

  test("a coinbase counts with its hundredth block, not its ninety-ninth", () => {
    const { hub, anna, receipt } = scene();
    hub.block([{ ...receipt("coinbase", 50), coinbase: true }]);
    for (let depth = 2; depth <= 99; depth++) hub.block();
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[0, 0, 50], []]);
    hub.block();
    expect([has(hub, anna, "BTC"), free(hub)]).toEqual([[50, 0, 0], ["coinbase:0"]]);
  });

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

  test("spent and then double-spent it is a debt, which the next deposit makes good", () => {
    const { hub, anna, receipt } = scene();
    const to = hub.address(hub.account());
    hub.block([receipt("tx", 50)]);
    hub.done({ kind: "send", by: anna.calls("send-btc"), address: to, amount: sat(40) });
    hub.undo();
    expect(has(hub, anna, "BTC")).toEqual([-40, 0, 50]);
    hub.done(mempool([], ["tx:0"]));
    expect([has(hub, anna, "BTC"), [...hub.state.ledger.debtors]]).toEqual([[-40, 0, 0], [anna.index]]);
    const send = { kind: "send", by: anna.calls("send-btc"), address: to, amount: sat(1) } as const;
    expect(hub.refused(send)).toBe("insufficient_funds");
    hub.block([receipt("more", 45)]);
    expect([has(hub, anna, "BTC"), [...hub.state.ledger.debtors]]).toEqual([[5, 0, 0], []]);
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
  });
});

describe("withdrawals", () => {
  const withdraw = (by: Owner, amount: number, fee: number, more = {}) =>
    ({
      kind: "send",
      by: by.calls("send-btc"),
      address: "outside",
      amount: sat(amount),
      fee: sat(fee),
      ...more,
    }) as const;
  const built = (hub: TestHub, withdrawals: number[], inputs: string[], fee: number, change: number) =>
    ({
      kind: "payout-built",
      withdrawals,
      txid: "payout",
      raw: "00",
      inputs,
      fee: sat(fee),
      change: { vout: 1, value: sat(change), address: "change", index: hub.state.chain.nextChange },
    }) as const;
  const statuses = (effects: readonly { is: string }[]) =>
    effects.flatMap((effect) => ("status" in effect ? [effect.status] : []));
  const paid = () => {
    const all = scene();
    const { hub, anna, receipt } = all;
    hub.block([receipt("tx", 1000)]);
    const { transfer } = hub.done(withdraw(anna, 600, 20)).answer;
    hub.done(built(hub, [transfer], ["tx:0"], 15, 385));
    return { ...all, transfer };
  };

  test("held from the request, gone with the block, final after its depth, forgotten then", () => {
    const { hub, anna } = paid();
    expect(has(hub, anna, "BTC")).toEqual([380, 620, 0]);
    expect(free(hub)).toEqual(["payout:1"]); // our change, before its block
    expect(statuses(hub.done({ kind: "payout-broadcast", payout: 1 }).effects)).toEqual(["broadcast"]);
    expect(statuses(hub.done({ kind: "payout-broadcast", payout: 1 }).effects)).toEqual([]);
    hub.block([{ txid: "payout", vout: 1, value: sat(385), address: "change" }], [["tx:0", "payout"]]);
    expect(has(hub, anna, "BTC")).toEqual([380, 0, 0]);
    expect(has(hub, { index: HUB }, "BTC")).toEqual([5, 0, 0]);
    expect(has(hub, { index: CHAIN }, "BTC")).toEqual([-385, 0, 0]);
    for (let depth = 2; depth < 6; depth++) hub.block();
    expect(hub.state.chain.payouts.size).toBe(1);
    hub.block();
    expect([hub.state.chain.payouts.size, hub.state.withdrawals.size]).toEqual([0, 0]);
  });

  test("a node's late answer about a payout that is final already does not stop the hub", () => {
    const { hub } = paid();
    hub.block([], [["tx:0", "payout"]]);
    for (let depth = 2; depth <= 6; depth++) hub.block();
    expect(hub.done({ kind: "payout-broadcast", payout: 1 }).effects).toEqual([]);
  });

  test("an undone block binds it again; mined again it goes once", () => {
    const { hub, anna } = paid();
    hub.block([{ txid: "payout", vout: 1, value: sat(385), address: "change" }], [["tx:0", "payout"]]);
    hub.undo();
    expect(has(hub, anna, "BTC")).toEqual([380, 620, 0]);
    expect(has(hub, { index: HUB }, "BTC")).toEqual([0, 0, 0]);
    expect(free(hub)).toEqual(["payout:1"]);
    hub.block([{ txid: "payout", vout: 1, value: sat(385), address: "change" }], [["tx:0", "payout"]]);
    expect(has(hub, anna, "BTC")).toEqual([380, 0, 0]);
  });

  test("a coin bound by a payout stays bound when its own block is undone and mined again: no second payout spends it", () => {
    const { hub, receipt } = paid();
    hub.undo();
    hub.block([receipt("tx", 1000)]);
    expect(free(hub)).toEqual(["payout:1"]);
    expect(hub.state.chain.coins.get("tx:0")!.payout).toBe(1);
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
    expect([...hub.state.withdrawals.values()][0]).toMatchObject({ amount: 980, fee: 20 });
    expect(has(hub, anna, "BTC")).toEqual([0, 1000, 0]);
  });

  test("nobody pays to the hub's own change", () => {
    const { hub, anna } = paid();
    expect(hub.refused(withdraw(anna, 1, 0, { address: "change" }))).toBe("address_invalid");
  });
});
