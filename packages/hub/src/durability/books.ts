import type { Answer } from "@coinholder/protocol";
import { expect } from "vitest";
import { must, until } from "../testing/harness.ts";
import type { ChildHub } from "./child-hub.ts";
import type { Person } from "./workload.ts";

export type TransferRow = Answer<"my-transfers">["transfers"][number];
export type TradeRow = Answer<"my-trades">["trades"][number];
type Balances = Answer<"my-balance">;

/** All that the hub tells one account about itself. */
export interface Book {
  readonly person: Person;
  readonly balances: Balances;
  readonly transfers: readonly TransferRow[];
  readonly trades: readonly TradeRow[];
  readonly orders: Answer<"my-open-orders">["orders"];
}

/** Decimal text in smallest units: satoshi for BTC, cents for the rest. */
export const units = (text: string | undefined, currency: string): number =>
  Math.round(Number(text ?? "0") * (currency.toUpperCase() === "BTC" ? 1e8 : 100));

const pages = async <T>(
  ask: (before: Record<string, string>) => Promise<{ rows: readonly T[]; next: number | undefined }>,
): Promise<T[]> => {
  const all: T[] = [];
  let before: Record<string, string> = {};
  for (;;) {
    const { rows, next } = await ask(before);
    all.push(...rows);
    if (next === undefined) return all;
    before = { before: String(next) };
  }
};

const readBook = async (url: string, person: Person): Promise<Book> => ({
  person,
  balances: await must(url, "my-balance", {}, person),
  transfers: await pages(async (before) => {
    const { transfers, next_before } = await must(url, "my-transfers", { limit: "100", ...before }, person);
    return { rows: transfers, next: next_before };
  }),
  trades: await pages(async (before) => {
    const { trades, next_before } = await must(url, "my-trades", { limit: "100", ...before }, person);
    return { rows: trades, next: next_before };
  }),
  orders: (await must(url, "my-open-orders", {}, person)).orders,
});

/** Waits until the hub has followed the chain to its end; only blocks move balances when nobody calls. */
export const caughtUp = (hub: ChildHub): Promise<unknown> =>
  until(
    async () => [
      (await must(hub.url, "operator-status", {}, hub.operator)).chain.height,
      (await hub.rpc("getblockcount")) as number,
    ],
    ([followed, height]) => followed === height,
    30_000,
  );

export const readBooks = async (hub: ChildHub, people: readonly Person[]): Promise<Book[]> => {
  await caughtUp(hub);
  return Promise.all(people.map((person) => readBook(hub.url, person)));
};

const add = (sums: Record<string, number>, currency: string, change: number): void => {
  const key = currency.toLowerCase();
  sums[key] = (sums[key] ?? 0) + change;
  if (sums[key] === 0) delete sums[key];
};

const UNDER_WAY = ["reserved", "built", "broadcast"];

/** Whether history, open orders and withdrawals under way explain the balances to the last unit. Fees on trades are nil here. */
export const expectBalanced = ({ person, balances, transfers, trades, orders }: Book): void => {
  const all: Record<string, number> = {};
  const held: Record<string, number> = {};
  for (const { direction, currency, amount, fee, status } of transfers) {
    if (status === "pending") continue;
    const value = units(amount, currency) + units(fee, currency);
    add(all, currency, direction === "in" ? value : -value);
    if (UNDER_WAY.includes(status)) {
      // Not gone yet, but bound.
      add(all, currency, value);
      add(held, currency, value);
    }
  }
  for (const { gave_amt, gave_cur, got_amt, got_cur } of trades) {
    add(all, gave_cur, -units(gave_amt, gave_cur));
    add(all, got_cur, units(got_amt, got_cur));
  }
  for (const order of orders) {
    // Prices are such that what an order still gives is its share of what it still wants; a buy that got a better price
    // has given less, and what it did not need came back.
    const share = 1 - units(order.filled_for_amt, order.for_cur) / units(order.for_amt, order.for_cur);
    const sells = order.trade_cur === "BTC";
    const left = sells
      ? units(order.trade_amt, "BTC") - units(order.filled_trade_amt, "BTC")
      : Math.round(units(order.trade_amt, "USD") * share);
    add(held, order.trade_cur, left);
  }
  const told: Record<string, number> = {};
  const toldHeld: Record<string, number> = {};
  for (const [currency, text] of Object.entries(balances.available))
    add(told, currency, units(text, currency));
  for (const [currency, text] of Object.entries(balances.held ?? {})) {
    add(told, currency, units(text, currency));
    add(toldHeld, currency, units(text, currency));
  }
  expect(told, `${person.account}: history sums up to the balances`).toEqual(all);
  expect(toldHeld, `${person.account}: what is held is bound by orders and withdrawals`).toEqual(held);
};

/** Both sides of everything: no half of a transfer, no half of a trade, nothing twice. */
export const expectWhole = (books: readonly Book[]): void => {
  const sides = new Map<string, string[]>();
  const note = (id: string, side: string): void => void sides.set(id, [...(sides.get(id) ?? []), side]);
  for (const { transfers, trades } of books) {
    for (const { transfer_id, kind, direction, amount } of transfers)
      if (kind === "internal") note(transfer_id, `${direction} ${amount}`);
    for (const trade of trades) {
      const [base, quote] =
        trade.side === "buy" ? [trade.got_amt, trade.gave_amt] : [trade.gave_amt, trade.got_amt];
      note(trade.trade_id, `${trade.side} ${trade.price} ${base} ${quote}`);
    }
  }
  for (const [id, both] of sides) {
    expect(both, id).toHaveLength(2);
    const [first, second] = both.sort() as [string, string];
    expect([first.split(" ")[0], second.split(" ")[0]], id).toEqual(
      id.startsWith("x") ? ["buy", "sell"] : ["in", "out"],
    );
    expect(first.split(" ").slice(1), id).toEqual(second.split(" ").slice(1));
  }
};
