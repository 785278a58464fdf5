import type { Effect } from "@coinholder/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Entries, MOST_LOOKED_AT, type Place } from "../entries.ts";
import type { History } from "../history.ts";
import { followSteps, type MakePlace } from "../testing/place.ts";
import { anyStep, START } from "../testing/steps.ts";
import { makeTeller, type Step, type Teller } from "../testing/teller.ts";

const MARKETS = [
  [0, 1],
  [1, 0],
] as const;
const ACCOUNTS = [5, 6, 7];

interface Change {
  readonly t: number;
  readonly change: number;
}

/** The obvious twin: what effects did to a balance, in their order. */
function naive(effects: readonly Effect[], account: number, currency: number): Change[] {
  return effects.flatMap((e): Change[] => {
    if (e.is === "trade") {
      const [base, quote] = MARKETS[e.market]!;
      return [e.maker, e.taker]
        .filter((side) => side.account === account)
        .flatMap((side) => {
          const buys = (side === e.taker) === e.takerBuys;
          const gave = { currency: buys ? quote : base, t: e.t, change: 0 - side.gave };
          const got = { currency: buys ? base : quote, t: e.t, change: Number(side.got) };
          return [gave, got]
            .filter((one) => one.currency === currency)
            .map(({ t, change }) => ({ t, change }));
        });
    }
    const counts = e.is === "settled" || (e.is === "transfer" && e.kind !== "withdrawal");
    if (!counts || e.account !== account || e.currency !== currency) return [];
    return [{ t: e.t, change: (e.incoming ? 1 : -1) * (e.amount + e.fee) }];
  });
}

/** So that sums of all of them are exact, as those of a hub are. */
const small = (step: Step): Step => {
  if (step.is === "trade") return { ...step, quantity: 1 + (step.quantity % 1e12) };
  return "amount" in step ? { ...step, amount: 1 + (step.amount % 1e12) } : step;
};

const startOf = (teller: Teller, account: number): Place => ({
  transfer: teller.lastTransfer(account),
  trade: teller.lastTrade(account),
});

const everything = async (
  history: History,
  asked: Omit<Parameters<History["entries"]>[0], "markets">,
): Promise<{ changes: Change[]; later: number }> => {
  const changes: Change[] = [];
  let later = 0;
  for (let next: Place | undefined = asked.start; next; ) {
    const found: Entries = (await history.entries({ ...asked, markets: MARKETS, start: next }))!;
    expect(found.entries.length).toBeLessThanOrEqual(asked.limit);
    changes.push(...found.entries.map(({ t, change }) => ({ t, change })));
    later += found.later;
    next = found.next;
  }
  return { changes, later };
};

export function entryCases(makePlace: MakePlace, numRuns = 25): void {
  describe("entries", () => {
    test("of any period equal what the effects did to the balance, in their order", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyStep.map(small), { minLength: 1, maxLength: 120 }),
          fc.integer({ min: 1, max: 9 }),
          fc.tuple(fc.nat(), fc.nat()),
          async (steps, limit, cuts) => {
            const history = await (await makePlace()).open();
            const teller = await followSteps(history, steps);
            const again = makeTeller(START);
            const effects = steps.flatMap((step) => again.tell(step));
            const length = teller.now() - START + 2;
            const [from, to] = cuts.map((cut) => START + (cut % length)).sort((a, b) => a - b);
            for (const account of ACCOUNTS)
              for (const currency of [0, 1]) {
                const start = startOf(teller, account);
                const all = naive(effects, account, currency).reverse();
                const of = { account, currency, start, limit };
                const found = await everything(history, { ...of, from: from!, to: to! });
                expect(found.changes).toEqual(all.filter(({ t }) => t >= from! && t < to!));
                expect(found.later).toBe(
                  all.filter(({ t }) => t >= to!).reduce((sum, { change }) => sum + change, 0),
                );
              }
            await history.close();
          },
        ),
        { numRuns },
      );
    });

    test("go on where one of them stands", async () => {
      const history = await (await makePlace()).open();
      const pay: Step = { is: "pay", from: 5, to: 6, amount: 1 };
      const trade: Step = {
        is: "trade",
        market: 0,
        maker: 5,
        taker: 6,
        price: 1,
        quantity: 1,
        takerBuys: true,
      };
      const teller = await followSteps(history, [pay, trade, pay, trade, pay]);
      const asked = { account: 5, currency: 0, markets: MARKETS, from: 0, to: START + 1, limit: 100 };
      const whole = (await history.entries({ ...asked, start: startOf(teller, 5) }))!;
      expect(whole.next).toBeUndefined();
      for (const [i, { at }] of whole.entries.entries())
        expect((await history.entries({ ...asked, start: at }))!.entries).toEqual(whole.entries.slice(i));
    });

    test("of a place that is another account's, or nobody's, tell nothing", async () => {
      const history = await (await makePlace()).open();
      await followSteps(history, [{ is: "pay", from: 5, to: 6, amount: 1 }]);
      const asked = { account: 5, currency: 1, markets: MARKETS, from: 0, to: START + 1, limit: 9 };
      for (const start of [
        { transfer: 2, trade: 0 },
        { transfer: 3, trade: 0 },
        { transfer: 1, trade: 1 },
      ])
        expect(await history.entries({ ...asked, start })).toBeUndefined();
      expect(await history.entries({ ...asked, start: { transfer: 0, trade: 0 } })).toEqual({
        entries: [],
        later: 0,
      });
    });

    test("of a long history are looked for in portions, so that others have their turn", async () => {
      const history = await (await makePlace()).open();
      const count = MOST_LOOKED_AT + 100;
      const pays = Array.from({ length: count }, (): Step => ({ is: "pay", from: 5, to: 6, amount: 1 }));
      const teller = await followSteps(history, pays);
      const start = startOf(teller, 5);
      const asked = { account: 5, currency: 1, start, from: 0, to: START, limit: 10 };
      const first = (await history.entries({ ...asked, markets: MARKETS }))!;
      expect(first.entries).toEqual([]);
      expect(first.next).toBeDefined();
      const again = makeTeller(START);
      const told = naive(
        pays.flatMap((step) => again.tell(step)),
        5,
        1,
      );
      const { changes, later } = await everything(history, asked);
      expect(changes).toEqual([]);
      expect(later).toBe(told.reduce((sum, { change }) => sum + change, 0));
    });
  });
}
