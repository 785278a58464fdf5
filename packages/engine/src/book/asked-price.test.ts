import type { TimeMs } from "@coinholder/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apply } from "../engine.ts";
import { has, sat, testHub } from "../testing.ts";
import { findOrder } from "./order.ts";

const SCALE = 10n ** 8n;
const comesTo = (buys: boolean, price: number, quantity: number): number => {
  const product = BigInt(price) * BigInt(quantity);
  return Number((product + (buys ? SCALE - 1n : 0n)) / SCALE);
};

describe("an order with its price by name", () => {
  const placed = (buys: boolean, price: number, quantity: number, quote = comesTo(buys, price, quantity)) => {
    const hub = testHub();
    const one = hub.account();
    hub.credit(one, "USD", 1e13);
    hub.deposit(one, 1e12);
    const [give, want] = buys ? [quote, quantity] : [quantity, quote];
    const names = buys ? (["USD", "BTC"] as const) : (["BTC", "USD"] as const);
    const command = { ...hub.order(one, give, names[0], want, names[1]), price };
    return { hub, one, command };
  };

  test("rests at just that price, however small it is, and binds no more than it says it gives", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 1, max: 1e8 }),
        fc.integer({ min: 1, max: 1e10 }),
        (buys, price, quantity) => {
          fc.pre(comesTo(buys, price, quantity) > 0);
          const { hub, one, command } = placed(buys, price, quantity);
          const before = has(hub, one, buys ? "USD" : "BTC")[0];
          hub.done(command);
          expect(findOrder(hub.state.markets.orders, 1)).toMatchObject({ price, quantity });
          expect(before - has(hub, one, buys ? "USD" : "BTC")[0]).toBe(command.give);
        },
      ),
    );
  });

  test("is refused, and told what it comes to, where the amounts say anything else", () => {
    // 0.001 BTC at 65000.01 come to 65.00001.
    for (const [buys, right] of [
      [true, 6501],
      [false, 6500],
    ] as const)
      for (const off of [-1, 1]) {
        const { hub, command } = placed(buys, 6_500_001, 100_000, right + off);
        expect(hub.refused(command)).toBe("order_price");
      }
  });

  test("is refused, and not told what it comes to, where that is more than can be counted", () => {
    for (const buys of [true, false]) {
      const { hub, command } = placed(buys, 9e15, 2e15, 100);
      const outcome = apply(hub.state, { ...command, t: hub.t as TimeMs });
      expect(outcome).toMatchObject({ refused: { code: "order_price" } });
      expect(outcome).not.toHaveProperty("refused.quote_amt");
    }
  });

  test("is refused where the price is no whole number of ticks, nothing, or below nothing", () => {
    for (const price of [0, -1]) {
      const { hub, command } = placed(true, price, 100_000, 1);
      expect(hub.refused(command), String(price)).toBe("order_price");
    }
  });

  test("can be given another one by name, at the end of the queue", () => {
    const { hub, one, command } = placed(true, 6_500_001, 100_000);
    hub.done(command);
    const amend = { kind: "amend-order", by: one.calls("amend-order"), order: 1 } as const;
    hub.done({ ...amend, give: sat(6501), want: sat(100_000), price: 6_500_002 });
    expect(findOrder(hub.state.markets.orders, 1)).toMatchObject({ price: 6_500_002 });
    expect(hub.refused({ ...amend, give: sat(6502), want: sat(100_000), price: 6_500_002 })).toBe(
      "order_price",
    );
  });
});
