import { randomInt } from "node:crypto";
import { HDKey } from "@scure/bip32";
import { p2tr, p2wpkh } from "@scure/btc-signer";
import { expect, test } from "vitest";
import { addressPrefixes, NETWORKS, type Network } from "../network.ts";
import { openPublicBranch } from "./public-branch.ts";
import { newPhrase, seedFromPhrase } from "./seed.ts";

const branchOf = (phrase: string, network: Network): HDKey =>
  seedFromPhrase(phrase, network)
    .withSeedBytes((seed) => HDKey.fromMasterSeed(seed))
    .derive("m/84'/1'/0'")
    .deriveChild(1);

test.each(NETWORKS)("keys and addresses on %s are those that HDKey and btc-signer come to", (network) => {
  const prefixes = addressPrefixes[network];
  const phrase = newPhrase();
  const parent = branchOf(phrase, network);
  const published = HDKey.fromExtendedKey(parent.publicExtendedKey);
  const indices = Array.from({ length: 10 }, () => randomInt(2 ** 31));
  for (const index of [0, 1, 2 ** 31 - 1, ...indices]) {
    const which = `seed ${phrase}, index ${index}`;
    const { publicKey } = parent.deriveChild(index);
    expect(published.deriveChild(index).publicKey, which).toEqual(publicKey);
    for (const type of ["p2wpkh", "p2tr"] as const) {
      const branch = openPublicBranch(parent, type, prefixes.bech32);
      expect(branch.key(index), which).toEqual(publicKey);
      const { address, script } =
        type === "p2wpkh" ? p2wpkh(publicKey!, prefixes) : p2tr(publicKey!.subarray(1), undefined, prefixes);
      expect(branch.address(index), which).toEqual({ address, script });
    }
  }
});

test.each([2 ** 31, 2 ** 32 - 1, -1, 1.5, Number.NaN])("%s is no index of a public key", (index) => {
  const branch = openPublicBranch(branchOf(newPhrase(), "regtest"), "p2tr", "bcrt");
  expect(() => branch.key(index)).toThrow(RangeError);
  expect(() => branch.address(index)).toThrow(RangeError);
});
