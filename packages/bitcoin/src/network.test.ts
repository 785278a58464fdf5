import { expect, test } from "vitest";
import { addressNetwork, addressPrefixes, coinType, isNetwork, NETWORKS } from "./network.ts";

test("the shared test networks are told apart by name, and have the same addresses and keys", () => {
  expect(NETWORKS.map(addressNetwork)).toEqual(["mainnet", "testnet", "testnet", "testnet", "regtest"]);
  expect(NETWORKS.map((network) => addressPrefixes[network].bech32)).toEqual([
    "bc",
    "tb",
    "tb",
    "tb",
    "bcrt",
  ]);
  expect(NETWORKS.map(coinType)).toEqual([0, 1, 1, 1, 1]);
  expect(["testnet4", "testnet", "simnet", "__proto__", undefined].map(isNetwork)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
