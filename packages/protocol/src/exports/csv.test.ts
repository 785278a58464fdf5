import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvLines, guarded } from "./csv.ts";
import { type StatementEntry, statementCsv, type ToldTransfer, tradesCsv, transfersCsv } from "./tables.ts";

/** Another reading of RFC 4180, character by character. */
const parse = (text: string): string[][] => {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (at >= text.length) throw new Error("a quote is not closed");
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') cell += text[at++];
        else break;
      }
      at++;
    } else {
      while (at < text.length && text[at] !== "," && text[at] !== "\r") {
        if (text[at] === '"' || text[at] === "\n") throw new Error(`${text[at]} stands bare`);
        cell += text[at++];
      }
    }
    record.push(cell);
    if (text[at] === ",") at++;
    else if (text.startsWith("\r\n", at)) {
      at += 2;
      records.push(record);
      record = [];
    } else throw new Error(`a cell ends with ${JSON.stringify(text.slice(at, at + 2))}`);
  }
  if (record.length > 0) throw new Error("the last record is not ended");
  return records;
};

const rowsOf = (lines: Iterable<string>): Record<string, string>[] => {
  const [header, ...records] = parse([...lines].join(""));
  return records.map((record) => {
    expect(record).toHaveLength(header!.length);
    return Object.fromEntries(header!.map((name, i) => [name, record[i]!]));
  });
};

const transfer = (reference?: string): ToldTransfer => ({
  transfer_id: "t1",
  t: 1_795_348_800_000,
  kind: "credit",
  direction: "in",
  currency: "USD",
  amount: "17.50",
  status: "done",
  ...(reference === undefined ? {} : { reference }),
});

test("any text in any column comes back by RFC 4180", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.string()), { minLength: 1 }), (rows) => {
      const columns = [
        { name: "a,b", of: ([one]: [string, string]) => one },
        { name: 'say "c"', of: ([, other]: [string, string]) => other },
      ];
      expect(parse([...csvLines(columns, rows)].join(""))).toEqual([["a,b", 'say "c"'], ...rows]);
    }),
  );
});

describe("what people wrote", () => {
  test.each([
    ['quotes "and", commas', 'quotes "and", commas'],
    ["two\nlines\r\nand a third", "two\nlines\r\nand a third"],
    ["", ""],
    [" leading space", " leading space"],
    ["=1+1", "'=1+1"],
    ["+49 30 1234", "'+49 30 1234"],
    ["-5", "'-5"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tcmd", "'\tcmd"],
    ["＝1+1", "'＝1+1"],
    ["'twas", "''twas"],
    ['=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")'],
    ["1=1", "1=1"],
  ])("%j is the cell %j, which no spreadsheet carries out", (reference, cell) => {
    expect(rowsOf(transfersCsv([transfer(reference)]))[0]!.reference).toBe(cell);
  });

  test("is had again by taking one leading apostrophe off", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(guarded(text).replace(/^'/, "")).toBe(text.startsWith("'") ? text : text.replace(/^'/, ""));
        expect(guarded(text)).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
    );
  });
});

test("amounts stay as the API gives them, also below zero; times are ISO 8601 in UTC; ten thousand rows", () => {
  const entries = Array.from(
    { length: 10_000 },
    (_, i): StatementEntry => ({
      t: 1_795_348_800_000 + i,
      kind: "withdrawal",
      amount: `-0.${String(i + 1).padStart(8, "0")}`,
      balance: `${20_000 - i}.00`,
      fee: "0.00000001",
      transfer_id: `t${i}`,
      reference: `line ${i}\n"quoted", and more`,
    }),
  );
  const rows = rowsOf(
    statementCsv({
      currency: "BTC",
      from_t: 0,
      to_t: 1_795_392_000_000,
      opening: "1.00",
      closing: "-3.00",
      entries,
    }),
  );
  expect(rows).toHaveLength(10_002);
  expect(rows[0]).toMatchObject({
    time: "1970-01-01T00:00:00.000Z",
    kind: "opening",
    balance: "1.00",
    amount: "",
  });
  expect(rows.at(-1)).toMatchObject({ time: "2026-11-23T00:00:00.000Z", kind: "closing", balance: "-3.00" });
  for (const [i, { amount, balance, reference, t, transfer_id }] of entries.entries())
    expect(rows[i + 1]).toMatchObject({
      time: new Date(t).toISOString(),
      currency: "BTC",
      amount,
      balance,
      fee: "0.00000001",
      transfer_id,
      reference,
    });
});

test("trades have both amounts and the fee with its basis points", () => {
  const [row] = rowsOf(
    tradesCsv([
      {
        trade_id: "x1",
        oid: "o2",
        t: 1_795_348_800_000,
        market: "BTC/USD",
        side: "buy",
        role: "taker",
        price: "65000.00",
        gave_amt: "65.00",
        gave_cur: "USD",
        got_amt: "0.000998",
        got_cur: "BTC",
        fee: "0.000002",
        fee_bps: 20,
      },
    ]),
  );
  expect(row).toEqual({
    time: "2026-11-22T12:00:00.000Z",
    trade_id: "x1",
    oid: "o2",
    market: "BTC/USD",
    side: "buy",
    role: "taker",
    price: "65000.00",
    gave_amt: "65.00",
    gave_cur: "USD",
    got_amt: "0.000998",
    got_cur: "BTC",
    fee: "0.000002",
    fee_bps: "20",
  });
});
