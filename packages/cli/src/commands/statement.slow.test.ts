import type { StatementEntry, ToldTransfer } from "@coinholder/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Asked, commandLine, type Reply, startSmallHub } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let hub: Awaited<ReturnType<typeof startSmallHub>>;
let answer: (asked: Asked) => Reply | undefined;
const run = (...words: string[]) => at.run(words, { env: { COINHOLDER_HUB: hub.url } });

beforeEach(async () => {
  at = commandLine();
  answer = () => undefined;
  hub = await startSmallHub((asked) => answer(asked));
  await run("call", "create-account", "--as", "alice");
});
afterEach(async () => {
  await hub.close();
  at.remove();
});

const T = Date.parse("2026-01-15T12:00:00Z");
const COUNT = 10_000;

/** Newest first. */
const ENTRIES = Array.from({ length: COUNT }, (_, i): StatementEntry => {
  const number = COUNT - i;
  const balance = `${number}.00`;
  return {
    t: T + number,
    kind: "credit",
    amount: "1.00",
    balance,
    transfer_id: `t${number}`,
    reference: '=1, "one"',
  };
});

/** Pages by the position of the next entry, as the hub's own do by places. */
const statementPage = ({ params: { after, from_t, limit } }: Asked): Reply => {
  const start = Number(after ?? 0);
  const entries = ENTRIES.slice(start, start + Number(limit));
  const end = start + entries.length;
  return {
    answer: {
      currency: "USD",
      from_t: Number(from_t),
      to_t: T + COUNT + 1,
      opening: `${COUNT - end}.00`,
      closing: `${COUNT - start}.00`,
      entries,
      more_exist: end < COUNT,
      ...(end < COUNT ? { next_after: String(end) } : {}),
    },
  };
};

test("a statement is put together from all its pages, oldest first, as CSV, JSON or lines", async () => {
  answer = statementPage;
  const csv = await run(
    "statement",
    "--currency",
    "USD",
    "--from",
    "2026-01-01",
    "--to",
    "2026-02-01",
    "--csv",
  );
  expect(csv).toMatchObject({ code: 0, err: "" });
  const lines = csv.out.split("\r\n");
  expect(lines).toHaveLength(COUNT + 4);
  expect(lines[1]).toMatch(/^2026-01-01T00:00:00\.000Z,opening,USD,,,0\.00,/);
  expect(lines[2]).toMatch(/^2026-01-15T12:00:00\.001Z,credit,USD,1\.00,,1\.00,,t1,.*,"'=1, ""one"""$/);
  expect(lines[COUNT + 2]).toMatch(/,closing,USD,,,10000\.00,/);
  expect(hub.asked[1]).toMatchObject({
    name: "my-statement",
    params: {
      currency: "USD",
      from_t: String(Date.parse("2026-01-01")),
      to_t: String(Date.parse("2026-02-01")),
    },
  });
  expect(hub.asked).toHaveLength(1 + COUNT / 500);

  const json = await run("--json", "statement", "--currency", "USD");
  expect(json.err).toBe("");
  const told = JSON.parse(json.out);
  expect(told).toMatchObject({ currency: "USD", from_t: 0, opening: "0.00", closing: "10000.00" });
  expect(told.entries).toEqual([...ENTRIES].reverse());

  const { out } = await run("statement", "--currency", "USD");
  expect(out.split("\n")).toHaveLength(COUNT + 5);
  expect(out).toMatch(/opening +0\.00\n2026-01-15 12:00:00\.001Z +credit +1\.00 +1\.00 +t1; =1, "one"\n/);
});

test("transfers of a time are exported oldest first, and pages older than it are not asked for", async () => {
  const transfer = (number: number, more: Partial<ToldTransfer> = {}): ToldTransfer => ({
    transfer_id: `t${number}`,
    t: T + number,
    kind: "credit",
    direction: "in",
    currency: "USD",
    amount: "1.00",
    status: "done",
    ...more,
  });
  const pages: Record<string, ToldTransfer[]> = {
    "": [transfer(1, { transfer_id: "sight", status: "pending" }), transfer(9000), transfer(5000)],
    "5000": [transfer(4000), transfer(3000)],
    "3000": [transfer(2000), transfer(10)],
  };
  answer = ({ params: { before = "" } }) => {
    const transfers = pages[before]!;
    const next_before = Number(transfers.at(-1)!.transfer_id.slice(1));
    return { answer: { transfers, more_exist: true, next_before } };
  };
  const from = new Date(T + 3500).toISOString();
  const to = new Date(T + 9000).toISOString();
  const { code, out } = await run("export", "transfers", "--from", from, "--to", to);
  expect(code).toBe(0);
  expect(out.split("\r\n").map((line) => line.split(",")[1])).toEqual([
    "transfer_id",
    "t4000",
    "t5000",
    undefined,
  ]);
  expect(hub.asked).toHaveLength(3);
  const asJson = await run("export", "transfers", "--from", from, "--json");
  expect(JSON.parse(asJson.out).transfers).toEqual([transfer(4000), transfer(5000), transfer(9000)]);
});

test("days that do not exist, and both forms at once, are mistakes of the command line", async () => {
  answer = statementPage;
  for (const words of [
    ["--from", "2026-02-30"],
    ["--from", "yesterday"],
    ["--to", "2026-01-01T00:00:00"],
    ["--csv", "--json"],
  ])
    expect((await run("statement", "--currency", "USD", ...words)).code, words.join(" ")).toBe(2);
  expect((await run("export", "coins")).code).toBe(2);
  expect(hub.asked).toHaveLength(1);
});
