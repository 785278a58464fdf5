import { expect, test } from "vitest";
import { readTyped } from "./money.ts";

test("a comma is a point to those who write it so, and never where it might part thousands", () => {
  expect(readTyped("1,5", "BTC")).toEqual({ amount: "1.50" });
  expect(readTyped("0,123", "BTC")).toEqual({ amount: "0.123" });
  expect(readTyped("1 000.5", "BTC")).toEqual({ amount: "1000.50" });
  for (const text of ["1,000", "12,345", "1,234.50", "1.234,50", "1e3"])
    expect(readTyped(text, "BTC"), text).toHaveProperty("problem");
});
