import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatBtc, MAX_MONEY, parseBtc } from "./amount.ts";
import { writeJson } from "./json.ts";

const sats = fc.bigInt({ min: 0n, max: MAX_MONEY });

describe("amounts", () => {
  test("every amount keeps its last satoshi through text, and through a JSON number", () => {
    fc.assert(
      fc.property(sats, (amount) => {
        expect(parseBtc(formatBtc(amount))).toBe(amount);
        expect(parseBtc(String(JSON.parse(writeJson({ amount })).amount))).toBe(amount);
      }),
    );
  });

  test("a JSON amount always has eight decimals and never an exponent", () => {
    expect(writeJson({ a: 1n, b: 10_000_000n, c: [MAX_MONEY], d: 3, e: null, f: undefined })).toBe(
      '{"a":0.00000001,"b":0.10000000,"c":[21000000.00000000],"d":3,"e":null}',
    );
  });

  test.each([
    ["1e-8", 1n],
    ["1.5e-7", 15n],
    ["0", 0n],
    ["0.10", 10_000_000n],
    ["21000000", MAX_MONEY],
    ["0.100000000", 10_000_000n],
  ])("%s is read exactly", (text, expected) => expect(parseBtc(text)).toBe(expected));

  test.each([
    "",
    "-1",
    "+1",
    ".5",
    "1.",
    "0.000000001",
    "1e-9",
    "21000000.00000001",
    "1,5",
    "0x10",
    "NaN",
    " 1",
  ])("«%s» is refused", (text) => expect(parseBtc(text)).toBeUndefined());
});
