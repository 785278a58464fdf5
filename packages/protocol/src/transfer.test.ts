import { schnorr } from "@noble/curves/secp256k1.js";
import { base64 } from "@scure/base";
import { Transaction } from "@scure/btc-signer";
import { expect, test } from "vitest";
import { signSchnorr } from "./bip340.ts";
import {
  identitySigned,
  readTransfer,
  signTransfer,
  transferProofMessage,
  writeTransfer,
} from "./transfer.ts";

// The transaction of BIP-143's first native P2WPKH example: two inputs, two outputs.
const RAW =
  "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee635711000000";
const raw = Buffer.from(RAW, "hex");
const key = new Uint8Array(32).fill(7);
const identity = {
  identity_url: "https://x.example/identity.js",
  identity_public_key: base64.encode(schnorr.getPublicKey(key)),
};
const json = writeTransfer(identity, raw);
const signature = signTransfer(json, (message) => signSchnorr(key, message));

const read = (text: string) => {
  const found = readTransfer(text);
  if ("problem" in found) throw new Error(found.problem);
  return found.transfer;
};
const problem = (text: string) => (readTransfer(text) as { problem?: string }).problem;

test("a transfer is read as it was written, and its identity's signature is over its bytes", () => {
  const transfer = read(json);
  const byLibrary = Transaction.fromRaw(raw, { allowUnknownInputs: true, allowUnknownOutputs: true });
  expect(transfer.txid).toBe(byLibrary.id);
  expect(transfer.transaction.inputs).toHaveLength(2);
  expect(identitySigned(json, transfer, signature)).toBe(true);
  expect(transferProofMessage(json)).toMatch(/^coinholder\/transfer:[0-9a-f]{64}$/);
});

test("the same members in other bytes are another transfer, whose signature does not fit", () => {
  const other = JSON.stringify(JSON.parse(json), null, 1);
  expect(identitySigned(other, read(other), signature)).toBe(false);
  expect(transferProofMessage(other)).not.toBe(transferProofMessage(json));
});

test("each member stands exactly once, and no other", () => {
  expect(problem(json.replace("{", '{"identity_url":"https://evil.example",'))).toContain("twice");
  expect(problem(json.replace("{", '{"identity_\\u0075rl":"https://evil.example",'))).toContain("twice");
  expect(problem(json.replace("{", '{"more":1,'))).toContain("no member more");
  for (const name of Object.keys(JSON.parse(json))) {
    const { [name]: _, ...rest } = JSON.parse(json);
    expect(problem(JSON.stringify(rest))).toContain(name);
    expect(problem(JSON.stringify({ ...rest, [name]: 1 }))).toContain(name);
  }
});

test("what is no transfer is told why", () => {
  const having = (change: object) => problem(JSON.stringify({ ...JSON.parse(json), ...change }));
  expect(problem("")).toBe("it is not JSON");
  expect(problem("[]")).toBe("it is not an object");
  expect(problem("null")).toBe("it is not an object");
  expect(having({ identity_url: "ftp://x.example" })).toContain("identity_url");
  expect(having({ identity_public_key: "AAAA" })).toContain("identity_public_key");
  expect(having({ bitcoin_transfer: "AAAA" })).toContain("bitcoin_transfer");
  expect(having({ bitcoin_transfer: base64.encode(raw.subarray(0, -1)) })).toContain("bitcoin_transfer");
  expect(having({ bitcoin_transfer: base64.encode(Buffer.concat([raw, Buffer.of(0)])) })).toContain(
    "bitcoin_transfer",
  );
  // Base64 that is written in another way than the one.
  expect(having({ bitcoin_transfer: base64.encode(raw).replace(/=*$/, "") })).toContain("bitcoin_transfer");
  expect(problem(`"${"x".repeat(100_001)}"`)).toContain("characters");
  expect(problem('{"identity_url":"\ud800"}')).toContain("surrogate");
});

test("a signature of other length, base64 or key is none", () => {
  const transfer = read(json);
  for (const bad of ["", "AAAA", `${signature} `, signature.slice(0, -4), base64.encode(new Uint8Array(64))])
    expect(identitySigned(json, transfer, bad)).toBe(false);
  const byOther = signTransfer(json, (message) => signSchnorr(new Uint8Array(32).fill(8), message));
  expect(identitySigned(json, transfer, byOther)).toBe(false);
});
