import { expect, test } from "vitest";
import { parseTime } from "./period.ts";

test.each([
  ["2026-02-28", "2026-02-28T00:00:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["2026-02-28T12:00Z", "2026-02-28T12:00:00.000Z"],
  ["2026-03-01T00:30:00+02:00", "2026-02-28T22:30:00.000Z"],
  ["2026-12-31T23:59:59.999-05:00", "2027-01-01T04:59:59.999Z"],
])("%s is the moment %s", (text, moment) => {
  expect(new Date(parseTime(text)).toISOString()).toBe(moment);
});

test.each([
  "2026-02-29",
  "2026-02-31T00:00:00Z",
  "2026-04-31T12:00+02:00",
  "2026-13-01T00:00Z",
  "2026-01-31T25:00Z",
  "2026-01-31T12:00",
  "1969-12-31",
  "1970-01-01T00:00+01:00",
  "today",
])("%s is refused, rather than taken for a moment of another day", (text) => {
  expect(() => parseTime(text)).toThrow("2026-01-31");
});
