import { expect, test } from "vitest";
import { partedText, readTyped } from "./money.ts";

test("a comma is a point to those who write it so, and never where it might part thousands", () => {
  expect(readTyped("1,5", "BTC")).toEqual({ amount: "1.50" });
  expect(readTyped("0,123", "BTC")).toEqual({ amount: "0.123" });
  expect(readTyped("1 000.5", "BTC")).toEqual({ amount: "1000.50" });
  for (const text of ["1,000", "12,345", "1,234.50", "1.234,50", "1e3"])
    expect(readTyped(text, "BTC"), text).toHaveProperty("problem");
});

test("digits are parted in sentences as `Digits` parts them, and what is copied from there can be typed", () => {
  expect(partedText("20999999.99999999").replaceAll("\u202f", "_")).toBe("20_999_999.999_999_99");
  expect(partedText("-1234.5").replaceAll("\u202f", "_")).toBe("-1_234.5");
  for (const text of ["0.00", "999.1234", "no number"]) expect(partedText(text)).toBe(text);
  expect(readTyped(partedText("1234567.00000001"), "BTC")).toEqual({ amount: "1234567.00000001" });
});

test("what no hub counts is too large before it is sent", () => {
  expect(readTyped("21000000", "BTC")).toEqual({ amount: "21000000.00" });
  expect(readTyped("21000000.00000001", "BTC")).toEqual({ problem: "too_large" });
});
