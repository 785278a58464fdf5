import { expect, test } from "vitest";
import { CONFIG, has, sat, testHub } from "../testing.ts";

const withdraw = (by: ReturnType<ReturnType<typeof testHub>["account"]>, currency: string, amount: number) =>
  ({
    kind: "withdraw-fiat",
    by: by.calls("withdraw-fiat"),
    currency,
    amount: sat(amount),
    destination: "IBAN",
  }) as const;

test("a pay-out is held until the operator has made it, or gives it back", () => {
  const hub = testHub();
  const anna = hub.account("anna");
  hub.credit(anna, "USD", 100);
  expect(hub.refused(withdraw(anna, "USD", 101))).toBe("insufficient_funds");
  const [first, second] = [1, 2].map(() => hub.done(withdraw(anna, "USD", 40)).answer.transfer);
  expect(has(hub, anna, "USD")).toEqual([20, 80, 0]);
  const settle = (transfer: number, outcome: "done" | "refused") =>
    ({
      kind: "settle-fiat",
      by: hub.operator.calls("operator-settle"),
      transfer,
      outcome,
      reference: "",
    }) as const;
  hub.done(settle(first, "done"));
  hub.done(settle(second, "refused"));
  expect(has(hub, anna, "USD")).toEqual([60, 0, 0]);
  expect(hub.refused(settle(first, "refused"))).toBe("transfer_unknown");
});

test("an unknown currency and BTC are refused, and do not stop the hub", () => {
  const hub = testHub();
  const anna = hub.account();
  expect(hub.refused(withdraw(anna, "XXX", 1))).toBe("currency_unknown");
  expect(hub.refused(withdraw(anna, "BTC", 1))).toBe("unsupported");
});

test("credits go to accounts of people, by identifier or name, up to what the hub can count", () => {
  const hub = testHub();
  const anna = hub.account("anna");
  const credit = (to: string, amount: number, currency = "EUR") =>
    ({
      kind: "credit",
      by: hub.operator.calls("operator-credit"),
      to,
      currency,
      amount: sat(amount),
      reference: "",
    }) as const;
  for (const to of ["sys-chain", "sys-bank", "sys-hub", "sys-rounding", "sys-cold", "nobody"])
    expect(hub.refused(credit(to, 1))).toBe("account_unknown");
  expect(hub.refused(credit("anna", 1, "BTC"))).toBe("insufficient_funds");
  hub.done(credit("anna", Number.MAX_SAFE_INTEGER - 1));
  expect(hub.refused(credit(anna.id, 2))).toBe("amount_invalid");
  hub.done(credit(anna.id, 1));
  expect(has(hub, anna, "EUR")).toEqual([CONFIG.currencies[2]!.max, 0, 0]);
  // The largest sums can still be held and traded against.
  hub.done(hub.order(anna, Number.MAX_SAFE_INTEGER, "EUR", 1e13, "USD"));
});
