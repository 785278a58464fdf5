import fc from "fast-check";
import { expect, test } from "vitest";
import type { Command, Stamped } from "../command.ts";
import { dump } from "../dump.ts";
import type { Effect } from "../effects.ts";
import { apply } from "../engine.ts";
import { checkInvariants } from "../invariants.ts";
import { balancesOf } from "../ledger/ledger.ts";
import { load } from "../load.ts";
import { isRefused } from "../outcome.ts";
import { at, type Owner, sat, stateText } from "../testing.ts";
import { type Option, someAreDue } from "./options.ts";
import { exercised, paid, sale, scene } from "./testing.ts";

// Sales, exercises, payments, expiries, reorganisations and orders of the desk's own in any order: what was sold is honoured once.
const who = fc.nat(2);
const size = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 120_000_000 }));
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("sell" as const),
      who,
      give: size,
      want: size,
      premium: fc.nat(2000),
      life: fc.integer({ min: 1, max: 40_000 }),
      usd: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("exercise" as const), who, which: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("pay" as const),
      who,
      which: fc.nat(20),
      part: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("mine" as const),
      which: fc.nat(20),
      part: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("undo" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(15_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("order" as const),
      who,
      give: size,
      want: size,
      buys: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const run = (steps: readonly Step[]) => {
  const { hub, desk, anna, bert } = scene({ most: 5, mostPerBuyer: 3 });
  hub.credit(anna, "USD", 2_000_000);
  const owners: readonly Owner[] = [anna, bert, desk];
  const start = [...dump(hub.state)];
  const sums = new Map<string, number>();
  const add = (account: number, currency: number, amount: number): void => {
    const key = `${account} ${currency}`;
    sums.set(key, (sums.get(key) ?? 0) + amount);
  };
  for (const { index } of owners)
    for (const { currency, available, held } of balancesOf(hub.state.ledger, index))
      add(index, currency, available + held);
  const options: Option[] = [];
  const journal: string[] = [];
  const exercises = new Map<string, number>();
  let blocks = 0;

  const hear = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.is === "transfer") {
        add(effect.account, effect.currency, effect.incoming ? effect.amount : -effect.amount);
        if (effect.kind === "option-exercise" && effect.incoming)
          exercises.set(effect.reference!, (exercises.get(effect.reference!) ?? 0) + 1);
      } else if (effect.is === "trade")
        for (const side of [effect.maker, effect.taker]) {
          const buys = (side === effect.taker) === effect.takerBuys;
          add(side.account, buys ? 1 : 0, -side.gave);
          add(side.account, buys ? 0 : 1, side.got);
        }
    }
  };
  const tried = (command: Command): boolean => {
    const before = stateText(hub.state);
    const stamped = { ...command, t: at(hub.t) } as Stamped;
    const outcome = apply(hub.state, stamped);
    if (isRefused(outcome)) {
      expect(stateText(hub.state)).toBe(before);
      return false;
    }
    checkInvariants(hub.state);
    journal.push(JSON.stringify(stamped));
    if ("effects" in outcome) hear(outcome.effects);
    return true;
  };

  for (const one of steps) {
    const option = "which" in one ? options[one.which % Math.max(1, options.length)] : undefined;
    const owner = "who" in one ? owners[one.who]! : anna;
    if (one.do === "sell") {
      const [giveCurrency, wantCurrency] = one.usd ? ["USD", "BTC"] : ["BTC", "USD"];
      const { give, want, premium, life } = one;
      const terms = { give: sat(give), want: sat(want), premium: sat(premium), expires: at(hub.t + life) };
      const command = sale(hub, owner, { ...terms, giveCurrency, wantCurrency });
      if (tried(command)) options.push(hub.state.options.open.get(command.id)!);
    } else if (one.do === "exercise") {
      const open = option && option.state === "open" && hub.t < option.expires;
      const done = tried(exercised(owner, option?.id ?? "op-none"));
      expect(done && !(open && owner.index === option.buyer)).toBe(false);
    } else if (one.do === "pay" && option)
      tried(paid(owner, option.address, Math.ceil(option.give / one.part)));
    else if (one.do === "mine") {
      const tip = hub.state.chain.recent.at(-1)!;
      const receipt = option && {
        txid: `mined-${blocks}`,
        vout: 0,
        value: sat(Math.ceil(option.give / one.part)),
        address: option.address,
      };
      tried({
        kind: "chain-block",
        height: tip.height + 1,
        hash: `b-${++blocks}`,
        prev: tip.hash,
        receipts: receipt ? [receipt] : [],
        spends: [],
      });
    } else if (one.do === "undo" && hub.state.chain.recent.length > 4) {
      const { height, hash } = hub.state.chain.recent.at(-1)!;
      tried({ kind: "chain-undo", height, hash });
    } else if (one.do === "wait") {
      hub.t += one.ms;
      // As the hub does; now and then it comes late.
      if (one.ms % 3 > 0 && someAreDue(hub.state.options, at(hub.t))) tried({ kind: "expire-options" });
    } else if (one.do === "order") {
      const [giveCurrency, wantCurrency] = one.buys ? ["USD", "BTC"] : ["BTC", "USD"];
      tried(hub.order(owner, one.give, giveCurrency, one.want, wantCurrency));
    } else if (one.do === "cancel") tried({ kind: "cancel-all", by: owner.calls("cancel-all-orders") });
  }

  for (const { index } of owners)
    for (const { currency, available, held } of balancesOf(hub.state.ledger, index))
      expect(available + held, "rows add up to the balance").toBe(sums.get(`${index} ${currency}`) ?? 0);
  for (const { id } of options)
    expect([undefined, 2], "an option is exercised once").toContain(exercises.get(id));
  return { hub, start, journal, options, exercises };
};

const honoured = async (steps: readonly Step[]): Promise<number> => {
  const { hub, start, journal, exercises } = run(steps);
  const replayed = await load(start);
  for (const line of journal) apply(replayed, JSON.parse(line));
  expect(stateText(replayed)).toBe(stateText(hub.state));
  expect(stateText(await load(dump(hub.state)))).toBe(stateText(hub.state));
  return exercises.size;
};
const stories = fc.array(step, { minLength: 5, maxLength: 60 });

test("options are exercised once and always honoured; holds, balances and rows agree; a replay is equal", async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (steps) => {
      await honoured(steps);
    }),
    { numRuns: 100 },
  );
});

test("the stories reach what they are for: options are exercised", async () => {
  let reached = 0;
  await fc.assert(
    fc.asyncProperty(stories, async (steps) => {
      reached += await honoured(steps);
    }),
    { numRuns: 100, seed: 1 }, // a count over fresh seeds would fail now and then
  );
  expect(reached).toBeGreaterThan(5);
});
