import { expect, test } from "vitest";
import { openWallet } from "../wallet/keys.ts";
import { seedFromPhrase } from "../wallet/seed.ts";
import { parseDescriptor } from "./descriptor.ts";
import { descriptorChecksum } from "./descriptor-checksum.ts";
import { checkDestination } from "./destination.ts";

const scriptAt = (text: string, index = 0): string => {
  const destination = checkDestination(parseDescriptor(text, "mainnet").addressAt(index), "mainnet");
  return destination.refused === undefined
    ? Buffer.from(destination.script).toString("hex")
    : destination.refused;
};
const KEY = "03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd";

test("BIP-380 test vectors: checksums", () => {
  expect(descriptorChecksum("raw(deadbeef)")).toBe("89f8spxm");
  expect(descriptorChecksum("raw(deedbeef)")).not.toBe("89f8spxm");
  expect(descriptorChecksum("raw(Ü)")).toBeUndefined();
});

test("BIP-381, BIP-382, BIP-386 test vectors: scripts of plain keys", () => {
  expect(scriptAt(`pkh([deadbeef/1/2'/3/4']${KEY})`)).toBe(
    "76a9149a1c78a507689f6f54b847ad1cef1e614ee23f1e88ac",
  );
  expect(scriptAt(`pkh([deadbeef/1/2h/3/4h]${KEY})`)).toBe(
    "76a9149a1c78a507689f6f54b847ad1cef1e614ee23f1e88ac",
  );
  expect(scriptAt(`wpkh(${KEY})`)).toBe("00149a1c78a507689f6f54b847ad1cef1e614ee23f1e");
  const outputKey = "77aab6e066f8a7419c5ab714c12c67d25007ed55a43cadcacb4d7a970a093f11";
  expect(scriptAt(`tr(${KEY.slice(2)})`)).toBe(`5120${outputKey}`);
  expect(scriptAt(`tr(${KEY})`)).toBe(`5120${outputKey}`);
});

test("BIP-381, BIP-382 test vectors: scripts of extended keys", () => {
  const fixed =
    "pkh([bd16bee5/2147483647h]xpub69H7F5dQzmVd3vPuLKtcXJziMEQByuDidnX3YdwgtNsecY5HRGtAAQC5mXTt4dsv9RzyjgDjAQs9VGVV6ydYCHnprc9vvaA5YtqWyL6hyds/0)";
  expect(parseDescriptor(fixed, "mainnet").isRange).toBe(false);
  expect(scriptAt(fixed)).toBe("76a914ebdc90806a9c4356c1c88e42216611e1cb4c1c1788ac");
  expect(scriptAt(fixed, 7)).toBe(scriptAt(fixed));
  const range =
    "wpkh([ffffffff/13']xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH/1/2/*)";
  expect(parseDescriptor(range, "mainnet").isRange).toBe(true);
  expect([0, 1, 2].map((index) => scriptAt(range, index))).toEqual([
    "0014326b2249e3a25d5dc60935f044ee835d090ba859",
    "0014af0bd98abc2f2cae66e36896a39ffe2d32984fb7",
    "00141fa798efd1cbf95cebf912c031b8a4a6e9fb9f27",
  ]);
});

test("BIP-84, BIP-86 accounts as descriptors have the addresses of the wallet", () => {
  // The xpub of BIP-86, and that of BIP-84 in its usual form.
  const taproot =
    "xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ";
  const segwit =
    "xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3XyuvPEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZXYVUhLv1VMrjPC7PW6V";
  const wallet = openWallet(seedFromPhrase(`${"abandon ".repeat(11)}about`, "mainnet"));
  for (const index of [0, 1, 5]) {
    expect(parseDescriptor(`tr([73c5da0a/86h/0h/0h]${taproot}/0/*)`, "mainnet").addressAt(index)).toBe(
      wallet.address("receive", index, "p2tr").address,
    );
    expect(parseDescriptor(`wpkh([73c5da0a/84h/0h/0h]${segwit}/1/*)`, "mainnet").addressAt(index)).toBe(
      wallet.address("change", index, "p2wpkh").address,
    );
  }
});

test("BIP-49 test vector: sh(wpkh()) of a tpub, on every test network", () => {
  // Account 0 of the BIP's phrase, derived one step further than it shows.
  const key = "03a1af804ac108a8a51782198c2d034b28bf90c8803f5a53f76276fa69a4eae77f";
  expect(parseDescriptor(`sh(wpkh(${key}))`, "testnet4").addressAt(0)).toBe(
    "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2",
  );
});

test("an address alone is a descriptor", () => {
  const text = "addr(bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu)";
  const {
    addressAt,
    isRange,
    text: full,
  } = parseDescriptor(`${text}#${descriptorChecksum(text)}`, "mainnet");
  expect([isRange, addressAt(3)]).toEqual([false, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"]);
  expect(parseDescriptor(text, "mainnet").text).toBe(full);
});

const XPUB =
  "xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL";
test.each([
  ["a wrong checksum", `wpkh(${KEY})#89f8spxm`, /checksum/],
  ["a missing checksum", `wpkh(${KEY})#`, /checksum/],
  ["two checksums", `wpkh(${KEY})##89f8spx`, /checksum/],
  ["a strange character", "wpkh(Ü)", /character/],
  ["no descriptor", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", /must be/],
  ["another kind", `wsh(pkh(${KEY}))`, /must be/],
  ["a script path", `tr(${KEY},pk(${KEY}))`, /must be/],
  ["nested the wrong way", `wpkh(wpkh(${KEY}))`, /must be/],
  ["an uncompressed key", `pkh(04${KEY.slice(2)}${KEY.slice(2)})`, /compressed/],
  ["a key without its sign", `wpkh(${KEY.slice(2)})`, /compressed/],
  ["a key that is on no curve", `wpkh(02${"ff".repeat(32)})`, /curve/],
  ["a bad origin", `wpkh([deadbef/0h]${KEY})`, /origin/],
  ["children in the origin", `wpkh([deadbeef/0h/*]${KEY})`, /origin/],
  ["two origins", `wpkh([deadbeef][deadbeef]${KEY})`, /origin/],
  ["a hardened step", `wpkh(${XPUB}/3h/*)`, /hardened/],
  ["hardened children", `wpkh(${XPUB}/3/*h)`, /hardened/],
  ["a wild step in the middle", `wpkh(${XPUB}/*/3)`, /step/],
  ["an empty step", `wpkh(${XPUB}//3)`, /step/],
  ["several paths", `wpkh(${XPUB}/<0;1>/*)`, /step/],
  ["a step too large", `wpkh(${XPUB}/2147483648)`, /step/],
  ["a damaged xpub", `wpkh(${XPUB.slice(0, -1)}M/0/*)`, /damaged/],
  ["an address of another network", "addr(tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl)", /wrong_network/],
])("refused: %s", (_, text, reason) => {
  expect(() => parseDescriptor(text, "mainnet")).toThrow(reason);
  try {
    parseDescriptor(text, "mainnet");
  } catch (error) {
    expect(error).toMatchObject({ code: "descriptor_invalid" });
  }
});

test("an xpub is not taken on a test network", () => {
  expect(() => parseDescriptor(`wpkh(${XPUB}/0/*)`, "regtest")).toThrow(/not of regtest/);
});

test("a private key is refused, and not repeated in the error", () => {
  const secrets = [
    "xprvA1RpRA33e1JQ7ifknakTFpgNXPmW2YvmhqLQYMmrj4xJXXWYpDPS3xz7iAxn8L39njGVyuoseXzU6rcxFLJ8HFsTjSyQbLYnMpCqE2VbFWc",
    "L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1",
    "5KYZdUEo39z3FPrtuX2QbbwGnNP5zTd7yyr2SC1j299sBCnWjss",
  ];
  for (const secret of secrets) {
    let told = "";
    try {
      parseDescriptor(`wpkh([deadbeef/0h]${secret})`, "mainnet");
    } catch (error) {
      told = String(error);
    }
    expect(told).toMatch(/private key/);
    expect(told).not.toContain(secret);
  }
});

test("an index that is none is refused", () => {
  const { addressAt } = parseDescriptor(`wpkh(${XPUB}/0/*)`, "mainnet");
  for (const index of [-1, 0.5, 2 ** 31]) expect(() => addressAt(index)).toThrow(RangeError);
});
