import { describe, expect, test } from "vitest";
import { load } from "../load.ts";
import { has, type Owner, stateText } from "../testing.ts";
import type { OwnOrderRule } from "./own-orders.ts";
import { amend, BITCOIN, cancel, scene, traded } from "./testing.ts";

const choose = (by: Owner, ownOrders?: OwnOrderRule) =>
  ({ kind: "change-settings", by: by.calls("change-settings"), ownOrders }) as const;

/** Sells of a (1), b (2) and a (3) at rising prices; what a's buy for all of them comes to under a rule. */
const meeting = (rule?: OwnOrderRule, more = {}) => {
  const it = scene();
  const {
    hub,
    people: [a, b],
    buy,
    sell,
  } = it;
  hub.done(sell(b, BITCOIN, 99)); // 1
  hub.done(sell(a, BITCOIN, 100)); // 2
  hub.done(sell(b, BITCOIN, 101)); // 3
  hub.done(sell(a, BITCOIN, 102)); // 4
  if (rule) hub.done(choose(a, rule));
  const { answer, effects } = hub.done(buy(a, 4 * BITCOIN, 440, more)); // 5
  const cancelled = effects.flatMap((one) => (one.is === "order-cancelled" ? [[one.order, one.met]] : []));
  return { ...it, a, b, answer, cancelled, trades: traded(effects).map(([maker]) => maker) };
};

describe("an order never trades with its own account", () => {
  test("cancel_oldest, unless chosen otherwise: its resting orders go, and it trades with the next in line", () => {
    for (const rule of [undefined, "cancel_oldest"] as const) {
      const { hub, a, answer, cancelled, trades } = meeting(rule);
      expect(trades).toEqual([1, 3]);
      expect(cancelled).toEqual([
        [2, 5],
        [4, 5],
      ]);
      expect(answer).toMatchObject({ state: "open", met: { cancelled: [2, 4], back: 2 * BITCOIN } });
      expect(answer.met.stoppedBy).toBeUndefined();
      expect(has(hub, a, "BTC")).toEqual([12 * BITCOIN, 0, 0]);
      expect(has(hub, a, "USD")[1]).toBe(220);
    }
  });

  test("cancel_newest: what is left of the new one goes, the resting one stays", () => {
    const { hub, a, answer, cancelled, trades } = meeting("cancel_newest");
    expect(trades).toEqual([1]);
    expect(cancelled).toEqual([[5, 2]]);
    expect(answer).toMatchObject({ state: "cancelled", given: 99, met: { cancelled: [], stoppedBy: 2 } });
    expect(has(hub, a, "USD")).toEqual([1_000_000 - 99, 0, 0]);
    hub.done(cancel(a, 2));
    hub.done(cancel(a, 4));
  });

  test("cancel_both: the one that it meets first goes with what is left of the new one, further ones stay", () => {
    const { hub, a, answer, cancelled, trades } = meeting("cancel_both");
    expect(trades).toEqual([1]);
    expect(cancelled).toEqual([
      [2, 5],
      [5, 2],
    ]);
    expect(answer).toMatchObject({
      state: "cancelled",
      met: { cancelled: [2], back: BITCOIN, stoppedBy: 2 },
    });
    expect(hub.refused(cancel(a, 2))).toBe("order_unknown");
    expect(hub.refused(cancel(a, 5))).toBe("order_unknown");
    hub.done(cancel(a, 4));
  });

  test("an order that is filled before it meets its own leaves them alone under every rule", () => {
    for (const rule of ["cancel_oldest", "cancel_newest", "cancel_both"] as const) {
      const {
        hub,
        people: [a, b],
        buy,
        sell,
      } = scene();
      hub.done(choose(a, rule));
      hub.done(sell(b, BITCOIN, 99));
      hub.done(sell(a, BITCOIN, 99));
      const { answer } = hub.done(buy(a, BITCOIN, 100));
      expect(answer.state).toBe("filled");
      expect(answer.met).toBeUndefined();
      hub.done(cancel(a, 2));
    }
  });

  test("fok counts what the rule lets it reach: nothing is cancelled for an order that is not placed", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, BITCOIN, 99));
    hub.done(sell(b, BITCOIN, 100));
    const whole = buy(a, BITCOIN, 100, { tif: "fok" });
    for (const rule of ["cancel_newest", "cancel_both"] as const) {
      hub.done(choose(a, rule));
      expect(hub.refused(whole)).toBe("order_unfilled");
    }
    hub.done(choose(a, "cancel_oldest"));
    expect(hub.done(whole).answer).toMatchObject({ state: "filled", met: { cancelled: [1] } });
  });

  test("an amended order is the new one of the two", () => {
    for (const [rule, ended] of [
      ["cancel_oldest", 2],
      ["cancel_newest", 1],
    ] as const) {
      const {
        hub,
        people: [a],
        buy,
        sell,
      } = scene();
      hub.done(choose(a, rule));
      hub.done(buy(a, BITCOIN, 90)); // 1
      hub.done(sell(a, BITCOIN, 100)); // 2
      const { answer, effects } = hub.done(amend(a, 1, 100, BITCOIN));
      expect(answer.state).toBe(rule === "cancel_oldest" ? "open" : "cancelled");
      expect(effects).toContainEqual(
        expect.objectContaining({ is: "order-cancelled", order: ended, met: 3 - ended, given: 0 }),
      );
      expect(hub.refused(cancel(a, ended))).toBe("order_unknown");
      hub.done(cancel(a, 3 - ended));
      expect([has(hub, a, "USD")[1], has(hub, a, "BTC")[1]]).toEqual([0, 0]);
    }
  });

  test("the choice is the account's own, stays as it was where nothing is said, and outlives a restart", async () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    expect(hub.done(choose(a)).answer).toEqual({ ownOrders: "cancel_oldest" });
    hub.done(choose(a, "cancel_newest"));
    expect(hub.done(choose(a)).answer).toEqual({ ownOrders: "cancel_newest" });
    for (const one of [a, b]) {
      hub.done(sell(one, BITCOIN, 100));
      hub.state = await load(stateText(hub.state).split("\n"));
      const { answer } = hub.done(buy(one, BITCOIN, 100));
      expect(answer.state).toBe(one === a ? "cancelled" : "filled");
    }
  });

  test("an account's rows of cancelled orders hang together, across a restart too", async () => {
    const { hub, a, buy, sell } = meeting("cancel_both");
    hub.state = await load(stateText(hub.state).split("\n"));
    hub.done(sell(a, BITCOIN, 50));
    const { effects } = hub.done(buy(a, BITCOIN, 50));
    expect(effects.filter((one) => one.is === "order-cancelled")).toMatchObject([
      { row: 3, previous: 2 },
      { row: 4, previous: 3 },
    ]);
  });
});
