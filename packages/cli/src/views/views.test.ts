import { functionNames, functionRow } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { table } from "../output.ts";
import { cut, displayWidth } from "../terminal.ts";
import { spread } from "./market.ts";
import { answerLines } from "./views.ts";

test("every function's answer prints as lines without holes", () => {
  for (const name of functionNames) {
    const lines = answerLines(name, functionRow(name).example.answer);
    expect(lines.length, name).toBeGreaterThan(0);
    expect(lines.join("\n"), name).not.toMatch(/undefined|\[object|NaN|\n.*\n\n\n/);
  }
});

test("an answer of another form than the table's prints all the same", () => {
  for (const name of functionNames)
    for (const answer of [
      {},
      { error: "x" },
      { bids: 7, available: null, transfers: {}, invoice: 3 },
      [],
      "x",
      null,
    ])
      expect(() => answerLines(name, answer), name).not.toThrow();
  expect(answerLines("my-balance", { available: { btc: "1" } })).toEqual([
    "     available",
    "BTC          1",
  ]);
});

test("numbers stand with their points one below the other, missing ones leave a hole", () => {
  const rows = [
    ["a", "17.50"],
    ["b", "-0.00000423"],
    ["c", ""],
    ["d", "5000"],
  ];
  expect(table(["", "amount"], rows)).toEqual([
    "          amount",
    "a    17.50",
    "b    -0.00000423",
    "c",
    "d  5000",
  ]);
});

test("both sides of a book stand beside each other", () => {
  const answer = {
    market: "BTC/USD",
    t: 1_795_348_800_000,
    seq: 4,
    bids: [
      ["64990.00", "0.50"],
      ["64000.00", "12.125"],
    ],
    asks: [["65010.00", "1.25"]],
  };
  expect(answerLines("depth", answer).slice(1)).toEqual([
    "wanted       bid       ask  offered",
    " 0.50   64990.00  65010.00     1.25",
    "12.125  64000.00",
    "spread 20.00",
  ]);
  expect(spread("1.5", "1.25")).toBe("0.25");
  expect(spread("100", "101")).toBe("-1");
});

test("a page that is not the last says how to get the next", () => {
  const answer = { trades: [{ trade_id: "x1", price: "1.00" }], more_exist: true, next_before: 17 };
  expect(answerLines("trades", answer).at(-1)).toBe("there are more: the same with before=17");
  expect(answerLines("trades", { trades: [], more_exist: false })).toEqual(["no trades"]);
});

test("text is cut by what it takes on a terminal, and colours end", () => {
  expect(displayWidth("Кофе")).toBe(4);
  expect(displayWidth("咖啡")).toBe(4);
  expect(displayWidth("\u001b[31mred\u001b[39m")).toBe(3);
  expect(cut("咖啡馆", 5)).toBe("咖啡…");
  expect(cut("\u001b[31mabcdef\u001b[39m", 4)).toBe("\u001b[31mabc…\u001b[0m");
  expect(cut("abc", 3)).toBe("abc");
});
