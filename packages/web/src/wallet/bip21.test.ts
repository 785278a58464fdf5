import fc from "fast-check";
import { expect, test } from "vitest";
import { isPaymentLink, readPaymentLink, writePaymentLink } from "./bip21.ts";

const ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

// The examples of BIP-21, with an address of ours.
test.each([
  [`bitcoin:${ADDRESS}`, { address: ADDRESS }],
  [`BITCOIN:${ADDRESS.toUpperCase()}`, { address: ADDRESS.toUpperCase() }],
  [`bitcoin:${ADDRESS}?label=Luke-Jr`, { address: ADDRESS, label: "Luke-Jr" }],
  [`bitcoin:${ADDRESS}?amount=20.3&label=Luke-Jr`, { address: ADDRESS, amount: "20.30", label: "Luke-Jr" }],
  [
    `bitcoin:${ADDRESS}?amount=50&label=Luke-Jr&message=Donation%20for%20project%20xyz`,
    { address: ADDRESS, amount: "50.00", label: "Luke-Jr", message: "Donation for project xyz" },
  ],
  [`bitcoin:${ADDRESS}?somethingyoudontunderstand=50&somethingelseyoudontget=999`, { address: ADDRESS }],
  [
    `bitcoin:${ADDRESS}?req-somethingyoudontunderstand=50`,
    { problem: "required", name: "req-somethingyoudontunderstand" },
  ],
  [`bitcoin:${ADDRESS}?amount=0.000000001`, { problem: "amount" }],
  [`bitcoin:${ADDRESS}?amount=1e8`, { problem: "amount" }],
  [`bitcoin:${ADDRESS}?amount=-1`, { problem: "amount" }],
  [`bitcoin:${ADDRESS}?amount=0`, { problem: "amount" }],
  [`bitcoin:${ADDRESS}?amount=1&amount=2`, { problem: "malformed" }],
  [`bitcoin:${ADDRESS}?label=%E0%A4%A`, { problem: "malformed" }],
  ["bitcoin:?amount=1", { problem: "no_address" }],
  ["bitcoin:<script>", { problem: "no_address" }],
])("%s", (text, read) => {
  expect(isPaymentLink(text)).toBe(true);
  expect(readPaymentLink(text)).toEqual(read);
});

test("what is written is read again, whatever stands in label and message", () => {
  const words = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(
    fc.property(words, words, (label, message) => {
      const link = { address: ADDRESS, amount: "0.00000001", label, message };
      expect(readPaymentLink(writePaymentLink(link))).toEqual(link);
    }),
  );
});
