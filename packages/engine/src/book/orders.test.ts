import { describe, expect, test } from "vitest";
import { HUB, ROUNDING } from "../accounts/accounts.ts";
import { CONFIG, has, type Owner, sat, type TestHub } from "../testing.ts";
import { amend, BITCOIN, cancel, scene, traded, withMarket } from "./testing.ts";

describe("matching", () => {
  test("the best price comes first, then the oldest at it; trades are at the resting order's price", () => {
    const {
      hub,
      people: [a, b, c],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, BITCOIN, 101)); // 1
    hub.done(sell(b, BITCOIN, 100)); // 2
    hub.done(sell(a, BITCOIN, 100)); // 3
    const { answer, effects } = hub.done(buy(c, 2.5 * BITCOIN, 300));
    expect(traded(effects)).toEqual([
      [2, BITCOIN, 100],
      [3, BITCOIN, 100],
      [1, BITCOIN / 2, 101],
    ]);
    expect(answer).toMatchObject({ given: 251, received: 2.5 * BITCOIN, state: "filled" });
    expect(has(hub, c, "USD")).toEqual([1_000_000 - 251, 0, 0]);
  });

  test("what is left of a partly filled order rests with what it needs, and comes back when cancelled", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, BITCOIN, 100));
    expect(hub.done(buy(b, 3 * BITCOIN, 330)).answer).toMatchObject({ order: 2, state: "open", given: 100 });
    expect(has(hub, b, "USD")).toEqual([1_000_000 - 320, 220, 0]);
    expect(hub.done(cancel(b, 2)).answer).toMatchObject({ back: 220 });
    expect(has(hub, b, "USD")).toEqual([1_000_000 - 100, 0, 0]);
    expect(hub.refused(cancel(b, 2))).toBe("order_unknown");
  });

  test("ioc never rests; fok is filled whole or not placed, own orders not counted", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, BITCOIN, 100));
    expect(hub.done(buy(b, 2 * BITCOIN, 200, { tif: "ioc" })).answer).toMatchObject({
      state: "cancelled",
      given: 100,
    });
    expect(has(hub, b, "USD")).toEqual([1_000_000 - 100, 0, 0]);
    hub.done(sell(a, BITCOIN, 100));
    hub.done(sell(b, BITCOIN, 100));
    expect(hub.refused(buy(b, 2 * BITCOIN, 200, { tif: "fok" }))).toBe("order_unfilled");
    expect(hub.done(buy(b, BITCOIN, 100, { tif: "fok" })).answer).toMatchObject({ state: "filled" });
  });

  test("a market order, ioc or fok with a generous limit, needs no more than what it trades for at once", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, BITCOIN, 999_999));
    expect(hub.refused(buy(b, BITCOIN, 5_000_000))).toBe("insufficient_funds");
    hub.done(sell(a, BITCOIN, 4_000_000));
    expect(hub.refused(buy(b, 2 * BITCOIN, 9_000_000, { tif: "ioc" }))).toBe("insufficient_funds");
    expect(hub.refused(buy(b, 2 * BITCOIN, 9_000_000, { tif: "fok" }))).toBe("insufficient_funds");
    expect(hub.done(buy(b, BITCOIN, 5_000_000, { tif: "ioc" })).answer).toMatchObject({
      state: "filled",
      given: 999_999,
    });
    expect(has(hub, b, "USD")).toEqual([1, 0, 0]);
    hub.done(sell(a, 100, 1));
    expect(hub.done(buy(b, 100, 1_000_000, { tif: "fok" })).answer).toMatchObject({ given: 1 });
  });

  test("post-only is refused rather than trade, and goes with gtc only", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, BITCOIN, 100));
    expect(hub.refused(buy(b, BITCOIN, 100, { postOnly: true }))).toBe("order_would_cross");
    expect(hub.refused(buy(b, BITCOIN, 99, { postOnly: true, tif: "ioc" }))).toBe("param_invalid");
    hub.done(buy(b, BITCOIN, 99, { postOnly: true }));
  });

  test("an order never trades with its own account: the older one is cancelled and the next in line trades", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, BITCOIN, 100)); // 1
    hub.done(sell(b, BITCOIN, 100)); // 2
    const { effects } = hub.done(buy(a, BITCOIN, 100));
    expect(traded(effects)).toEqual([[2, BITCOIN, 100]]);
    expect(has(hub, a, "BTC")).toEqual([11 * BITCOIN, 0, 0]);
    expect(hub.refused(cancel(a, 1))).toBe("order_unknown");
  });

  test("more than is available, another's order, an unknown market and odd lots are refused", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene(withMarket({ lot: 10 }));
    expect(hub.refused(buy(a, BITCOIN, 1_000_001))).toBe("insufficient_funds");
    expect(hub.refused(sell(a, 15, 1))).toBe("order_lot");
    expect(hub.refused(hub.order(a, 1, "BTC", 1, "EUR"))).toBe("market_unknown");
    expect(hub.refused(hub.order(a, 1, "BTC", 1, "BTC"))).toBe("market_unknown");
    hub.done(buy(a, 10, 1));
    expect(hub.refused(cancel(b, 1))).toBe("order_unknown");
    expect(hub.refused(amend(b, 1, 1, 10))).toBe("order_unknown");
  });
});

describe("amending", () => {
  const three = () => {
    const {
      hub,
      people: [a, b, c],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, 2 * BITCOIN, 200)); // 1
    hub.done(sell(b, 2 * BITCOIN, 200)); // 2
    const next = () => traded(hub.done(buy(c, 1000, 1, { tif: "ioc" })).effects)[0]![0];
    return { hub, a, next };
  };
  test("less at the same price keeps its place", () => {
    const { hub, a, next } = three();
    expect(hub.done(amend(a, 1, BITCOIN, 100)).answer).toMatchObject({ kept: true });
    expect(has(hub, a, "BTC")).toEqual([9 * BITCOIN, BITCOIN, 0]);
    expect(next()).toBe(1);
  });
  test("more at the same price goes to the end", () => {
    const { hub, a, next } = three();
    expect(hub.done(amend(a, 1, 3 * BITCOIN, 300)).answer).toMatchObject({ order: 1, kept: false });
    expect(next()).toBe(2);
  });
  test("another price is another queue, and may trade at once", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, BITCOIN, 200)); // 1
    hub.done(buy(b, BITCOIN, 100)); // 2
    expect(hub.done(amend(b, 2, 200, BITCOIN)).answer).toMatchObject({ state: "filled", given: 200 });
  });
  test("below what is filled, beyond what is there, or across (post-only) is refused", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, 2 * BITCOIN, 200, { postOnly: true })); // 1
    hub.done(buy(b, BITCOIN, 100));
    expect(hub.refused(amend(a, 1, BITCOIN, 100))).toBe("amend_invalid");
    expect(hub.refused(amend(a, 1, 30 * BITCOIN, 3000))).toBe("insufficient_funds");
    hub.done(buy(b, BITCOIN, 90));
    expect(hub.refused(amend(a, 1, 2 * BITCOIN, 180))).toBe("order_would_cross");
  });
});

describe("rounding and fees", () => {
  test("a buyer filled in small parts pays its limit and no cent more; what is over stays with the hub", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(buy(a, 100, 3)); // 0.03 cents a satoshi
    for (const paid of [2, 1, 0]) {
      const before = has(hub, a, "USD")[1];
      hub.done(sell(b, 34, 1, { tif: "ioc" })); // 1.02 cents, 1.02, and 0.96 for the last 32
      expect(before - has(hub, a, "USD")[1]).toBe(paid);
    }
    expect(has(hub, a, "USD")).toEqual([1_000_000 - 3, 0, 0]);
    expect(has(hub, b, "USD")).toEqual([1_000_000 + 2, 0, 0]);
    expect(has(hub, { index: ROUNDING }, "USD")).toEqual([1, 0, 0]);
  });

  test("many small trades at a price between cents: buyer at most its limit, seller at least its own, over never below zero", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene();
    hub.done(sell(a, 999_999, 333)); // about 333 cents per 1e6
    for (let left = 999_999; left > 0; left -= 7_777) {
      const quantity = Math.min(7_777, left);
      hub.done(buy(b, quantity, 5, { tif: "ioc" }));
      expect(has(hub, { index: ROUNDING }, "USD")[0]).toBeGreaterThanOrEqual(0);
    }
    expect(has(hub, a, "USD")[0]).toBeGreaterThanOrEqual(1_000_333);
    expect(has(hub, b, "BTC")[0]).toBe(10 * BITCOIN + 999_999);
  });

  test("fees come out of what is received, down to nothing of it, and reach the hub", () => {
    const {
      hub,
      people: [a, b],
      buy,
      sell,
    } = scene(withMarket({ makerFeeBps: 100, takerFeeBps: 10_000 }));
    hub.done(sell(a, BITCOIN, 1000));
    const { answer } = hub.done(buy(b, BITCOIN, 1000));
    expect(answer).toMatchObject({ received: BITCOIN, fee: BITCOIN });
    expect(has(hub, a, "USD")[0]).toBe(1_000_990);
    expect(has(hub, b, "BTC")[0]).toBe(10 * BITCOIN);
    expect(has(hub, { index: HUB }, "USD")[0]).toBe(10);
    expect(has(hub, { index: HUB }, "BTC")[0]).toBe(BITCOIN);
  });

  test("a debtor that buys what it owes pays the fee out of the trade, and does not stop the hub", () => {
    const {
      hub,
      people: [a, b, c],
      buy,
      sell,
    } = scene(withMarket({ makerFeeBps: 100, takerFeeBps: 100 }));
    hub.done(sell(a, BITCOIN, 100));
    const address = hub.address(c);
    const debtor = hub.account();
    hub.credit(debtor, "USD", 1000);
    hub.deposit(debtor, BITCOIN);
    const by = debtor.calls("send-btc");
    hub.done({ kind: "send", by, address, amount: sat(BITCOIN) });
    hub.undo();
    expect(has(hub, debtor, "BTC")).toEqual([-BITCOIN, 0, BITCOIN]);
    hub.done(buy(debtor, BITCOIN / 2, 50));
    expect(has(hub, debtor, "BTC")[0]).toBe(-BITCOIN + (BITCOIN / 2) * 0.99);
    hub.done(buy(debtor, BITCOIN, 90)); // rests: and is taken
    hub.done(sell(b, BITCOIN, 90));
    expect(hub.refused(sell(debtor, BITCOIN, 1))).toBe("insufficient_funds");
  });
});

describe("sizes", () => {
  test("orders of the largest amounts are refused or counted exactly, never wrongly", () => {
    const {
      hub,
      people: [a],
      buy,
      sell,
    } = scene();
    expect(hub.refused(sell(a, 21e14, 1e13))).toBe("insufficient_funds");
    expect(hub.refused(buy(a, 1, 1e13))).toBe("order_price");
    expect(hub.refused(buy(a, 1e9, 1e13))).toBe("insufficient_funds");
    expect(hub.refused(buy(a, 21e14, 1))).toBe("order_price");
  });

  test("a price level that could not be counted exactly any more takes no further order", () => {
    const {
      hub,
      people: [a],
      buy,
    } = scene();
    hub.credit(a, "USD", 1e9);
    const most = 21e14; // 21 million BTC at a cent each
    for (let i = 0; i < 4; i++) hub.done(buy(a, most, 21e6));
    expect(hub.refused(buy(a, most, 21e6))).toBe("amount_invalid");
    hub.done(buy(a, BITCOIN, 2));
    expect(hub.refused(amend(a, 5, 21e6, most))).toBe("amount_invalid");
    // Elsewhere there is room, however much stands here.
    hub.done(buy(a, most, 42e6));
    // And here again, once something has gone.
    hub.done(cancel(a, 1));
    hub.done(buy(a, most, 21e6));
    expect(hub.refused(buy(a, most, 21e6))).toBe("amount_invalid");
    hub.done({ kind: "cancel-all", by: a.calls("cancel-all-orders") });
    expect(hub.state.markets.books[0]!.bids.best).toBeUndefined();
  });

  test("an order that moves the same money more than once tells the largest number past what can be counted", () => {
    const euros = { base: "BTC", quote: "EUR", tick: 1, lot: 1, makerFeeBps: 0, takerFeeBps: 0 };
    const {
      hub,
      people: [a, b],
    } = scene({ ...CONFIG, markets: [euros] });
    const sell = (by: Owner, bitcoin: number, quote: number) =>
      hub.done(hub.order(by, bitcoin * BITCOIN, "BTC", quote, "EUR")).answer;
    const buy = (by: Owner, bitcoin: number, quote: number) =>
      hub.done(hub.order(by, quote, "EUR", bitcoin * BITCOIN, "BTC")).answer;
    hub.credit(b, "EUR", 8e15);
    const { order } = sell(a, 10, 8e15);
    buy(b, 9, 7.2e15);
    sell(b, 9, 7.191e15);
    buy(a, 9, 7.191e15);
    hub.done(amend(a, order, 19 * BITCOIN, 9e15));
    buy(b, 9, 5e15);
    const told = { received: Number.MAX_SAFE_INTEGER, state: "cancelled" };
    expect(hub.done(cancel(a, order)).answer).toMatchObject(told);
  });
});

describe("cancelling", () => {
  test("by client_id, by market and all; an account has a thousand open orders at most", () => {
    const {
      hub,
      people: [a],
      buy,
    } = scene();
    const by = a.calls("place-order", { once: ["mine", "f"] });
    hub.done({ ...buy(a, 100, 1), by });
    const own = { kind: "cancel-order", by: a.calls("cancel-order") } as const;
    hub.done({ ...own, clientId: "mine" });
    expect(hub.refused({ ...own, clientId: "mine" })).toBe("order_unknown");
    expect(hub.refused(own)).toBe("order_unknown");
    const all = { kind: "cancel-all", by: a.calls("cancel-all-orders") } as const;
    expect(hub.refused({ ...all, market: "XXX/USD" })).toBe("market_unknown");
    expect(hub.done({ ...all, market: "EUR/USD" }).answer).toEqual({ cancelled: [] });
    fill(hub, a, 1000);
    expect(hub.refused(buy(a, 100, 1))).toBe("order_limit_reached");
    hub.done(buy(a, 100, 1, { tif: "ioc" }));
    expect(hub.done(all).answer.cancelled).toHaveLength(1000);
    expect(has(hub, a, "USD")).toEqual([1_000_000, 0, 0]);
  });
});

// Without looking at every invariant after each.
const fill = (hub: TestHub, by: Owner, count: number): void => {
  const twoHundred = { ...hub.order(by, 1, "USD", 100, "BTC") };
  for (let i = 0; i < count; i++) hub.done(twoHundred);
};
