import { expect, test } from "vitest";
import { newCode, takenCodes } from "./code.ts";
import type { Row } from "./day.ts";

test("codes have their length, leading zeros too, and are none that a live invoice of the till has", () => {
  expect(newCode(3, new Set())).toMatch(/^[0-9]{3}$/);
  const all = Array.from({ length: 10 }, (_, i) => String(i));
  const last = new Set(all.filter((code) => code !== "7"));
  // Twenty tries at one digit may miss the last one: then it is longer.
  expect(newCode(1, last)).toMatch(/^(?:7|[0-9]{2})$/);
  expect(newCode(1, new Set(all))).toMatch(/^[0-9]{2}$/);
});

test("a sale that was paid a moment ago lends its code to none that may be in doubt: that one would be told as paid", () => {
  const row = (random: string, state: Row["state"], t: number): Row => ({
    invoice: {
      btc_address: `bc1q${random}`,
      amount: "3.50",
      currency: "USD",
      info: { random, t, expires_t: t + 900 },
    },
    invoice_json: "",
    signature: "",
    state,
    received: "0.00",
  });
  const rows = [
    row("111", "paid", 9_500),
    row("222", "withdrawn", 9_500),
    row("333", "open", 9_950),
    row("444", "paid", 8_000),
    row("555", "underpaid", 9_700),
  ];
  expect([...takenCodes(rows, 10_000, 1_000)]).toEqual(["111", "222", "333", "555"]);
});
