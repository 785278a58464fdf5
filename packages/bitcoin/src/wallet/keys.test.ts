import { inspect } from "node:util";
import { schnorr } from "@noble/curves/secp256k1.js";
import { p2wpkh, WIF } from "@scure/btc-signer";
import { pubECDSA, pubSchnorr } from "@scure/btc-signer/utils.js";
import { expect, test } from "vitest";
import { addressPrefixes } from "../network.ts";
import { typeOfAddress } from "./address-type.ts";
import { type Branch, openWallet } from "./keys.ts";
import { seedFromPhrase } from "./seed.ts";

const ABANDON = `${"abandon ".repeat(11)}about`;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("BIP-84 test vectors: addresses and private keys of account 0", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "mainnet"));
  expect(wallet.address("receive", 0).address).toBe("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
  expect(wallet.address("receive", 1).address).toBe("bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g");
  expect(wallet.address("change", 0).address).toBe("bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el");
  const wif = (branch: "receive" | "change", index: number): string =>
    wallet.withPrivateKey(branch, index, "p2wpkh", (key) => WIF().encode(key));
  expect(wif("receive", 0)).toBe("KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d");
  expect(wif("receive", 1)).toBe("Kxpf5b8p3qX56DKEe5NqWbNUP9MnqoRFzZwHRtsFqhzuvUJsYZCy");
  expect(wif("change", 0)).toBe("KxuoxufJL5csa1Wieb2kp29VNdn92Us8CoaUG3aGtPtcF3AzeXvF");
});

test("BIP-86 test vectors: addresses, scripts and internal keys of account 0", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "mainnet"));
  const vectors: { at: [Branch, number]; address: string; script: string; internalKey: string }[] = [
    {
      at: ["receive", 0],
      address: "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
      script: "5120a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c",
      internalKey: "cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115",
    },
    {
      at: ["receive", 1],
      address: "bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh",
      script: "5120a82f29944d65b86ae6b5e5cc75e294ead6c59391a1edc5e016e3498c67fc7bbb",
      internalKey: "83dfe85a3151d2517290da461fe2815591ef69f2b18a2ce63f01697a8b313145",
    },
    {
      at: ["change", 0],
      address: "bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7",
      script: "5120882d74e5d0572d5a816cef0041a96b6c1de832f6f9676d9605c44d5e9a97d3dc",
      internalKey: "399f1b2f4393f29a18c937859c5dd8a77350103157eb880f02e8c08214277cef",
    },
  ];
  for (const { at, address, script, internalKey } of vectors) {
    const derived = wallet.address(...at, "p2tr");
    expect([derived.address, hex(derived.script)]).toEqual([address, script]);
    expect(typeOfAddress(address)).toBe("p2tr");
    expect(wallet.withPrivateKey(...at, "p2tr", (key) => hex(pubSchnorr(key)))).toBe(internalKey);
    expect(hex(wallet.keyOrigin(...at, "p2tr").publicKey.subarray(1))).toBe(internalKey);
  }
});

test("where a key stands: fingerprint of the master key, and the path of its BIP", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "signet"));
  const h = 2 ** 31;
  expect(wallet.keyOrigin("change", 7, "p2wpkh")).toMatchObject({
    fingerprint: 0x73c5da0a,
    path: [h + 84, h + 1, h, 1, 7],
  });
  expect(wallet.keyOrigin("receive", 3, "p2tr").path).toEqual([h + 86, h + 1, h, 0, 3]);
});

test("the type of an address that is none of ours throws", () => {
  expect(typeOfAddress("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu")).toBe("p2wpkh");
  for (const other of ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "", "abandon"])
    expect(() => typeOfAddress(other)).toThrow(RangeError);
});

test("derived keys are the same at every start, and another for each purpose and coin", () => {
  const keys = (network: "regtest" | "mainnet") => {
    const wallet = openWallet(seedFromPhrase(ABANDON, network));
    return [wallet.deriveKey("journal"), wallet.deriveKey("signer")].map(hex);
  };
  expect(keys("regtest")).toEqual(keys("regtest"));
  const all = [...keys("regtest"), ...keys("mainnet")];
  expect(new Set(all).size).toBe(4);
  for (const key of all) expect(key).toHaveLength(64);
});

test("a derived key that its user wipes is not wiped for others", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "regtest"));
  const key = hex(wallet.deriveKey("signer"));
  wallet.deriveKey("signer").fill(0);
  expect(hex(wallet.deriveKey("signer"))).toBe(key);
});

test("coin type 1 and the network's own prefix off mainnet", () => {
  const first = openWallet(seedFromPhrase(ABANDON, "testnet4")).address("receive", 0).address;
  expect(first).toBe("tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl");
  expect(openWallet(seedFromPhrase(ABANDON, "regtest")).address("receive", 0).address).toMatch(
    /^bcrt1q6rz28mcfaxtmd6/,
  );
});

test("addresses come from public keys alone and fit the private keys", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "regtest"));
  for (const branch of ["receive", "change"] as const) {
    for (const index of [0, 1, 7, 2 ** 31 - 1]) {
      const publicKey = wallet.withPrivateKey(branch, index, "p2wpkh", (key) => pubECDSA(key));
      const { address, script } = p2wpkh(publicKey, addressPrefixes.regtest);
      expect(wallet.address(branch, index)).toEqual({ address, script });
    }
  }
});

test("an index that is hardened, negative or no whole number is refused", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "regtest"));
  for (const index of [-1, 1.5, 2 ** 31, Number.NaN]) {
    expect(() => wallet.address("receive", index)).toThrow(RangeError);
    expect(() => wallet.withPrivateKey("receive", index, "p2wpkh", () => 0)).toThrow(RangeError);
  }
});

test("a lent private key is wiped afterwards, also when its user throws, and is not lent for later", () => {
  const wallet = openWallet(seedFromPhrase(ABANDON, "regtest"));
  let kept: Uint8Array = new Uint8Array(0);
  const lend = (after: () => unknown): unknown =>
    wallet.withPrivateKey("receive", 0, "p2wpkh", (key) => {
      kept = key;
      expect(key.some((byte) => byte !== 0)).toBe(true);
      return after();
    });
  lend(() => 1);
  expect(kept).toEqual(new Uint8Array(32));
  expect(() => lend(() => expect.fail("on purpose"))).toThrow("on purpose");
  expect(kept).toEqual(new Uint8Array(32));
  expect(() => lend(() => Promise.resolve())).toThrow(/synchronous/);
  expect(wallet.withPrivateKey("receive", 0, "p2wpkh", hex)).not.toBe("00".repeat(32));
});

test("the identity signs by BIP-340, is the same at every start and another on every coin", () => {
  const one = openWallet(seedFromPhrase(ABANDON, "regtest")).identityKeyAt(0);
  const same = openWallet(seedFromPhrase(ABANDON, "regtest")).identityKeyAt(0);
  const other = openWallet(seedFromPhrase(ABANDON, "mainnet")).identityKeyAt(0);
  const message = new Uint8Array(32).fill(3);
  expect(one.publicKey).toHaveLength(32);
  expect(hex(one.publicKey)).toBe(hex(same.publicKey));
  expect(hex(one.publicKey)).not.toBe(hex(other.publicKey));
  expect(schnorr.verify(one.sign(message), message, one.publicKey)).toBe(true);
});

test("each rotation has another identity key, the same at every start", () => {
  const keysOf = (): string[] => {
    const { identityKeyAt } = openWallet(seedFromPhrase(ABANDON, "regtest"));
    const keys = [0, 1, 2].map((rotations) => identityKeyAt(rotations));
    const message = new Uint8Array(32).fill(3);
    for (const { publicKey, sign } of keys)
      expect(schnorr.verify(sign(message), message, publicKey)).toBe(true);
    return keys.map(({ publicKey }) => hex(publicKey));
  };
  const all = keysOf();
  expect(new Set(all).size).toBe(3);
  expect(keysOf()).toEqual(all);
});

test("printing or serialising a wallet or a seed shows no secret", () => {
  const seed = seedFromPhrase(ABANDON, "mainnet");
  const wallet = openWallet(seed);
  const secrets = [
    "abandon",
    "xprv",
    "KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d",
    wallet.withPrivateKey("receive", 0, "p2wpkh", hex),
    wallet.withPrivateKey("receive", 0, "p2tr", hex),
    hex(wallet.deriveKey("signer")),
    seed.withSeedBytes(hex),
  ];
  for (const value of [seed, wallet, wallet.identityKeyAt(0), wallet.identityKeyAt(1)]) {
    const shown = [
      inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
      JSON.stringify(value),
      String(value),
    ].join();
    for (const secret of secrets) expect(shown).not.toContain(secret);
  }
});
