import { schnorr } from "@noble/curves/secp256k1.js";
import { base64 } from "@scure/base";
import { expect, test } from "vitest";
import { signSchnorr, taggedHash } from "./bip340.ts";
import {
  identityCalled,
  identityCallHash,
  identityCallParams,
  readIdentityKey,
  signIdentityCall,
} from "./identity-call.ts";

const privateKey = new Uint8Array(32).fill(9);
const publicKey = schnorr.getPublicKey(privateKey);
const sign = (message: Uint8Array): Uint8Array => signSchnorr(privateKey, message);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const body = bytes("f=buy-option&for_amt=3.42");

test("a call by an identity is signed by BIP-340 over the hash tagged coinholder/call of the body's bytes", () => {
  expect(identityCallHash(body)).toEqual(taggedHash("coinholder/call", body));
  const signature = signIdentityCall(body, sign);
  expect(schnorr.verify(base64.decode(signature), identityCallHash(body), publicKey)).toBe(true);
  expect(identityCalled(body, publicKey, signature)).toBe(true);
});

test("a signature over other bytes, by another key or of another tag is none", () => {
  const signature = signIdentityCall(body, sign);
  expect(identityCalled(bytes("f=buy-option&for_amt=3.43"), publicKey, signature)).toBe(false);
  expect(identityCalled(body, schnorr.getPublicKey(new Uint8Array(32).fill(8)), signature)).toBe(false);
  expect(identityCalled(body, publicKey, base64.encode(sign(taggedHash("coinholder/option", body))))).toBe(
    false,
  );
  for (const malformed of ["", "AA==", `${signature} `, signature.replace(/=+$/, "")])
    expect(identityCalled(body, publicKey, malformed)).toBe(false);
});

test("a key is 32 bytes in base64 with one writing", () => {
  const text = base64.encode(publicKey);
  expect(readIdentityKey(text)).toEqual(publicKey);
  for (const malformed of ["", "AA==", text.slice(0, -1), `${text}\n`])
    expect(readIdentityKey(malformed)).toBeUndefined();
});

test("the call names function, caller, called hub and a nonce", () => {
  const who = {
    identity_url: "https://x.example/identity.js",
    identity_public_key: base64.encode(publicKey),
  };
  expect(identityCallParams("buy-option", who, "https://y.example", 17, "r")).toEqual({
    ...who,
    f: "buy-option",
    hub_url: "https://y.example",
    nonce_ms: "17",
    nonce_random: "r",
  });
});
