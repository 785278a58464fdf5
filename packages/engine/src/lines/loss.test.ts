import { expect, test } from "vitest";
import { mempool } from "../bitcoin/testing.ts";
import { at, sat } from "../testing.ts";
import { lineOf } from "./rule.ts";
import { attached, btc, conflicted, hubs, left, output, recordOf, scene, tallies, told } from "./testing.ts";

const open = () => {
  const all = scene();
  const coin = output("tx", 1000, all.address);
  all.hub.done(mempool([coin]));
  attached(all.hub, [coin]);
  return { ...all, coin };
};

test("a double spend as deep as the deposit would have had to be is the hub's loss, and nobody else's", () => {
  const { hub, anna, coin } = open();
  left(hub, [coin]);
  hub.block();
  conflicted(hub, "tx", 1);
  expect(hubs(hub)).toBe(0);
  const top = hub.state.chain.recent.at(-1)!;
  const { effects } = hub.done({
    kind: "chain-block",
    height: top.height + 1,
    hash: "deep",
    prev: top.hash,
    receipts: [],
    spends: [],
  });
  expect(told(effects)).toEqual(["lost", "line: lost"]);
  expect(hubs(hub)).toBe(-1000);
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
  expect(hub.state.ledger.debtors.size).toBe(0);
  expect(tallies(hub)).toEqual({ seen: [1, 1000], doubleSpent: [1, 1000] });
});

test("told only when it is deep already, it is lost at once", () => {
  const { hub } = open();
  hub.block();
  hub.block();
  expect(told(conflicted(hub, "tx", 2).effects)).toEqual(["line: conflict", "lost", "line: lost"]);
  expect(hubs(hub)).toBe(-1000);
});

test("what the payee has spent of it stays spent: no debt comes of another hub's double spend", () => {
  const { hub, anna, bert } = open();
  const to = hub.address(bert);
  hub.done({ kind: "send", by: anna.calls("send-btc"), address: to, amount: sat(1000) });
  hub.block();
  hub.block();
  conflicted(hub, "tx", 2);
  expect([btc(hub, anna), btc(hub, bert)]).toEqual([
    [0, 0, 0],
    [1000, 0, 1000],
  ]);
  expect(hub.state.ledger.debtors.size).toBe(0);
});

test("one double spend ends the line for good, even if the chain decides otherwise in the end", () => {
  const { hub, address, coin } = open();
  hub.block();
  hub.block();
  conflicted(hub, "tx", 2);
  const ended = () => attached(hub, [output(`next-${hub.state.chain.recent.length}`, 1, address)]);
  expect(ended()).toBe("noted");
  hub.undo();
  hub.undo();
  expect(ended()).toBe("noted");
  hub.block([coin]);
  hub.block();
  hub.block();
  expect(ended()).toBe("noted");
  expect(recordOf(hub).ended).toMatchObject({ txid: "tx", rival: "rival of tx" });
});

test("a replacement in the mempool suspends the line while it lasts, and takes what was earned", () => {
  const { hub, address, coin } = open();
  hub.block([coin]);
  hub.block();
  const next = output("next", 100, address);
  attached(hub, [next]);
  expect(lineOf(recordOf(hub), at(hub.t))).toBe(1500);
  expect(told(conflicted(hub, "next").effects)).toEqual(["line: conflict"]);
  expect(lineOf(recordOf(hub), at(hub.t))).toBe(0);
  expect(attached(hub, [output("more", 1, address)])).toBe("noted");
  hub.block([next]);
  expect(lineOf(recordOf(hub), at(hub.t))).toBe(0);
  hub.block();
  expect(lineOf(recordOf(hub), at(hub.t))).toBe(1050);
  expect(tallies(hub)).toMatchObject({ seen: [3, 1101], confirmed: [2, 1100], replaced: [1, 100] });
  expect(hubs(hub)).toBe(0);
});

test("the same conflict told again, or from the mempool after a block, changes nothing", () => {
  const { hub } = open();
  hub.block();
  conflicted(hub, "tx", 1);
  expect(conflicted(hub, "tx", 1).effects).toEqual([]);
  expect(conflicted(hub, "tx", 0).effects).toEqual([]);
  expect(hub.state.lines.transfers.get("tx")!.conflict).toEqual({ rival: "rival of tx", height: 1 });
  expect(tallies(hub)).toEqual({ seen: [1, 1000], replaced: [1, 1000] });
});

test("of a transfer that is not attached, or counts, a conflict is no news", () => {
  const { hub, coin } = open();
  expect(conflicted(hub, "unknown").effects).toEqual([]);
  hub.block([coin]);
  conflicted(hub, "tx");
  expect(hub.state.lines.transfers.get("tx")!.conflict).toBeUndefined();
  hub.block();
  conflicted(hub, "tx");
  expect(tallies(hub)).toEqual({ seen: [1, 1000], confirmed: [1, 1000] });
});

test("a reorganisation that undoes a conflict before it was deep leaves the credit open, and the first may win", () => {
  const { hub, anna, coin } = open();
  hub.block();
  conflicted(hub, "tx", 1);
  hub.undo();
  hub.block();
  hub.block();
  hub.block();
  expect(hubs(hub)).toBe(0);
  expect(recordOf(hub).open).toBe(1000);
  hub.block([coin]);
  hub.block();
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
  expect(tallies(hub)).toEqual({ seen: [1, 1000], confirmed: [1, 1000], replaced: [1, 1000] });
});

test("what comes all the same after its loss was booked is the hub's; undone once more, the loss is back", () => {
  const { hub, anna, coin } = open();
  left(hub, [coin]);
  hub.block();
  hub.block();
  conflicted(hub, "tx", 2);
  hub.undo();
  hub.undo();
  expect(hubs(hub)).toBe(-1000);
  hub.block([coin]);
  hub.block();
  expect(hubs(hub)).toBe(0);
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
  hub.undo();
  hub.undo();
  expect(hubs(hub)).toBe(-1000);
  hub.block([coin]);
  for (let depth = 0; depth < 200; depth++) hub.block();
  expect(hub.state.lines.transfers.size).toBe(0);
  expect(hubs(hub)).toBe(0);
});

test("after a confirmation that a reorganisation undid, the double spend that won is lost like any", () => {
  const { hub, anna, coin } = open();
  hub.block([coin]);
  hub.block();
  expect(recordOf(hub).open).toBe(0);
  hub.undo();
  hub.undo();
  left(hub, [coin]);
  hub.block();
  conflicted(hub, "tx", 1);
  hub.block();
  expect(hubs(hub)).toBe(-1000);
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
  expect(tallies(hub)).toEqual({ seen: [1, 1000], doubleSpent: [1, 1000] });
});

test("how deep is what the largest sum for one address needs, as if its block had brought it alone", () => {
  const { hub, anna, address } = scene({
    confirmations: [
      { upTo: sat(500), blocks: 1 },
      { upTo: null, blocks: 3 },
    ],
  });
  attached(hub, [
    output("tx", 300, address),
    output("tx", 300, address, 1),
    output("tx", 10, hub.address(anna), 2),
  ]);
  hub.block();
  conflicted(hub, "tx", 1);
  hub.block();
  expect(hubs(hub)).toBe(0);
  hub.block();
  expect(hubs(hub)).toBe(-610);
});

test("a noted transfer that is double-spent costs nothing and ends the line all the same", () => {
  const { hub, anna, address } = scene();
  const coin = output("tx", 5000, address);
  hub.done(mempool([coin]));
  attached(hub, [coin]);
  hub.block();
  hub.block();
  conflicted(hub, "tx", 2);
  left(hub, [coin]);
  expect(hubs(hub)).toBe(0);
  expect(btc(hub, anna)).toEqual([0, 0, 0]);
  expect(recordOf(hub).ended).toBeDefined();
  for (let depth = 0; depth < 200; depth++) hub.block();
  expect(hub.state.lines.transfers.size).toBe(0);
});

test("a lost transfer is forgotten when its double spend is buried, and nothing of it turns up as pending", () => {
  const { hub, anna } = open();
  hub.block();
  hub.block();
  conflicted(hub, "tx", 2);
  for (let depth = 0; depth < 200; depth++) hub.block();
  expect(hub.state.lines.transfers.size).toBe(0);
  expect(hub.state.chain.deposits.size).toBe(0);
  expect(btc(hub, anna)).toEqual([1000, 0, 1000]);
});
