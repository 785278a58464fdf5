import { expect, test } from "vitest";
import { outpointOf } from "../bitcoin/chain.ts";
import { mempool, paid } from "../bitcoin/testing.ts";
import { apply } from "../engine.ts";
import { load } from "../load.ts";
import { sale } from "../options/testing.ts";
import { at, sat, stateText } from "../testing.ts";
import { MOST_NOTED } from "./record.ts";
import {
  attach,
  attached,
  btc,
  ceiling,
  hubs,
  IDENTITY,
  left,
  output,
  recordOf,
  scene,
  tallies,
  told,
} from "./testing.ts";

const send = (by: ReturnType<typeof scene>["anna"], address: string, amount: number, fee?: number) =>
  ({
    kind: "send",
    by: by.calls("send-btc"),
    address,
    amount: sat(amount),
    ...(fee === undefined ? {} : { fee: sat(fee) }),
  }) as const;

test("a transfer within the line is its payee's at once, and comes to nothing more when it confirms", () => {
  const { hub, anna, address } = scene();
  const coin = output("tx", 1000, address);
  const { answer, effects } = hub.done(attach([coin]));
  expect(answer).toEqual({ status: "credited" });
  expect(told(effects)).toEqual(["deposit credited 1000", "line: credited"]);
  expect(btc(hub, anna)).toEqual([1000, 0, 0]);
  hub.block([coin]);
  expect(btc(hub, anna)).toEqual([1000, 0, 0]);
  hub.block();
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
  expect(hubs(hub)).toBe(0);
  expect(tallies(hub)).toEqual({ seen: [1, 1000], confirmed: [1, 1000] });
});

test("the status goes from credited to done, so that history needs no second row", () => {
  const { hub, address } = scene({ confirmations: [{ upTo: null, blocks: 1 }] });
  const coin = output("tx", 1000, address);
  const row = hub.done(attach([coin])).effects.find((effect) => effect.is === "transfer")!;
  const height = hub.state.chain.recent.at(-1)!;
  const { effects } = hub.done({
    kind: "chain-block",
    height: height.height + 1,
    hash: "a",
    prev: height.hash,
    receipts: [coin],
    spends: [],
  });
  expect(effects.filter((effect) => effect.is !== "line")).toEqual([
    { is: "status", transfer: row.transfer, account: row.account, status: "done" },
  ]);
});

test("it makes no difference whether the mempool or the identity tells of it first", () => {
  for (const first of [true, false]) {
    const { hub, anna, address } = scene();
    const coin = output("tx", 1000, address);
    if (first) {
      hub.done(mempool([coin]));
      expect(btc(hub, anna)).toEqual([0, 1000, 0]);
    }
    expect(attached(hub, [coin])).toBe("credited");
    if (!first) hub.done(mempool([coin]));
    expect(btc(hub, anna)).toEqual([1000, 0, 0]);
  }
});

test("attached twice it is credited once, and tells how it stands by then", () => {
  const { hub, anna, address } = scene();
  const coin = output("tx", 1000, address);
  expect(attached(hub, [coin])).toBe("credited");
  const again = hub.done(attach([coin]));
  expect(again.answer).toEqual({ status: "credited" });
  expect(again.effects).toEqual([]);
  hub.block([coin]);
  hub.block();
  expect(attached(hub, [coin])).toBe("confirmed");
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
  expect(tallies(hub)).toEqual({ seen: [1, 1000], confirmed: [1, 1000] });
});

test("a transfer whose coins count already is confirmed, and makes no record", () => {
  const { hub, anna, address } = scene();
  const coin = output("tx", 1000, address);
  hub.block([coin]);
  hub.block();
  expect(attached(hub, [coin])).toBe("confirmed");
  expect(hub.state.lines.transfers.size).toBe(0);
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
  expect(tallies(hub)).toEqual({});
});

test("in a block but not deep enough it is credited, and counts once", () => {
  const { hub, anna, address } = scene();
  const coin = output("tx", 1000, address);
  hub.block([coin]);
  expect(attached(hub, [coin])).toBe("credited");
  expect(btc(hub, anna)).toEqual([1000, 0, 0]);
  hub.block();
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
});

test("all outputs are credited or none: one satoshi above the line, and each counts as any deposit", () => {
  const { hub, anna, bert, address } = scene();
  const own = hub.address(bert);
  const both = [output("tx", 600, address), output("tx", 401, own, 1)];
  expect(attached(hub, both)).toBe("noted");
  hub.done(mempool(both));
  expect([btc(hub, anna), btc(hub, bert)]).toEqual([
    [0, 600, 0],
    [0, 401, 0],
  ]);
  hub.block(both);
  hub.block();
  expect([btc(hub, anna), btc(hub, bert)]).toEqual([
    [600, 0, 600],
    [401, 0, 401],
  ]);
  expect(tallies(hub)).toEqual({ seen: [1, 1001], confirmed: [1, 1001] });
  expect(attached(hub, [output("next", 600, address), output("next", 400, own, 1)])).toBe("credited");
});

test("without a proof that the coins are the identity's it is only noted, and stays so", () => {
  const { hub, anna, address } = scene();
  const coin = output("tx", 10, address);
  expect(attached(hub, [coin], { credit: false })).toBe("noted");
  expect(attached(hub, [coin])).toBe("noted");
  expect(btc(hub, anna)).toEqual([0, 0, 0]);
});

test("only one identity stands behind a transfer", () => {
  const { hub, address } = scene();
  const coin = output("tx", 10, address);
  attached(hub, [coin]);
  expect(hub.refused(attach([coin], { identity: "cc".repeat(32) }))).toBe("transfer_claimed");
});

test("a transfer that pays nobody here is refused, and the hub's own addresses earn no credit", () => {
  const { hub, address } = scene();
  expect(hub.refused(attach([output("tx", 10, "elsewhere")]))).toBe("transfer_not_ours");
  expect(hub.refused(attach([output("tx", 0, address)]))).toBe("transfer_not_ours");
  const index = hub.state.chain.nextReceive;
  hub.done({ kind: "cold-address", by: hub.operator.calls("operator-cold-address"), address: "cold", index });
  expect(attached(hub, [output("tx", 10, "cold")])).toBe("noted");
});

test("what was credited early is traded and spent inside the hub, and leaves by chain only when confirmed", () => {
  const { hub, anna, bert, address } = scene();
  hub.deposit(anna, 500);
  hub.block();
  const coin = output("tx", 1000, address);
  attached(hub, [coin]);
  expect(btc(hub, anna)).toEqual([1500, 0, 500]);
  hub.done(hub.order(anna, 200, "BTC", 1, "USD"));
  expect(btc(hub, anna)).toEqual([1300, 0, 300]);
  hub.done(send(anna, hub.address(bert), 200));
  expect(btc(hub, anna)).toEqual([1100, 0, 100]);
  expect(hub.refused(send(anna, "outside", 100, 1))).toBe("not_withdrawable");
  hub.done(send(anna, "outside", 90, 10));
  expect(btc(hub, anna)).toEqual([1000, 0, 0]);
  hub.block([coin]);
  hub.block();
  hub.done(send(anna, "outside", 990, 10));
  expect(btc(hub, anna)).toEqual([0, 0, 0]);
});

test("gone from the mempool, back again, and mined: the credit stands, and nothing is pending beside it", () => {
  const { hub, anna, address } = scene();
  const coin = output("tx", 1000, address);
  hub.done(mempool([coin]));
  attached(hub, [coin]);
  left(hub, [coin]);
  expect(btc(hub, anna)).toEqual([1000, 0, 0]);
  expect(recordOf(hub).open).toBe(1000);
  hub.done(mempool([coin]));
  left(hub, [coin]);
  hub.block([coin]);
  hub.block();
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
});

test("a reorganisation that undoes the confirmation makes it the hub's risk again, not a debt of who has spent it", () => {
  const { hub, anna, bert, address } = scene();
  const coin = output("tx", 1000, address);
  attached(hub, [coin]);
  hub.block([coin]);
  hub.block();
  hub.done(send(anna, hub.address(bert), 1000));
  hub.undo();
  hub.undo();
  left(hub, [coin]);
  expect([btc(hub, anna), btc(hub, bert)]).toEqual([
    [0, 0, 0],
    [1000, 0, 1000],
  ]);
  expect(tallies(hub)).toEqual({ seen: [1, 1000] });
  expect(recordOf(hub).open).toBe(1000);
  expect(hub.state.ledger.debtors.size).toBe(0);
  hub.block([coin]);
  hub.block();
  expect(tallies(hub)).toEqual({ seen: [1, 1000], confirmed: [1, 1000] });
});

test("a reorganisation of what was only noted takes it back, as of any deposit, and out of the record", () => {
  const { hub, anna, address } = scene();
  const coin = output("tx", 5000, address);
  attached(hub, [coin]);
  hub.block([coin]);
  hub.block();
  hub.undo();
  hub.undo();
  expect(btc(hub, anna)).toEqual([0, 5000, 0]);
  expect(tallies(hub)).toEqual({ seen: [1, 5000] });
  expect(recordOf(hub).earned).toEqual([]);
});

test("no early credit while payments by chain stand still", () => {
  const { hub, address } = scene();
  const by = hub.operator.calls("operator-halt");
  hub.done({ kind: "halt-withdrawals", by, reason: "operator" });
  expect(attached(hub, [output("tx", 10, address)])).toBe("noted");
  hub.done({ kind: "resume-withdrawals", by });
  expect(attached(hub, [output("next", 10, address)])).toBe("credited");
});

test("an early credit makes a debt good, and leaves by chain no sooner", () => {
  const { hub, anna, bert, address } = scene();
  const spent = output("spent", 300, address);
  hub.block([spent]);
  hub.block();
  hub.done(send(anna, hub.address(bert), 300));
  hub.undo();
  hub.undo();
  left(hub, [spent]);
  expect(btc(hub, anna)).toEqual([-300, 0, 0]);
  attached(hub, [output("tx", 1000, address)]);
  expect(btc(hub, anna)).toEqual([700, 0, 0]);
  expect(hub.refused(send(anna, "outside", 1, 1))).toBe("not_withdrawable");
});

test("what counted is forgotten when no reorganisation reaches it, and the record stays", () => {
  const { hub, anna, address } = scene();
  const coins = [output("tx", 600, address), output("tx", 400, hub.address(anna), 1)];
  attached(hub, coins);
  hub.block(coins);
  for (let depth = 0; depth < 200; depth++) hub.block();
  const { coins: kept, transfers, byInput, identities } = hub.state.lines;
  expect([kept.size, transfers.size, byInput.size]).toEqual([0, 0, 0]);
  expect(hub.state.chain.deposits.has(outpointOf(coins[0]!))).toBe(false);
  expect(identities.size).toBe(1);
  expect(tallies(hub)).toEqual({ seen: [1, 1000], confirmed: [1, 1000] });
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
});

test("the operator's word needs its own permission", () => {
  const { hub, anna } = scene();
  const by = anna.calls("operator-set-line");
  expect(hub.refused({ ...ceiling(hub, 1), by })).toBe("permission_denied");
});

test("what makes room among the noted is the same after a load, also when one was undone", async () => {
  const { hub, address } = scene({ confirmations: [{ upTo: null, blocks: 1 }] });
  attached(hub, [output("t1", 5000, address)]);
  hub.block([output("t1", 5000, address)]);
  attached(hub, [output("t2", 5000, address)]);
  hub.undo();
  const loaded = await load(stateText(hub.state).split("\n"));
  for (const state of [hub.state, loaded])
    for (let i = 0; i < MOST_NOTED - 1; i++)
      apply(state, { ...attach([output(`u${i}`, 5000, address)]), t: at(hub.t) });
  expect(stateText(loaded)).toBe(stateText(hub.state));
});

test("a coin that was gone and is credited early is in sight again: the payout that spends it is not in conflict", () => {
  const { hub, receipt } = paid();
  hub.done(ceiling(hub, 1e6, IDENTITY));
  hub.undo();
  hub.done({ kind: "chain-mempool", appeared: [], gone: ["tx:0"] });
  expect(hub.state.chain.payouts.get(1)!.conflict).toBeDefined();
  expect(attached(hub, [receipt("tx", 1000)])).toBe("credited");
  expect(hub.state.chain.payouts.get(1)!.conflict).toBeUndefined();
});

test("an option's premium does not let what is credited early leave by the desk", () => {
  const { hub, anna, address } = scene({ options: { most: 4, mostPerBuyer: 4 } });
  const desk = hub.account("desk");
  hub.credit(desk, "USD", 1_000_000);
  attached(hub, [output("t1", 1000, address)]);
  hub.done(sale(hub, anna, { premium: sat(400), give: sat(100), want: sat(5) }));
  expect(btc(hub, desk)).toEqual([400, 0, 0]);
  expect(btc(hub, anna)).toEqual([600, 0, 0]);
});
