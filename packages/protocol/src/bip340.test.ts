import { readFileSync } from "node:fs";
import { sha256 } from "@noble/hashes/sha2.js";
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signSchnorr, taggedHash, verifySchnorr } from "./bip340.ts";

const csv = readFileSync(new URL("../vectors/bip-0340/test-vectors.csv", import.meta.url), "utf8");
const rows = csv
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => {
    const [index, secretKey, publicKey, aux, message, signature, result, ...comment] = line.split(",");
    return { index, secretKey, publicKey, aux, message, signature, result, comment: comment.join(",") };
  });

const bytes = (hex: string | undefined): Uint8Array => hexToBytes(hex!.toLowerCase());

describe("the official vectors of BIP-340", () => {
  it("has all 19 rows", () => expect(rows.length).toBe(19));

  for (const row of rows)
    it(`row ${row.index}: ${row.result} ${row.comment}`, () => {
      expect(["TRUE", "FALSE"]).toContain(row.result);
      const verified = verifySchnorr(bytes(row.publicKey), bytes(row.message), bytes(row.signature));
      expect(verified).toBe(row.result === "TRUE");
      if (row.secretKey === "") return;
      const signature = signSchnorr(bytes(row.secretKey), bytes(row.message), bytes(row.aux));
      expect(signature).toEqual(bytes(row.signature));
    });
});

describe("signatures beside the vectors", () => {
  it("is false, not an error, for keys and signatures of any length", () => {
    const any = fc.uint8Array({ maxLength: 70 });
    fc.assert(
      fc.property(any, any, any, (key, message, signature) => !verifySchnorr(key, message, signature)),
    );
  });

  it("takes fresh randomness by default and verifies each time", () => {
    const key = bytes(rows[1]!.secretKey);
    const message = utf8ToBytes("twice");
    const signatures = [signSchnorr(key, message), signSchnorr(key, message)];
    for (const signature of signatures)
      expect(verifySchnorr(bytes(rows[1]!.publicKey), message, signature)).toBe(true);
    expect(signatures[0]).not.toEqual(signatures[1]);
  });

  it("hashes the tag twice before the bytes, which may come in pieces", () => {
    const tag = sha256(utf8ToBytes("coinholder/test"));
    const expected = sha256(Uint8Array.of(...tag, ...tag, 1, 2, 3));
    expect(taggedHash("coinholder/test", Uint8Array.of(1), Uint8Array.of(2, 3))).toEqual(expected);
  });
});
