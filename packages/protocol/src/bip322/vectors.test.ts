import { readFileSync } from "node:fs";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { createBase58check } from "@scure/base";
import { describe, expect, it } from "vitest";
import { decodeAddress } from "../bitcoin-address.ts";
import { signMessage } from "./sign-message.ts";
import { type InvalidReason, type Verdict, verifyMessage } from "./verify-message.ts";
import { messageHash, toSignTxid, toSpendTxid } from "./virtual-transactions.ts";

type Signed = {
  message: string;
  private_keys: string[];
  address: string;
  type: string;
  bip322_signatures: string[];
  tx_version?: number;
  lock_time?: number;
  sequence?: number;
};
type Vectors = {
  tx_hashes?: {
    message: string;
    address: string;
    message_hash: string;
    to_spend_tx_hash: string;
    to_sign_tx_hash: string;
  }[];
  simple: Signed[];
  full?: Signed[];
  proof_of_funds?: Signed[];
  error: { description: string; message: string; address: string; signature: string; error_substr: string }[];
};

const vectors = ["basic-test-vectors.json", "more-test-vectors.json"].map((file): Vectors => {
  const url = new URL(`../../vectors/bip-0322/${file}`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as Vectors;
});

/** The types of one key; every other is beyond us, which is never «valid» and not certainly «invalid». */
const understood = ["p2wpkh", "p2tr", "p2pkh", "p2sh-p2wpkh"];
const unknownScript: Verdict = { result: "inconclusive", reason: "unknown_script" };

const privateKeyOf = (wif: string): Uint8Array => createBase58check(sha256).decode(wif).slice(1, 33);

describe("the official vectors of BIP-322", () => {
  it("are complete", () => {
    const count = (key: keyof Vectors) => vectors.reduce((sum, file) => sum + (file[key]?.length ?? 0), 0);
    const counts = [
      count("tx_hashes"),
      count("simple"),
      count("full"),
      count("proof_of_funds"),
      count("error"),
    ];
    expect(counts).toEqual([3, 6, 5, 2, 22]);
  });

  for (const { message, address, ...hashes } of vectors.flatMap((file) => file.tx_hashes ?? []))
    it(`hashes of ${JSON.stringify(message)}`, () => {
      const decoded = decodeAddress(address);
      if ("error" in decoded) throw new Error(decoded.error);
      const bytes = utf8ToBytes(message);
      expect(bytesToHex(messageHash(bytes))).toBe(hashes.message_hash);
      expect(toSpendTxid(decoded.script, bytes)).toBe(hashes.to_spend_tx_hash);
      expect(toSignTxid(decoded.script, bytes)).toBe(hashes.to_sign_tx_hash);
    });

  for (const { message, address, type, bip322_signatures } of vectors.flatMap((file) => file.simple))
    it(`simple ${type} ${JSON.stringify(message)}`, () => {
      const expected: Verdict = understood.includes(type) ? { result: "valid" } : unknownScript;
      for (const signature of bip322_signatures)
        expect(verifyMessage(address, message, signature)).toEqual(expected);
    });

  for (const { message, address, type, bip322_signatures, ...tx } of vectors.flatMap(
    (file) => file.full ?? [],
  ))
    it(`full ${type} ${JSON.stringify(message)}`, () => {
      const validAt = { lockTime: tx.lock_time!, sequence: tx.sequence! };
      const expected: Verdict = understood.includes(type) ? { result: "valid", validAt } : unknownScript;
      for (const signature of bip322_signatures)
        expect(verifyMessage(address, message, signature)).toEqual(expected);
    });

  for (const { message, address, type, bip322_signatures } of vectors.flatMap(
    (file) => file.proof_of_funds ?? [],
  ))
    it(`proof of funds ${type} is not verified here`, () => {
      for (const signature of bip322_signatures) {
        const expected: Verdict = { result: "inconclusive", reason: "proof_of_funds" };
        expect(verifyMessage(address, message, signature)).toEqual(expected);
      }
    });

  const reasons: Readonly<Record<string, InvalidReason[]>> = {
    base64: ["malformed_base64"],
    "signature too short": ["empty_signature"],
    "error decoding signature as base64": ["malformed_base64"],
    "error parsing signature as full variant": ["malformed_transaction"],
    // A full signature names what it signs, so the wrong message shows without looking at the script.
    "invalid signature": ["wrong_signature", "other_message_or_address"],
  };
  // The script is the right one, and only running it would show that it was signed over something else. The
  // vectors say invalid; who cannot run the script cannot tell, for which the BIP has «inconclusive».
  const beyondUs = [
    "wrong message for valid simple p2wsh 3-of-3 multisig signature",
    "wrong message for p2wsh-multisig-2of2 simple signature",
    "wrong message for p2wsh-multisig-3of3 simple signature",
  ];
  for (const { description, message, address, signature, error_substr } of vectors.flatMap(
    (file) => file.error,
  ))
    it(`error: ${description}`, () => {
      const verdict = verifyMessage(address, message, signature);
      if (beyondUs.includes(description)) expect(verdict).toEqual(unknownScript);
      else {
        expect(verdict.result).toBe("invalid");
        expect(reasons[error_substr]).toContain("reason" in verdict ? verdict.reason : "valid");
      }
    });
});

describe("signing with the keys of the official vectors", () => {
  const simple = vectors.flatMap((file) => file.simple);

  for (const { message, address, private_keys, bip322_signatures } of simple.filter(
    ({ type }) => type === "p2wpkh",
  ))
    it(`makes an official signature of ${JSON.stringify(message)} by p2wpkh`, () => {
      const signature = signMessage(privateKeyOf(private_keys[0]!), address, message);
      expect(bip322_signatures).toContain(signature);
    });

  const ours = [...simple, ...vectors.flatMap((file) => file.full ?? [])].filter(({ type }) =>
    understood.includes(type),
  );
  for (const { type, message, address, private_keys } of ours)
    it(`signs and verifies ${JSON.stringify(message)} by ${type}`, () => {
      const key = privateKeyOf(private_keys[0]!);
      expect(verifyMessage(address, message, signMessage(key, address, message))).toEqual({
        result: "valid",
      });
      expect(verifyMessage(address, message, signMessage(key, address, message, "ful"))).toEqual({
        result: "valid",
      });
    });
});
