import { Address, OutScript } from "@scure/btc-signer";
import { expect, test } from "vitest";
import { checkDestination, dustLimit } from "./destination.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test.each([
  ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", 546],
  ["3P14159f73E4gFr7JterCCQh9QjiTjiZrG", 540],
  ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", 294],
  ["bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3", 330],
  ["bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", 330],
])("%s can be paid; less than %i satoshi is dust, as in Bitcoin Core", (address, limit) => {
  const destination = checkDestination(address, "mainnet");
  expect(destination).toMatchObject({ address, dustLimit: limit });
  const { script } = destination as { script: Uint8Array };
  expect(hex(OutScript.encode(Address().decode(address)))).toBe(hex(script));
  expect(dustLimit(script)).toBe(limit);
});

test("capital bech32 is the same address, written in one way from then on", () => {
  expect(checkDestination("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "mainnet")).toMatchObject({
    address: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
  });
});

test.each([
  // BIP-350's list of invalid addresses, and everyday mistakes
  ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "malformed"],
  ["bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "malformed"],
  ["bc1pw5dgrnzv", "malformed"],
  ["bc1qr508d6qejxtdg4y5r3zarvaryvqyzf3du", "malformed"],
  ["BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "malformed"],
  ["bc1gmk9yu", "malformed"],
  ["tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty", "malformed"],
  ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "malformed"],
  [" 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "malformed"],
  ["", "malformed"],
  ["1".repeat(5_000), "malformed"],
  ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4", "mixed_case"],
  ["tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "wrong_network"],
  ["mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "wrong_network"],
  ["bc1pfeessrawgf", "pay_to_anchor"],
  ["bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "unknown_witness_version"],
  ["BC1SW50QGDZ25J", "unknown_witness_version"],
  ["bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "unknown_witness_version"],
])("%s is refused: %s", (address, refused) => {
  expect(checkDestination(address, "mainnet")).toEqual({ refused });
});

test("a taproot key that is not on the curve would burn the coins", () => {
  const address = Address().encode({ type: "tr", pubkey: new Uint8Array(32).fill(0xff) });
  expect(checkDestination(address, "mainnet")).toEqual({ refused: "malformed" });
});

test("another network's address of any kind is told as such, on each network", () => {
  const v2OnMainnet = "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs";
  expect(checkDestination(v2OnMainnet, "regtest")).toEqual({ refused: "wrong_network" });
  expect(checkDestination("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "regtest")).toEqual({
    refused: "wrong_network",
  });
  expect(checkDestination("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "regtest")).toMatchObject({ dustLimit: 546 });
});
