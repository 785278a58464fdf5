import fc from "fast-check";
import { expect, test } from "vitest";
import { dump } from "../dump.ts";
import type { BookEffect, Effect } from "../effects.ts";
import { apply } from "../engine.ts";
import { load } from "../load.ts";
import { at, type Owner, sat, testHub } from "../testing.ts";
import { findOrder } from "./order.ts";
import { levels } from "./side.ts";

const BITCOIN = 100_000_000;

type Step =
  | {
      readonly is: "order";
      who: number;
      buys: boolean;
      lots: number;
      cents: number;
      tif: "gtc" | "ioc" | "fok";
    }
  | { readonly is: "cancel" | "cancel-all"; who: number; back: number }
  | { readonly is: "amend"; who: number; back: number; lots: number; cents: number };

const who = fc.nat(2);
const lots = fc.integer({ min: 1, max: 9 });
const cents = fc.integer({ min: 100, max: 106 });
const back = fc.nat(6);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant("order"),
      who,
      buys: fc.boolean(),
      lots,
      cents,
      tif: fc.constantFrom("gtc", "gtc", "ioc", "fok"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constantFrom("cancel", "cancel-all"), who, back }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("amend"), who, back, lots, cents }) },
) as fc.Arbitrary<Step>;

type Drawn = { bids: Map<number, number>; asks: Map<number, number> };

const draw = (drawn: Drawn, effect: BookEffect): void => {
  for (const side of ["bids", "asks"] as const)
    for (const [price, quantity] of effect[side])
      if (quantity === 0) drawn[side].delete(price);
      else drawn[side].set(price, quantity);
};

test("a book drawn from what commands tell equals the book after each of them, and numbers have no gaps, across a dump too", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.nat(60), async (steps, reloadAt) => {
      const hub = testHub();
      const people: Owner[] = [hub.account(), hub.account(), hub.account()];
      for (const one of people) {
        hub.deposit(one, 10 * BITCOIN);
        hub.credit(one, "USD", 1_000_000);
      }
      const drawn: Drawn = { bids: new Map(), asks: new Map() };
      let number = 0;
      for (const [i, one] of steps.entries()) {
        if (i === reloadAt) hub.state = await load([...dump(hub.state)]);
        const by = people[one.who]!;
        const order = "back" in one ? Math.max(1, hub.state.last.order - one.back) : 0;
        const amounts = (buys: boolean, size: number, price: number) => {
          const [base, quote] = [size * BITCOIN, size * price];
          return buys ? { give: sat(quote), want: sat(base) } : { give: sat(base), want: sat(quote) };
        };
        const mine = findOrder(hub.state.markets.orders, order);
        const command =
          one.is === "order"
            ? {
                kind: "place-order" as const,
                by: by.calls("place-order"),
                ...amounts(one.buys, one.lots / 100, one.cents * 100),
                giveCurrency: one.buys ? "USD" : "BTC",
                wantCurrency: one.buys ? "BTC" : "USD",
                tif: one.tif,
              }
            : one.is === "amend"
              ? {
                  kind: "amend-order" as const,
                  by: by.calls("amend-order"),
                  order,
                  ...amounts(mine?.buys ?? true, one.lots / 100, one.cents * 100),
                }
              : one.is === "cancel"
                ? { kind: "cancel-order" as const, by: by.calls("cancel-order"), order }
                : { kind: "cancel-all" as const, by: by.calls("cancel-all-orders") };
        const outcome = apply(hub.state, { ...command, t: at(hub.t) });
        const effects: readonly Effect[] = "effects" in outcome ? outcome.effects : [];
        for (const effect of effects) {
          if (effect.is !== "book") continue;
          expect([effect.market, effect.number]).toEqual([0, ++number]);
          draw(drawn, effect);
        }
        const book = hub.state.markets.books[0]!;
        expect(book.changes).toBe(number);
        for (const side of ["bids", "asks"] as const)
          expect(new Map([...drawn[side]].sort(([a], [b]) => a - b))).toEqual(
            new Map(
              [...levels(book[side])]
                .map(({ price, quantity }): [number, number] => [price, quantity])
                .sort(([a], [b]) => a - b),
            ),
          );
      }
    }),
    { numRuns: 60 },
  );
});
