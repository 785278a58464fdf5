import { expect, test } from "vitest";
import { inUnits, numeral, writeJson } from "./numerals.ts";

test("decimals are written digit by digit, whatever a float would make of them", () => {
  const written = writeJson({ usds: numeral("9.70"), btcs: numeral("20999999.99999999"), none: undefined });
  expect(written).toBe('{"usds":9.7,"btcs":20999999.99999999}');
  expect(writeJson([numeral("0.00"), numeral("0.00000001"), numeral("100"), numeral("-3.00")])).toBe(
    "[0,0.00000001,100,-3]",
  );
  expect(() => writeJson(9.5)).toThrow(RangeError);
  expect(writeJson({ 'a"': ["\u2028", 1] })).toBe(JSON.stringify({ 'a"': ["\u2028", 1] }));
});

test("prices and amounts are told in units, too", () => {
  expect(inUnits("17.51", 5)).toBe("1751000");
  expect(inUnits("0.00000001", 8)).toBe("1");
  expect(inUnits("22", 8)).toBe("2200000000");
});
