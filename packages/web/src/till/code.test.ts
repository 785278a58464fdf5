import { expect, test } from "vitest";
import { newCode } from "./code.ts";

test("codes have their length, leading zeros too, and are none that a live invoice of the till has", () => {
  expect(newCode(3, new Set())).toMatch(/^[0-9]{3}$/);
  const all = Array.from({ length: 10 }, (_, i) => String(i));
  const last = new Set(all.filter((code) => code !== "7"));
  // Twenty tries at one digit may miss the last one: then it is longer.
  expect(newCode(1, last)).toMatch(/^(?:7|[0-9]{2})$/);
  expect(newCode(1, new Set(all))).toMatch(/^[0-9]{2}$/);
});
