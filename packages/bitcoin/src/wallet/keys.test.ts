import { inspect } from "node:util";
import { schnorr } from "@noble/curves/secp256k1.js";
import { p2wpkh, WIF } from "@scure/btc-signer";
import { pubECDSA } from "@scure/btc-signer/utils.js";
import { expect, test } from "vitest";
import { addressPrefixes } from "../network.ts";
import { openWallet } from "./keys.ts";
import { seedFromPhrase } from "./seed.ts";

const ABANDON = `${"abandon ".repeat(11)}about`;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("BIP-84 test vectors: addresses and private keys of account 0", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "mainnet"));
  expect(wallet.address("receive", 0).address).toBe("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
  expect(wallet.address("receive", 1).address).toBe("bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g");
  expect(wallet.address("change", 0).address).toBe("bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el");
  const wif = (branch: "receive" | "change", index: number): string =>
    wallet.withPrivateKey(branch, index, (key) => WIF().encode(key));
  expect(wif("receive", 0)).toBe("KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d");
  expect(wif("receive", 1)).toBe("Kxpf5b8p3qX56DKEe5NqWbNUP9MnqoRFzZwHRtsFqhzuvUJsYZCy");
  expect(wif("change", 0)).toBe("KxuoxufJL5csa1Wieb2kp29VNdn92Us8CoaUG3aGtPtcF3AzeXvF");
});

test("coin type 1 and the network's own prefix off mainnet", () => {
  const first = openWallet(seedFromPhrase(ABANDON, "testnet")).address("receive", 0).address;
  expect(first).toBe("tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl");
  expect(openWallet(seedFromPhrase(ABANDON, "regtest")).address("receive", 0).address).toMatch(
    /^bcrt1q6rz28mcfaxtmd6/,
  );
});

test("addresses come from public keys alone and fit the private keys", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "regtest"));
  for (const branch of ["receive", "change"] as const) {
    for (const index of [0, 1, 7, 2 ** 31 - 1]) {
      const publicKey = wallet.withPrivateKey(branch, index, (key) => pubECDSA(key));
      const { address, script } = p2wpkh(publicKey, addressPrefixes.regtest);
      expect(wallet.address(branch, index)).toEqual({ address, script });
    }
  }
});

test("an index that is hardened, negative or no whole number is refused", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "regtest"));
  for (const index of [-1, 1.5, 2 ** 31, Number.NaN]) {
    expect(() => wallet.address("receive", index)).toThrow(RangeError);
    expect(() => wallet.withPrivateKey("receive", index, () => 0)).toThrow(RangeError);
  }
});

test("a lent private key is wiped afterwards, also when its user throws, and is not lent for later", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "regtest"));
  let kept: Uint8Array = new Uint8Array(0);
  const lend = (after: () => unknown): unknown =>
    wallet.withPrivateKey("receive", 0, (key) => {
      kept = key;
      expect(key.some((byte) => byte !== 0)).toBe(true);
      return after();
    });
  lend(() => 1);
  expect(kept).toEqual(new Uint8Array(32));
  expect(() => lend(() => expect.fail("on purpose"))).toThrow("on purpose");
  expect(kept).toEqual(new Uint8Array(32));
  expect(() => lend(() => Promise.resolve())).toThrow(/synchronous/);
  expect(wallet.withPrivateKey("receive", 0, hex)).not.toBe("00".repeat(32));
});

test("the identity signs by BIP-340, is the same at every start and another on every coin", () => {
  const one = openWallet(seedFromPhrase(ABANDON, "regtest")).identityKey;
  const same = openWallet(seedFromPhrase(ABANDON, "regtest")).identityKey;
  const other = openWallet(seedFromPhrase(ABANDON, "mainnet")).identityKey;
  const message = new Uint8Array(32).fill(3);
  expect(one.publicKey).toHaveLength(32);
  expect(hex(one.publicKey)).toBe(hex(same.publicKey));
  expect(hex(one.publicKey)).not.toBe(hex(other.publicKey));
  expect(schnorr.verify(one.sign(message), message, one.publicKey)).toBe(true);
});

test("printing or serialising a wallet or a seed shows no secret", () => {
  const seed = seedFromPhrase(ABANDON, "mainnet");
  const wallet = openWallet(seed);
  const secrets = [
    "abandon",
    "xprv",
    "KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d",
    wallet.withPrivateKey("receive", 0, hex),
    seed.withSeedBytes(hex),
  ];
  for (const value of [seed, wallet, wallet.identityKey]) {
    const shown = [
      inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
      JSON.stringify(value),
      String(value),
    ].join();
    for (const secret of secrets) expect(shown).not.toContain(secret);
  }
});
