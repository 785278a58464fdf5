import { expect, test } from "vitest";
import { onlyBitcoin, type Row, startOfDay, stateAt, totalsOf, unexchangedIn } from "./day.ts";

const units = (amount: string, currency: string): bigint => {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.padEnd(currency === "BTC" ? 8 : 2, "0"));
};
const NOON = new Date(2026, 10, 22, 12).getTime();
const MIDNIGHT = startOfDay(NOON);

const row = (of: Partial<Row> & { currency?: string; t?: number }): Row => ({
  invoice: {
    btc_address: "bcrt1q",
    amount: "3.42",
    currency: of.currency ?? "CAD",
    info: { t: of.t ?? NOON, expires_t: (of.t ?? NOON) + 900_000 },
  },
  invoice_json: "{}",
  signature: "",
  state: of.state ?? "paid",
  received: of.received ?? "0.00",
  ...(of.settled === undefined ? {} : { settled: of.settled }),
  ...(of.unexchanged === undefined ? {} : { unexchanged: of.unexchanged }),
  ...(of.paid_t === undefined ? {} : { paid_t: of.paid_t }),
});

test("the day's totals count what came in, each currency by itself, large and small sums exactly", () => {
  expect(
    totalsOf(
      [
        row({ settled: "3.42" }),
        row({ settled: "0.10", state: "underpaid" }),
        row({ settled: "90071992547409.93" }),
        row({ currency: "BTC", received: "0.00000001" }),
        row({ currency: "BTC", received: "20999999.99999999" }),
        row({ state: "open", settled: "0.00" }),
      ],
      MIDNIGHT,
      units,
    ),
  ).toEqual([
    { currency: "CAD", units: 9_007_199_254_741_345n, sales: 3 },
    { currency: "BTC", units: 2_100_000_000_000_000n, sales: 2 },
  ]);
});

test("a sale counts on the local day on which it was paid, not on which it was asked for", () => {
  const late = { settled: "1.00", t: MIDNIGHT - 60_000 };
  expect(totalsOf([row(late)], MIDNIGHT, units)).toEqual([]);
  expect(totalsOf([row({ ...late, paid_t: MIDNIGHT })], MIDNIGHT, units)).toHaveLength(1);
});

test("an open invoice is over when its time is, though nobody tells; a paid one stays paid", () => {
  expect(stateAt(row({ state: "open" }), NOON + 899_999)).toBe("open");
  expect(stateAt(row({ state: "open" }), NOON + 900_000)).toBe("expired");
  expect(stateAt(row({ state: "paid" }), NOON + 900_000)).toBe("paid");
  expect(stateAt(row({ state: "underpaid" }), NOON + 900_000)).toBe("underpaid");
});

test("bitcoin that were not exchanged are told apart: in sight while they may still be, and beside what is paid", () => {
  const came = { received: "0.00003", settled: "0.00", unexchanged: "0.00003" };
  expect(unexchangedIn(row({ ...came, state: "seen" }))).toBeUndefined();
  expect(onlyBitcoin(row({ ...came, state: "seen" }))).toBe(false);
  expect(onlyBitcoin(row({ ...came, state: "underpaid" }))).toBe(true);
  expect(onlyBitcoin(row({ ...came, settled: "1.00", state: "underpaid" }))).toBe(false);
  expect(unexchangedIn(row({ ...came, settled: "3.42", state: "overpaid" }))).toBe("0.00003");
  expect(onlyBitcoin(row({ state: "underpaid", settled: "0.00" }))).toBe(false);
});
