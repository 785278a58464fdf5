import { describe, expect, test } from "vitest";
import { HUB } from "../accounts/accounts.ts";
import { BrokenInvariant } from "../assert.ts";
import { has, sat } from "../testing.ts";
import { boundCoins, versionToSend } from "./payouts.ts";
import { built, free, mine, paid, replaced, statuses, withdraw } from "./testing.ts";
import { payableWithdrawals } from "./withdrawals.ts";

const broadcast = { kind: "payout-broadcast", payout: 1 } as const;

describe("replacements", () => {
  /** Replaced once, with a coin more. */
  const bumped = () => {
    const all = paid();
    const { hub, receipt } = all;
    hub.block([receipt("more", 500)]);
    hub.done(broadcast);
    hub.done(replaced(hub, 1, "second", ["tx:0", "more:0"], 40, 860));
    return all;
  };

  test("of what is not in a block nothing is built upon change: which version comes is open", () => {
    const { hub } = bumped();
    expect(free(hub)).toEqual([]);
    expect(versionToSend(hub.state.chain, hub.state.chain.payouts.get(1)!)!.txid).toBe("second");
    expect(hub.state.chain.payouts.get(1)!.broadcast).toBe(false);
    expect(statuses(hub.done(broadcast).effects)).toEqual(["broadcast second"]);
    expect(hub.state.chain.nextChange).toBe(1);
  });

  test("one that confirms under the txid of an earlier replacement is recognised and not paid again", () => {
    const { hub, anna } = bumped();
    hub.done(replaced(hub, 1, "third", ["tx:0", "more:0"], 60, 840));
    mine(hub, 1, 0);
    expect(has(hub, anna, "BTC")).toEqual([880, 0, 0]);
    // Its own fee is what was paid.
    expect(has(hub, { index: HUB }, "BTC")).toEqual([5, 0, 0]);
    expect(payableWithdrawals(hub.state)).toEqual([]);
    // The coin that only the later ones spend is free again; the change that came is the first version's.
    expect(free(hub).sort()).toEqual(["more:0", "payout:1"]);
    for (let depth = 2; depth <= 6; depth++) hub.block();
    expect(hub.state.chain.payouts.get(1)).toMatchObject({ final: true, confirmed: 0 });
  });

  test("undone and confirmed under another txid, each time its own fee and change count", () => {
    const { hub } = bumped();
    const fees = () => has(hub, { index: HUB }, "BTC")[0];
    const before = free(hub);
    mine(hub, 1, 1);
    expect([free(hub), fees()]).toEqual([["second:1"], -20]);
    hub.undo();
    expect([free(hub), fees()]).toEqual([before, 0]);
    mine(hub, 1, 0);
    expect([free(hub).sort(), fees()]).toEqual([["more:0", "payout:1"], 5]);
    hub.undo();
    expect([free(hub), fees()]).toEqual([before, 0]);
  });

  test("the statuses tell the txid that confirmed", () => {
    const { hub } = bumped();
    const { txid, inputs } = hub.state.chain.payouts.get(1)!.versions[0]!;
    const { height, hash } = hub.state.chain.recent.at(-1)!;
    const { effects } = hub.done({
      kind: "chain-block",
      height: height + 1,
      hash: "b",
      prev: hash,
      receipts: [{ txid, vout: 1, value: sat(385), address: "change-0" }],
      spends: inputs.map((outpoint) => ({ outpoint, txid })),
    });
    expect(statuses(effects)).toEqual(["confirmed payout"]);
    expect(statuses(hub.done({ kind: "chain-undo", height: height + 1, hash: "b" }).effects)).toEqual([
      "broadcast payout",
    ]);
  });

  test("a coin that an earlier version leaves free is paid with, then undone, then the later version confirms: one of the two dies", () => {
    const { hub, anna } = bumped();
    mine(hub, 1, 0);
    const { transfer } = hub.done(withdraw(anna, 400, 20)).answer;
    hub.done(built(hub, "other", [transfer], ["more:0"], 10, 90));
    hub.undo();
    expect(hub.state.chain.payouts.get(2)!.conflict).toBeUndefined();
    // The coin is the other's now: what is sent again, or replaced, does without it.
    const { chain } = hub.state;
    expect(versionToSend(chain, chain.payouts.get(1)!)!.txid).toBe("payout");
    expect(boundCoins(chain, chain.payouts.get(1)!).map(({ outpoint }) => outpoint)).toEqual(["tx:0"]);
    mine(hub, 1, 1);
    expect(hub.state.chain.payouts.get(2)!.conflict).toMatchObject({ outpoint: "more:0", txid: "second" });
    expect(hub.state.chain.halt).toBeUndefined();
    hub.undo();
    expect(hub.state.chain.payouts.get(2)!.conflict).toBeUndefined();
    mine(hub, 2);
    mine(hub, 1, 0);
    expect(has(hub, anna, "BTC")).toEqual([460, 0, 0]);
  });

  test("what was built upon the change of a version that did not come cannot come either", () => {
    const { hub, anna } = bumped();
    mine(hub, 1, 0);
    const { transfer } = hub.done(withdraw(anna, 300, 20)).answer;
    hub.done(built(hub, "upon", [transfer], ["payout:1"], 10, 75));
    hub.undo();
    expect(free(hub)).toEqual(["upon:1"]);
    mine(hub, 1, 1);
    expect(hub.state.chain.payouts.get(2)!.conflict).toMatchObject({ txid: "second" });
    expect(free(hub)).toEqual(["second:1"]);
    const abandon = {
      kind: "payout-abandoned",
      by: hub.operator.calls("operator-abandon-payout"),
      payout: 2,
    } as const;
    expect(hub.refused(abandon)).toBe("payout_alive");
    for (let depth = 2; depth <= 6; depth++) hub.block();
    hub.done(abandon);
    expect(payableWithdrawals(hub.state).map((one) => one.transfer)).toEqual([transfer]);
    expect(free(hub)).toEqual(["second:1"]);
  });

  test("it shares all coins with those before, pays more, and keeps what it pays", () => {
    const { hub, receipt } = paid();
    hub.block([receipt("more", 500)]);
    const wrong = (inputs: string[], fee: number, change: number) =>
      expect(() => hub.done(replaced(hub, 1, "second", inputs, fee, change))).toThrow(BrokenInvariant);
    wrong(["more:0"], 20, 480); // only the new coin
    wrong(["tx:0"], 15, 385); // the same fee
    wrong(["tx:0"], 20, 385); // too much
    wrong(["tx:0", "payout:1"], 20, 765); // its own change
    hub.done(replaced(hub, 1, "second", ["tx:0"], 20, 380));
    expect(() => hub.done(replaced(hub, 1, "second", ["tx:0"], 25, 375))).toThrow(BrokenInvariant);
    mine(hub, 1, 1);
    expect(() => hub.done(replaced(hub, 1, "third", ["tx:0"], 25, 375))).toThrow(BrokenInvariant);
  });

  test("not while another payout is built upon its change", () => {
    const { hub, anna } = paid();
    const { transfer } = hub.done(withdraw(anna, 300, 20)).answer;
    hub.done(built(hub, "upon", [transfer], ["payout:1"], 10, 75));
    expect(() => hub.done(replaced(hub, 1, "second", ["tx:0"], 20, 380))).toThrow(BrokenInvariant);
  });
});
