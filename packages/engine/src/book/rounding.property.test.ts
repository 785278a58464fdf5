import fc from "fast-check";
import { expect, test } from "vitest";
import { HUB, ROUNDING } from "../accounts/accounts.ts";
import type { EngineConfig } from "../config.ts";
import { CONFIG, has, sat, testHub } from "../testing.ts";
import { ordersOf } from "./markets.ts";
import { tradesOf } from "./testing.ts";

const step = fc.constantFrom(1, 3, 7, 10, 100, 1000);
const bps = fc.constantFrom(0, 1, 25, 250, 9999, 10_000);
const tiers = fc
  .uniqueArray(fc.integer({ min: 1, max: 1e6 }), { maxLength: 4 })
  .chain((volumes) =>
    fc.tuple(
      ...volumes
        .sort((a, b) => a - b)
        .map((volume) => fc.record({ volume: fc.constant(sat(volume)), makerFeeBps: bps, takerFeeBps: bps })),
    ),
  );
const markets = fc.record({
  decimals: fc.constantFrom(0, 2, 8, 12),
  tick: step,
  lot: step,
  makerFeeBps: bps,
  takerFeeBps: bps,
  feeTiers: tiers,
});
const acts = fc.record({
  who: fc.nat(2),
  what: fc.constantFrom("place", "place", "place", "place", "cancel", "amend"),
  buys: fc.boolean(),
  lots: fc.integer({ min: 1, max: 300 }),
  quote: fc.integer({ min: 1, max: 3000 }),
  tif: fc.constantFrom("gtc", "gtc", "ioc", "fok"),
  which: fc.nat(20),
  days: fc.constantFrom(0, 0, 0, 1, 29),
});

const START = 1_000_000;

test("over random ticks, lots, places and tiers no order is worse than its limit, dust comes back, and nothing is lost", () => {
  fc.assert(
    fc.property(markets, fc.array(acts, { minLength: 20, maxLength: 60 }), (of, steps) => {
      const { decimals, ...rest } = of;
      const [btc, usd] = CONFIG.currencies;
      const config: EngineConfig = {
        ...CONFIG,
        currencies: [btc!, usd!, { code: "XXX", decimals, max: sat(1e15) }],
        markets: [{ base: "XXX", quote: "USD", ...rest }],
      };
      const hub = testHub(config);
      const people = [hub.account(), hub.account(), hub.account()];
      for (const one of people) for (const code of ["XXX", "USD"]) hub.credit(one, code, START);
      for (const { who, what, buys, lots, quote, tif, which, days } of steps) {
        hub.t += days * 86_400_000;
        const by = people[who]!;
        const base = lots * of.lot;
        const open = ordersOf(hub.state.accounts.list[by.index]!);
        const order = open[which % Math.max(1, open.length)];
        const [give, want] = (what === "amend" ? order?.buys : buys) ? [quote, base] : [base, quote];
        const command =
          what === "place"
            ? hub.order(by, give, buys ? "USD" : "XXX", want, buys ? "XXX" : "USD", { tif })
            : what === "amend"
              ? ({
                  kind: "amend-order",
                  by: by.calls("amend-order"),
                  order: order?.number ?? 0,
                  give: sat(give),
                  want: sat(want),
                } as const)
              : ({ kind: "cancel-order", by: by.calls("cancel-order"), order: order?.number ?? 0 } as const);
        // A refusal changes nothing, as `tried` sees to.
        const done = hub.tried(command);
        if (!done) continue;
        for (const { price, quantity, takerBuys, maker, taker } of tradesOf(done.effects)) {
          const [buyer, seller] = takerBuys ? [taker, maker] : [maker, taker];
          expect(buyer.got + buyer.fee).toBe(quantity);
          expect(seller.gave).toBe(quantity);
          expect(buyer.gave).toBeGreaterThanOrEqual(seller.got + seller.fee - 1);
          for (const side of [maker, taker])
            expect(side.fee).toBe(Math.floor(((side.got + side.fee) * side.feeBps) / 10_000));
          expect(price % of.tick).toBe(0);
        }
        const { answer } = done;
        if (what !== "place" || answer.received === 0) continue;
        // As its owner gave it: give for want. What is filled in part has done no worse, to the unit that cannot be split.
        const [gave, got] = [BigInt(answer.given), BigInt(answer.received)];
        if (buys) expect((gave - 1n) * BigInt(want) < got * BigInt(give)).toBe(true);
        else expect((got + 1n) * BigInt(give) > gave * BigInt(want)).toBe(true);
        if (answer.state !== "filled") continue;
        if (buys) expect(answer.given <= give && answer.received === want).toBe(true);
        else expect(answer.given === give && answer.received >= want).toBe(true);
      }
      for (const one of people) hub.done({ kind: "cancel-all", by: one.calls("cancel-all-orders") });
      for (const code of ["XXX", "USD"]) {
        const all = [...people, { index: HUB }, { index: ROUNDING }].map((one) => has(hub, one, code));
        expect(all.map(([, held]) => held)).toEqual([0, 0, 0, 0, 0]);
        expect(all.reduce((sum, [available]) => sum + available, 0)).toBe(3 * START);
      }
      expect(has(hub, { index: ROUNDING }, "USD")[0]).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 60 },
  );
});
