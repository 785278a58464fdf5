import { assert, levels } from "@coinholder/engine";
import type { Hub } from "@coinholder/hub";
import { audit, hashOf } from "../auditor.ts";
import type { Prng } from "../prng.ts";
import type { World } from "../world/world.ts";
import { type Answer, type Book, isDone, type Person } from "./book.ts";
import { balanceText, type Judging } from "./judge-answers.ts";
import type { Shadow } from "./shadow.ts";

/** What no moment may break, from inside: live state, replayed state, plain twin and told effects are one and the same. */
export const lookInside = (hub: Hub, shadow: Shadow, random: Prng): void => {
  const { state } = hub.sequencer;
  assert(hub.lastSeq() === shadow.entries.length, "every command that was carried out was taken down");
  const [live, replayed] = [hashOf(state), hashOf(shadow.state)];
  assert(live === replayed, `the live state is ${live}, replayed it is ${replayed}`);
  for (const { bids, asks } of state.markets.books) {
    const [bid] = levels(bids);
    const [ask] = levels(asks);
    assert(!bid || !ask || bid.price < ask.price, `the book is crossed: ${bid?.price} for ${ask?.price}`);
  }
  audit(state, shadow.told, { twin: shadow.twin, random } as World);
};

/** Asks the hub as anybody could. */
export type Ask = (fn: string, params: Readonly<Record<string, string>>, by: Person) => Promise<Answer>;

interface Row {
  readonly [name: string]: unknown;
}

const PLACES: Readonly<Record<string, number>> = { btc: 8 };

/** Smallest units of a decimal text: satoshi, or cents. */
const units = (amount: unknown, currency: string): bigint => {
  if (amount === undefined) return 0n;
  const text = String(amount);
  const [whole, rest = ""] = text.split(".") as [string, string?];
  return BigInt(`${whole}${rest.padEnd(PLACES[currency.toLowerCase()] ?? 2, "0")}`);
};

const pages = async (ask: Ask, fn: string, list: string, by: Person): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let before: Record<string, string> = {}; ; ) {
    const { status, body, text } = await ask(fn, { limit: "100", ...before }, by);
    assert(status === 200, `${fn} answers ${text}`);
    rows.push(...(body[list] as Row[]));
    if (body.next_before === undefined) return rows;
    before = { before: String(body.next_before) };
  }
};

/** One account by all that the hub tells it: history must add up to the balances, and what was answered is there once. */
export const lookAtPerson = async (ask: Ask, by: Person, { book }: Pick<Judging, "book">): Promise<void> => {
  const balance = await ask("my-balance", {}, by);
  const transfers = await pages(ask, "my-transfers", "transfers", by);
  const trades = await pages(ask, "my-trades", "trades", by);
  assert(balance.status === 200, `my-balance answers ${balance.text}`);
  const sums = new Map<string, bigint>();
  const add = (currency: unknown, amount: bigint): void => {
    const key = String(currency).toLowerCase();
    sums.set(key, (sums.get(key) ?? 0n) + amount);
  };
  for (const { direction, kind, currency, amount, fee, status } of transfers) {
    if (status === "pending") continue;
    const value = units(amount, String(currency)) + units(fee, String(currency));
    const leaves = kind === "withdrawal" || kind === "fiat-withdrawal";
    // What is on its way out is held, not gone; what was refused came back.
    if (leaves && !["confirmed", "final", "done"].includes(String(status))) continue;
    add(currency, direction === "in" ? value : -value);
  }
  for (const { gave_amt, gave_cur, got_amt, got_cur } of trades) {
    add(gave_cur, -units(gave_amt, String(gave_cur)));
    add(got_cur, units(got_amt, String(got_cur)));
  }
  for (const of of ["available", "held"])
    for (const [currency, amount] of Object.entries((balance.body[of] ?? {}) as Record<string, string>))
      add(currency, -units(amount, currency));
  const off = [...sums].filter(([, sum]) => sum !== 0n).map(([currency, sum]) => `${currency} ${sum}`);
  assert(
    off.length === 0,
    `${by.account}: history and ${balanceText(balance.body)} differ by ${off.join(", ")}`,
  );
  answeredOnce(transfers, by, book);
};

const answeredOnce = (transfers: readonly Row[], by: Person, { calls }: Book): void => {
  const times = new Map<unknown, number>();
  for (const { transfer_id, direction } of transfers)
    if (direction === "out") times.set(transfer_id, (times.get(transfer_id) ?? 0) + 1);
  for (const call of calls) {
    if (
      call.by?.account !== by.account ||
      !["send-btc", "pay-invoice", "withdraw-fiat"].includes(call.request.fn)
    )
      continue;
    if (!isDone(call)) continue;
    const { transfer_id } = call.answers.find(({ status }) => status === 200)!.body;
    const found = times.get(transfer_id) ?? 0;
    assert(
      found === 1,
      `call ${call.number}: transfer ${transfer_id} is ${found} times in the history of ${by.account}`,
    );
  }
};
