import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  apply,
  balancesOf,
  currencyIndex,
  emptyState,
  isHubs,
  isRefused,
  OPERATOR,
  type State,
} from "@coinholder/engine";
import { type History, openHistory } from "@coinholder/hub";
import { expect, onTestFinished, test } from "vitest";
import { prng } from "./prng.ts";
import { judge } from "./twin/judge.ts";
import { newTwin } from "./twin/twin.ts";
import { newWorld, nextCommand } from "./world/workload.ts";

/** Available and held together, by "account currency", of all accounts that somebody can have. */
const balances = (state: State): Map<string, number> => {
  const found = new Map<string, number>();
  for (const { index } of state.accounts.list.slice(OPERATOR))
    for (const { currency, available, held } of balancesOf(state.ledger, index))
      found.set(`${index} ${currency}`, available + held);
  return found;
};

interface Moment {
  /** Everything up to it was stamped earlier, everything after it not. */
  readonly t: number;
  readonly balances: Map<string, number>;
}

/** A seeded world, followed by a history, and what the engine's balances were at times. */
const liveThrough = async (
  seed: number,
  commands: number,
  history: History,
): Promise<{ state: State; moments: Moment[] }> => {
  const random = prng(seed);
  const state = emptyState();
  const twin = newTwin();
  const world = newWorld(random, state, twin);
  const moments: Moment[] = [];
  let seq = 0;
  for (let n = 1; n <= commands; n++) {
    const command = nextCommand(world);
    if (n % 250 === 0 && command.t > state.t) moments.push({ t: command.t, balances: balances(state) });
    judge(twin, command);
    const outcome = apply(state, command);
    if (isRefused(outcome) || "repeated" in outcome) continue;
    history.follow(++seq, outcome.effects);
    world.answered.push(command);
    if (world.answered.length > 50) world.answered.shift();
  }
  moments.push({ t: state.t + 1, balances: balances(state) });
  await history.reached(seq);
  return { state, moments };
};

test.for([11, 12, 13])(
  "under seed %i the statement of every time begins and ends at the engine's balances, and all begin at nothing",
  async (seed) => {
    const folder = mkdtempSync(join(tmpdir(), "statements-"));
    const history = await openHistory(folder);
    onTestFinished(async () => {
      await history.close();
      rmSync(folder, { recursive: true });
    });
    const { state, moments } = await liveThrough(seed, 4000, history);
    const { accounts, config } = state;
    const markets = config.markets.map(
      ({ base, quote }) => [currencyIndex(config, base)!, currencyIndex(config, quote)!] as const,
    );
    expect(moments.length).toBeGreaterThan(5);
    let seen = 0;
    for (const { index: account, lastTransfer, trader } of accounts.list.filter(
      ({ index }) => !isHubs(state, index),
    ))
      for (const currency of config.currencies.keys()) {
        const start = { transfer: lastTransfer, trade: trader?.lastTrade ?? 0 };
        const key = `${account} ${currency}`;
        const now = moments.at(-1)!.balances.get(key) ?? 0;
        // A hub's one is of a time that is over: what came later is taken off.
        for (const [i, { t: to, balances }] of moments.entries()) {
          const before = moments[i - 1] ?? { t: 0, balances: new Map<string, number>() };
          let [opening, next] = [now, start as typeof start | undefined];
          let closing = now;
          while (next) {
            const asked = { account, currency, markets, start: next, from: before.t, to, limit: 500 };
            const found: Awaited<ReturnType<History["entries"]>> = await history.entries(asked);
            closing -= found!.later;
            opening -= found!.later + found!.entries.reduce((sum, { change }) => sum + change, 0);
            seen += found!.entries.length;
            next = found!.next;
          }
          expect([opening, closing], `account ${account}, currency ${currency}, up to ${to}`).toEqual([
            before.balances.get(key) ?? 0,
            balances.get(key) ?? 0,
          ]);
        }
      }
    expect(seen).toBeGreaterThan(1000);
  },
);
