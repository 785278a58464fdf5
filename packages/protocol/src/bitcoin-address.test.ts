import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { bech32, bech32m, createBase58check } from "@scure/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addressOfScript,
  decodeAddress,
  isPayToAnchor,
  type Network,
  type ScriptTemplate,
  scriptOfTemplate,
  templateOfScript,
} from "./bitcoin-address.ts";

const networks: readonly Network[] = ["mainnet", "testnet", "regtest"];

/** Address, scriptPubKey, type and networks; the segwit ones are those of BIP-173 and BIP-350. */
const known: readonly [string, string, ScriptTemplate["type"], readonly Network[]][] = [
  [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac",
    "p2pkh",
    ["mainnet"],
  ],
  [
    "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
    "76a914243f1394f44554f4ce3fd68649c19adc483ce92488ac",
    "p2pkh",
    ["testnet", "regtest"],
  ],
  [
    "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
    "a914e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a87",
    "p2sh",
    ["mainnet"],
  ],
  [
    "2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc",
    "a9144e9f39ca4688ff102128ea4ccda34105324305b087",
    "p2sh",
    ["testnet", "regtest"],
  ],
  [
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "0014751e76e8199196d454941c45d1b3a323f1433bd6",
    "p2wpkh",
    ["mainnet"],
  ],
  [
    "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
    "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    "p2wsh",
    ["testnet"],
  ],
  [
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    "p2tr",
    ["mainnet"],
  ],
  [
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    "witness_unknown",
    ["mainnet"],
  ],
  ["BC1SW50QGDZ25J", "6002751e", "witness_unknown", ["mainnet"]],
  [
    "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    "5210751e76e8199196d454941c45d1b3a323",
    "witness_unknown",
    ["mainnet"],
  ],
  ["bc1pfeessrawgf", "51024e73", "witness_unknown", ["mainnet"]],
];

const segwit = (
  hrp: string,
  version: number,
  program: Uint8Array,
  coder = version === 0 ? bech32 : bech32m,
): string => coder.encode(hrp, [version, ...coder.toWords(program)]);
const malformed = { error: "malformed" };

describe("known addresses", () => {
  for (const [address, script, type, where] of known)
    it(`${type} ${address}`, () => {
      expect(decodeAddress(address)).toEqual({ networks: where, type, script: hexToBytes(script) });
      for (const network of where) {
        const encoded = addressOfScript(hexToBytes(script), network);
        expect(encoded).toBe(type === "p2pkh" || type === "p2sh" ? address : address.toLowerCase());
      }
    });

  it("knows the anchor that anyone can spend, and takes nothing else for it", () => {
    const anchors = known.filter(([, script]) => isPayToAnchor(hexToBytes(script)));
    expect(anchors.map(([address]) => address)).toEqual(["bc1pfeessrawgf"]);
    for (const script of ["", "51", "51024e", "51024e74", "51024e7300", "52024e73", "00024e73"])
      expect(isPayToAnchor(hexToBytes(script))).toBe(false);
  });
});

describe("every script with an address survives the way there and back", () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const template: fc.Arbitrary<ScriptTemplate> = fc.oneof(
    fc.record({ type: fc.constantFrom("p2pkh" as const, "p2sh" as const), data: bytes(20) }),
    fc.record({ type: fc.constant("p2wpkh" as const), version: fc.constant(0), data: bytes(20) }),
    fc.record({ type: fc.constant("p2wsh" as const), version: fc.constant(0), data: bytes(32) }),
    fc.record({ type: fc.constant("p2tr" as const), version: fc.constant(1), data: bytes(32) }),
    fc.record({
      type: fc.constant("witness_unknown" as const),
      version: fc.integer({ min: 2, max: 16 }),
      data: fc.uint8Array({ minLength: 2, maxLength: 40 }),
    }),
  );
  it("on each network", () => {
    fc.assert(
      fc.property(template, fc.constantFrom(...networks), (made, network) => {
        const script = scriptOfTemplate(made);
        expect(templateOfScript(script)).toEqual(made);
        const decoded = decodeAddress(addressOfScript(script, network)!);
        if ("error" in decoded) throw new Error(decoded.error);
        expect(decoded.networks).toContain(network);
        expect({ type: decoded.type, script: decoded.script }).toEqual({ type: made.type, script });
      }),
    );
  });
});

describe("what is no address", () => {
  const program = new Uint8Array(32).fill(7);

  it("refuses the wrong checksum for the witness version (BIP-350)", () => {
    expect(decodeAddress(segwit("bc", 0, program.slice(0, 20), bech32m))).toEqual(malformed);
    for (let version = 1; version <= 16; version++)
      expect(decodeAddress(segwit("bc", version, program, bech32))).toEqual(malformed);
  });

  it("refuses witness programs of impossible lengths and versions (BIP-141)", () => {
    for (let length = 0; length <= 42; length++) {
      const long = new Uint8Array(length).fill(1);
      expect("error" in decodeAddress(segwit("bc", 0, long))).toBe(length !== 20 && length !== 32);
      expect("error" in decodeAddress(segwit("bc", 1, long))).toBe(length < 2 || length > 40);
    }
    expect(decodeAddress(segwit("bc", 17, program))).toEqual(malformed);
    expect(decodeAddress(bech32.encode("bc", []))).toEqual(malformed);
  });

  it("refuses padding that is not zero or longer than needed (BIP-173)", () => {
    const words = [0, ...bech32.toWords(program.slice(0, 20))];
    expect(decodeAddress(bech32.encode("bc", [...words, 0]))).toEqual(malformed);
    const wide = [1, ...bech32m.toWords(program)];
    expect(decodeAddress(bech32m.encode("bc", wide))).toHaveProperty("type", "p2tr");
    wide[wide.length - 1]! |= 1;
    expect(decodeAddress(bech32m.encode("bc", wide))).toEqual(malformed);
  });

  it("refuses other chains and unknown versions", () => {
    for (const hrp of ["tc", "ltc", "bcr", "b"])
      expect(decodeAddress(segwit(hrp, 1, program))).toEqual(malformed);
    const base58check = createBase58check(sha256);
    for (const [version, length] of [
      [0x30, 20],
      [0x80, 32],
      [0x00, 19],
      [0x00, 21],
      [0x05, 32],
    ] as const)
      expect(decodeAddress(base58check.encode(Uint8Array.of(version, ...new Uint8Array(length))))).toEqual(
        malformed,
      );
  });

  it("names mixed letters, and takes all capitals", () => {
    const address = segwit("bcrt", 1, program);
    expect(decodeAddress(address.toUpperCase())).toEqual(decodeAddress(address));
    expect(decodeAddress(`BCRT${address.slice(4)}`)).toEqual({ error: "mixed_case" });
    expect(decodeAddress(address.slice(0, -1) + address.slice(-1).toUpperCase().replace(/\d/, "Q"))).toEqual({
      error: "mixed_case",
    });
  });

  it("catches every typing error of one letter", () => {
    const letters = "023456789acdefghjklmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ1";
    for (const [address] of known.slice(0, 7))
      for (let at = 0; at < address.length; at++) {
        const letter = letters[(at * 7) % letters.length]!;
        const typed = address.slice(0, at) + letter + address.slice(at + 1);
        if (typed.toLowerCase() === address.toLowerCase()) continue;
        expect(decodeAddress(typed), typed).toHaveProperty("error");
      }
  });

  it("never throws, on any text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.tuple(fc.constantFrom("bc1", "tb1p", "BCRT1", "1", "3"), fc.string()).map((parts) => parts.join("")),
      fc.constant("1".repeat(1_000_000)),
    );
    fc.assert(fc.property(text, (any) => decodeAddress(any) !== undefined));
    fc.assert(
      fc.property(
        text.map((any) => ` ${any}`),
        (any) => "error" in decodeAddress(any),
      ),
    );
  });

  it("gives scripts without an address none", () => {
    for (const script of [
      "",
      "6a",
      "51",
      "0014",
      "0013751e76e8199196d454941c45d1b3a323f1433b",
      "5101aa",
      `21${"02".repeat(33)}ac`,
    ]) {
      expect(templateOfScript(hexToBytes(script))).toBeUndefined();
      expect(addressOfScript(hexToBytes(script), "mainnet")).toBeUndefined();
    }
    expect(bytesToHex(scriptOfTemplate({ type: "p2wpkh", version: 0, data: program.slice(0, 20) }))).toBe(
      `0014${"07".repeat(20)}`,
    );
  });
});
