import { expect } from "vitest";
import { must, post } from "../testing/harness.ts";
import { type Book, expectBalanced, expectWhole, readBooks, type TransferRow, units } from "./books.ts";
import type { ChildHub } from "./child-hub.ts";
import { again, type Made, type Person, worked } from "./workload.ts";

const inPortions = async <T>(all: readonly T[], one: (of: T) => Promise<void>): Promise<void> => {
  for (let at = 0; at < all.length; at += 200) await Promise.all(all.slice(at, at + 200).map(one));
};

/** What no command may ever break, whoever called. */
export const soundBooks = async (hub: ChildHub, people: readonly Person[]): Promise<Book[]> => {
  const books = await readBooks(hub, people);
  for (const book of books) expectBalanced(book);
  expectWhole(books);
  return books;
};

const rowsByAmount = (books: readonly Book[], direction: "in" | "out"): Map<string, TransferRow[]> => {
  const rows = new Map<string, TransferRow[]>();
  for (const { person, transfers } of books)
    for (const row of transfers) {
      if (row.direction !== direction || !(row.kind === "internal" || row.kind === "withdrawal")) continue;
      const key = `${person.account} ${units(row.amount, "BTC")}`;
      rows.set(key, [...(rows.get(key) ?? []), row]);
    }
  return rows;
};

/**
 * Compares all calls made so far with what the hub shows: what was answered is there exactly once, what was refused is not,
 * what was not answered is there whole or not at all. Answers the transfers of calls that were not answered.
 */
export const expectCallsKept = (books: readonly Book[], calls: readonly Made[]): Map<Made, string> => {
  const sent = rowsByAmount(books, "out");
  const came = rowsByAmount(books, "in");
  const found = new Map<Made, string>();
  let explained = 0;
  for (const call of calls) {
    if (call.kind !== "transfer" && call.kind !== "withdrawal") continue;
    const rows = sent.get(`${call.by.account} ${call.amount}`) ?? [];
    const what = `${call.kind} of ${call.amount} (${JSON.stringify(call.answered)})`;
    if (worked(call))
      expect(
        rows.map((row) => row.transfer_id),
        what,
      ).toEqual([call.answered!.body.transfer_id]);
    else expect(rows.length, what).toBeLessThanOrEqual(call.answered ? 0 : 1);
    if (call.to) {
      const arrived = came.get(`${call.to.account} ${call.amount}`) ?? [];
      expect(
        arrived.map((row) => row.transfer_id),
        what,
      ).toEqual(rows.map((row) => row.transfer_id));
    }
    if (!call.answered && rows[0]) found.set(call, rows[0].transfer_id);
    explained += rows.length;
  }
  expect([...sent.values()].flat().length, "nobody has sent what nobody asked for").toBe(explained);
  expectOrdersKept(books, calls);
  return found;
};

const expectOrdersKept = (books: readonly Book[], calls: readonly Made[]): void => {
  const given = new Map<string, number>();
  for (const { oid, gave_amt, gave_cur } of books.flatMap(({ trades }) => trades))
    given.set(oid, (given.get(oid) ?? 0) + units(gave_amt, gave_cur));
  const open = new Map(books.flatMap(({ orders }) => orders).map((order) => [order.oid, order]));
  for (const call of calls.filter(worked)) {
    if (call.kind !== "order" && call.kind !== "cancel") continue;
    const { oid, state, filled_trade_amt } = call.answered!.body as Record<string, string>;
    const currency =
      call.params.trade_cur ??
      calls.find((one) => one.params.client_id === call.params.client_id)!.params.trade_cur!;
    const told = units(filled_trade_amt, currency);
    const is = given.get(oid!) ?? 0;
    const over = call.kind === "cancel" || state === "filled";
    if (over) expect(open.has(oid!), `${oid} is over`).toBe(false);
    if (over) expect(is, `${oid} has traded what its answer said`).toBe(told);
    else expect(is, `${oid} has traded at least what its answer said`).toBeGreaterThanOrEqual(told);
  }
};

/** A request that was carried out is refused when it comes again byte for byte, also by a hub that was killed since. */
export const expectNoReplay = async (
  hub: ChildHub,
  calls: readonly Made[],
  startedMs: number,
): Promise<void> => {
  let remembered = 0;
  await inPortions(calls.filter(worked), async ({ fn, request }) => {
    const { code } = await post(hub.url, fn, request);
    // Of the time before the start all are stale; those signed for later must be remembered one by one.
    const ahead = Number(new URLSearchParams(request.body).get("nonce_ms")) > startedMs;
    if (ahead) remembered++;
    expect(ahead ? ["nonce_used"] : ["nonce_used", "nonce_stale"]).toContain(code);
  });
  expect(remembered, "some calls were signed for after the start").toBeGreaterThan(0);
};

/** Calls that were answered answer the same again, and nothing moves by it. */
export const expectSameAnswers = async (
  hub: ChildHub,
  people: readonly Person[],
  calls: readonly Made[],
): Promise<void> => {
  const balances = () => Promise.all(people.map((person) => must(hub.url, "my-balance", {}, person)));
  const before = await balances();
  await inPortions(
    calls.filter((call) => worked(call) && call.kind !== "cancel"),
    async (call) => {
      const { status, body } = await again(hub.url, call);
      expect({ status, body }).toEqual({ status: 200, body: call.answered!.body });
    },
  );
  expect(await balances()).toEqual(before);
};

/** Asks for every unanswered call once more, as its caller would: then it is there, once, or refused. */
export const finishUnanswered = async (
  hub: ChildHub,
  calls: readonly Made[],
  found: ReadonlyMap<Made, string>,
): Promise<void> => {
  await inPortions(
    calls.filter((call) => !call.answered),
    async (call) => {
      call.answered = await again(hub.url, call);
      const { status, body, code } = call.answered;
      const there = found.get(call);
      if (there !== undefined) expect({ status, id: body.transfer_id }).toEqual({ status: 200, id: there });
      else if (status !== 200) expect(["insufficient_funds", "order_unknown"]).toContain(code);
    },
  );
};
