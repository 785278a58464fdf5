import { expect, test } from "vitest";
import { readStatus } from "./claim.ts";

const invoice = { btc_address: "bc1q", amount: "0.001", currency: "BTC" } as Parameters<typeof readStatus>[0];
const open = {
  btc_address: "bc1q",
  amount: "0.001",
  currency: "BTC",
  confirmed: true,
  state: "open",
  due: "0.001",
};

test("what another hub says of an invoice is text, or no answer at all", () => {
  expect(readStatus(invoice, open)).toEqual({ due: "0.001" });
  // Whoever makes a text of these hears an error of their choice.
  for (const odd of [{ toString: 1, valueOf: 1 }, ["open"], null, 1])
    for (const field of ["state", "due"])
      expect(readStatus(invoice, { ...open, [field]: odd })).toMatchObject({
        refused: { code: "peer_unreachable", reason: "answer_malformed" },
      });
});
