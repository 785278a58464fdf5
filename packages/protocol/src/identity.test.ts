import { schnorr } from "@noble/curves/secp256k1.js";
import { base64 } from "@scure/base";
import { expect, test } from "vitest";
import { signSchnorr } from "./bip340.ts";
import { MAX_PREVIOUS_KEYS, readIdentity, signNextKey } from "./identity.ts";

const secret = (i: number): Uint8Array => new Uint8Array(32).fill(i + 1);
const key = (i: number): Uint8Array => schnorr.getPublicKey(secret(i));
const link = (from: number, to: number) => ({
  public_key: base64.encode(key(from)),
  signature: signNextKey(key(to), (message) => signSchnorr(secret(from), message, new Uint8Array(32))),
});
/** What who has had so many keys before publishes. */
const published = (before: number) => ({
  public_key: base64.encode(key(before)),
  previous: Array.from({ length: before }, (_, i) => link(i, i + 1)),
});
const problem = (of: unknown): string | undefined =>
  (readIdentity(typeof of === "string" ? of : JSON.stringify(of)) as { problem?: string }).problem;

test("an identity with and without keys before it is read, whatever else is published beside it", () => {
  expect(readIdentity(JSON.stringify(published(0)))).toEqual({
    identity: { publicKey: key(0), previous: [] },
  });
  const more = { ...published(3), options: [{ id: 1 }], transfers: ["x"] };
  expect(readIdentity(JSON.stringify(more))).toEqual({
    identity: { publicKey: key(3), previous: [key(0), key(1), key(2)] },
  });
});

test("a chain of keys holds only from the oldest to the newest, each link by the key that it names", () => {
  const good = published(3);
  const [a, b, c] = good.previous;
  for (const previous of [
    [b, a, c],
    [a, c],
    [a, b],
    [{ ...a!, signature: b!.signature }, b, c],
  ])
    expect(problem({ ...good, previous }), JSON.stringify(previous)).toContain("did not sign");
  expect(problem({ ...good, public_key: base64.encode(key(9)) })).toContain("previous[2]");
  // Round in a circle: all signatures fit.
  const circle = { public_key: base64.encode(key(0)), previous: [link(0, 1), link(1, 0)] };
  expect(problem(circle)).toBe("a key stands twice");
});

test("what is no such text is told why", () => {
  const good = published(1);
  expect(problem("")).toBe("it is not JSON");
  expect(problem("[]")).toBe("it is not an object");
  expect(problem("null")).toBe("it is not an object");
  expect(problem({ previous: [] })).toContain("public_key");
  expect(problem({ ...good, public_key: "AAAA" })).toContain("public_key");
  expect(problem({ public_key: good.public_key })).toContain("previous");
  expect(problem({ ...good, previous: {} })).toContain("previous");
  for (const one of [
    null,
    1,
    {},
    { public_key: good.public_key },
    { ...good.previous[0], signature: "AA==" },
  ])
    expect(problem({ ...good, previous: [one] })).toContain("previous[0]");
  expect(problem(JSON.stringify(good).replace("{", '{"public_key":"AAAA",'))).toContain("twice");
  expect(problem(`"${"x".repeat(70_000)}"`)).toContain("characters");
});

test("a chain that would take long to verify is not", () => {
  const [one] = published(1).previous;
  const previous = Array.from({ length: MAX_PREVIOUS_KEYS + 1 }, () => one);
  expect(problem({ ...published(1), previous })).toContain("more than");
});
