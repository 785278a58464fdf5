import { schnorr } from "@noble/curves/secp256k1.js";
import { base64 } from "@scure/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signSchnorr, taggedHash } from "./bip340.ts";
import { type OptionText, optionHash, readOption, signOption, verifyOption } from "./option.ts";

const privateKey = new Uint8Array(32).fill(7);
const publicKey = base64.encode(schnorr.getPublicKey(privateKey));
const sign = (message: Uint8Array): Uint8Array => signSchnorr(privateKey, message);
const OPTION: OptionText = {
  option_id: "op-4zkq2wq6x4m5b3td",
  issuer_url: "https://hub.example",
  btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
  trade_amt: "0.01",
  trade_cur: "BTC",
  for_amt: "645.00",
  for_cur: "USD",
  premium: "0",
  expires_t: 1_795_348_830_000,
};
const text = (more: object = {}): string => JSON.stringify({ ...OPTION, ...more });
const json = text();

describe("a signed option", () => {
  test("is valid under the issuer's key, and says what it says", () => {
    expect(verifyOption(json, signOption(json, sign), publicKey)).toEqual({
      result: "valid",
      option: OPTION,
    });
  });

  test("is signed by BIP-340 over the hash tagged coinholder/option of the text's bytes", () => {
    expect(optionHash(json)).toEqual(taggedHash("coinholder/option", new TextEncoder().encode(json)));
    const other = taggedHash("coinholder/transfer", new TextEncoder().encode(json));
    expect(verifyOption(json, base64.encode(sign(other)), publicKey)).toEqual({
      result: "invalid",
      reason: "wrong_signature",
    });
  });

  test("is not valid after any change of a byte, with another key, or with another signature", () => {
    const signature = signOption(json, sign);
    fc.assert(
      fc.property(fc.nat(json.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
        const changed = json.slice(0, at) + String.fromCharCode(code) + json.slice(at + 1);
        expect(verifyOption(changed, signature, publicKey).result).toBe(
          changed === json ? "valid" : "invalid",
        );
      }),
    );
    const [otherKey, none] = [schnorr.getPublicKey(new Uint8Array(32).fill(8)), new Uint8Array(32)];
    for (const key of [otherKey, none])
      expect(verifyOption(json, signature, base64.encode(key))).toMatchObject({ reason: "wrong_signature" });
    expect(verifyOption(json, base64.encode(new Uint8Array(64)), publicKey)).toMatchObject({
      reason: "wrong_signature",
    });
  });

  test("with a key or a signature that is none is told apart", () => {
    const signature = signOption(json, sign);
    for (const key of ["", "AAAA", "no base64", `${publicKey}=`, publicKey.slice(0, -1)])
      expect(verifyOption(json, signature, key)).toEqual({ result: "invalid", reason: "key_malformed" });
    for (const strange of ["", "AAAA", signature.slice(0, -2), ` ${signature}`])
      expect(verifyOption(json, strange, publicKey)).toEqual({
        result: "invalid",
        reason: "signature_malformed",
      });
  });
});

describe("a text that is no option", () => {
  test.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["null", "null"],
    ["a member twice", json.replace('"premium"', '"for_amt":"1","premium"')],
    ["a member twice, once escaped", json.replace('"premium"', '"for\\u005famt":"1","premium"')],
    ["a strange member", text({ more: 1 })],
    ["__proto__", json.replace('"premium"', '"__proto__":{},"premium"')],
    ["a missing member", text({ premium: undefined })],
    ["an amount as a number", text({ trade_amt: 0.01 })],
    ["an amount of nothing", text({ for_amt: "0.00" })],
    ["a negative premium", text({ premium: "-1" })],
    ["an exponent", text({ for_amt: "1e3" })],
    ["a time as text", text({ expires_t: "1795348830000" })],
    ["a fraction of a time", text({ expires_t: 1.5 })],
    ["a lower-case currency", text({ for_cur: "usd" })],
    ["a currency for itself", text({ for_cur: "BTC" })],
    ["no web address", text({ issuer_url: "javascript:alert(1)" })],
    [
      "a bitcoin address with a wrong checksum",
      text({ btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081" }),
    ],
    ["too many characters", `${json}${" ".repeat(5000)}`],
  ])("%s", (_, strange) => {
    expect(readOption(strange)).toHaveProperty("problem");
    expect(verifyOption(strange, signOption(strange, sign), publicKey)).toMatchObject({
      result: "invalid",
      reason: "malformed",
    });
  });

  test("whatever it is, reading it does not throw", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (any) => void verifyOption(any, any, any)));
  });
});
