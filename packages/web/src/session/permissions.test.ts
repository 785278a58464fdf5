import { expect, test } from "vitest";
import { type Preset, pairsOf, presetOf } from "./permissions.ts";

const ACCOUNT = "ac-aaaaaaaaaaaaaaaa";
const OPERATORS = ["operator-status", "operator-payouts"] as const;
const supported = [
  ...["my-authkeys", "revoke-authkey", "my-balance", "my-transfers", "send-btc", "quote-send", "pay-invoice"],
  ...["new-invoice", "my-invoices", "invoice-status", "withdraw-invoice", "play-money"],
];

test.each<Preset>(["everything", "everyday", "till", "look", "operator"])(
  "a key that was made as «%s» is called so",
  (preset) => {
    const held = OPERATORS.map((name) => [ACCOUNT, name] as const);
    const made = pairsOf(preset, ACCOUNT, held, supported).map(([, name]) => name);
    expect(presetOf(made)).toBe(preset);
  },
);

test("a key that may pay, withdraw or trade is not called one that looks, or a till", () => {
  for (const more of ["withdraw-fiat", "place-order", "pay-invoice", "change-allowlist", "change-password"]) {
    expect(presetOf(["my-balance", "my-transfers", more])).toBeUndefined();
    expect(presetOf(["new-invoice", "my-invoices", more])).toBeUndefined();
  }
  expect(presetOf(["send-btc", "my-balance", "change-allowlist"])).toBeUndefined();
  expect(presetOf(["operator-status", "send-btc"])).toBeUndefined();
  expect(presetOf(["operator-status", "all"])).toBe("everything");
  expect(presetOf([])).toBeUndefined();
});
