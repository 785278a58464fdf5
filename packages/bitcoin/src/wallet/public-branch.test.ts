import { randomInt } from "node:crypto";
import { HDKey } from "@scure/bip32";
import { p2tr, p2wpkh } from "@scure/btc-signer";
import { expect, test } from "vitest";
import { addressPrefixes } from "../network.ts";
import { openPublicBranch } from "./public-branch.ts";
import { newPhrase, seedFromPhrase } from "./seed.ts";

test("any branch's keys and addresses are those that HDKey and btc-signer come to, of public and of private keys", () => {
  const prefixes = addressPrefixes.regtest;
  for (let n = 0; n < 5; n++) {
    const account = seedFromPhrase(newPhrase(), "regtest").withSeedBytes((seed) =>
      HDKey.fromMasterSeed(seed),
    );
    const parent = account.derive("m/84'/1'/0'").deriveChild(n % 2);
    const branch = openPublicBranch(parent);
    const published = HDKey.fromExtendedKey(parent.publicExtendedKey);
    const indices = Array.from({ length: 10 }, () => randomInt(2 ** 31));
    for (const index of [0, 1, 2 ** 31 - 1, ...indices]) {
      const { publicKey } = parent.deriveChild(index);
      expect(published.deriveChild(index).publicKey).toEqual(publicKey);
      expect(branch.key(index)).toEqual(publicKey);
      const [plain, taproot] = [
        p2wpkh(publicKey!, prefixes),
        p2tr(publicKey!.subarray(1), undefined, prefixes),
      ];
      const { bech32 } = prefixes;
      expect(branch.address(index, "p2wpkh", bech32)).toEqual({
        address: plain.address,
        script: plain.script,
      });
      expect(branch.address(index, "p2tr", bech32)).toEqual({
        address: taproot.address,
        script: taproot.script,
      });
    }
  }
});
