import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_SATS } from "../sats.ts";
import { parseJsonKeepingNumbers, satsOfBtc, satsPerKvB } from "./exact.ts";

const btcText = (value: number): string =>
  `${Math.floor(value / 1e8)}.${String(value % 1e8).padStart(8, "0")}`;

test("10,000 random amounts written as Core writes them come back to the satoshi", () => {
  const amounts = fc.integer({ min: 0, max: MAX_SATS });
  fc.assert(
    fc.property(amounts, (value) => satsOfBtc(btcText(value)) === value),
    { numRuns: 10_000 },
  );
});

test("amounts written as the shortest float, as btcd does, come back to the satoshi", () => {
  const amounts = fc.oneof(fc.integer({ min: 0, max: MAX_SATS }), fc.integer({ min: 0, max: 100_000 }));
  fc.assert(
    fc.property(amounts, (value) => satsOfBtc(JSON.stringify(value / 1e8)) === value),
    { numRuns: 10_000 },
  );
});

test.each([
  ["0.1", 10_000_000],
  ["1e-8", 1],
  ["1E-08", 1],
  ["2.1e+7", MAX_SATS],
  ["0.100000000000", 10_000_000],
  ["0.000000001", undefined],
  ["21000000.00000001", undefined],
  ["-1", undefined],
  ["1e99", undefined],
  ["1.2.3", undefined],
  ["", undefined],
  ["0x10", undefined],
])("BTC %s is %s satoshi", (text, value) => {
  expect(satsOfBtc(text)).toBe(value);
});

test("fee rates are rounded up, and «no idea» is no rate", () => {
  expect(satsPerKvB("0.00001000")).toBe(1000);
  expect(satsPerKvB("0.000010001")).toBe(1001);
  expect(satsPerKvB("1.0131e-05")).toBe(1014);
  expect(satsPerKvB("-1")).toBeUndefined();
  expect(satsPerKvB("-0.000000001")).toBeUndefined();
  expect(satsPerKvB("0")).toBeUndefined();
});

test("only numbers become text: strings that look like numbers, and escapes, stay what they are", () => {
  const json = '{"a":1.10,"b":"2.0 \\"3\\" ","c":[1e5,-4,null,true],"d\\\\":{"e":0.00000001}}';
  expect(parseJsonKeepingNumbers(json)).toEqual({
    a: "1.10",
    b: '2.0 "3" ',
    c: ["1e5", "-4", null, true],
    "d\\": { e: "0.00000001" },
  });
  for (const bad of ["{", "{1:2}", "01", "1 2", "", "nonsense"]) {
    expect(() => parseJsonKeepingNumbers(bad)).toThrow(SyntaxError);
  }
});
