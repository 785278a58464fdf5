import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BrokenInvariant } from "../assert.ts";
import { NO_PAIRS } from "./authkeys.ts";
import { addUsualKeys, emptyKeyTable, type ProvenKey, secretOf, secretsInOne } from "./key-table.ts";

const USUAL: Omit<ProvenKey, "token" | "secret"> = {
  home: 7,
  type: "hmac-sha256",
  allOfHome: true,
  pairs: NO_PAIRS,
  expires: undefined,
  label: undefined,
  limits: undefined,
};

const same = (key: ProvenKey): void => {
  const table = emptyKeyTable(() => {});
  table.add(key);
  const { secret, ...held } = key;
  expect(table.get(key.token)).toMatchObject(held);
  expect([...table.values()]).toMatchObject([held]);
  expect(secretOf(table, key.token)).toBe(secret);
};

test("a secret comes out as it went in: of every length, with bits that stand for nothing, with letters that are no base64", () => {
  for (let length = 0; length < 70; length++) {
    const secret = randomBytes(length).toString("base64");
    same({ ...USUAL, token: "ak-0123456789abcdef", secret });
  }
  const whole = randomBytes(32).toString("base64");
  for (const digit of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=é")
    for (const at of [0, 21, 42, 43])
      same({
        ...USUAL,
        token: "ak-0123456789abcdef",
        secret: whole.slice(0, at) + digit + whole.slice(at + 1),
      });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) =>
      same({ ...USUAL, token: "t", secret: Buffer.from(bytes).toString("base64") }),
    ),
  );
});

test("tokens of every length, and keys with anything of their own, come out as they went in", () => {
  const secret = randomBytes(32).toString("base64");
  for (let length = 0; length < 70; length++) same({ ...USUAL, token: "x".repeat(length), secret });
  same({ ...USUAL, token: "\u{1f511}", secret });
  for (const own of [
    { type: "password" as const },
    { allOfHome: false },
    { pairs: [{ account: 3, permission: "send-btc" }] },
    { expires: 5 as never },
    { label: "" },
    { limits: [] },
  ])
    same({ ...USUAL, token: "ak-0123456789abcdef", secret, ...own });
});

test("no secret is told of a token that is not there", () => {
  const table = emptyKeyTable(() => {});
  table.add({ ...USUAL, token: "ak-0123456789abcdef", secret: randomBytes(32).toString("base64") });
  expect(secretOf(table, "ak-0123456789abcdeg")).toBeUndefined();
  table.delete("ak-0123456789abcdef");
  expect(secretOf(table, "ak-0123456789abcdef")).toBeUndefined();
});

test("secrets of many are one text in a dump, and come out of it; where one is of another kind they are a list", () => {
  const secrets = Array.from({ length: 50 }, () => randomBytes(32).toString("base64"));
  const inOne = secretsInOne(secrets);
  expect(typeof inOne).toBe("string");
  const homes = secrets.map((_, i) => i);
  for (const tokenOf of [
    (i: number) => `ak-${i}`.padEnd(19, "x"),
    (i: number) => `ak-${i}`.padEnd(30, "x"),
  ]) {
    const table = emptyKeyTable(() => {});
    const tokens = homes.map(tokenOf);
    expect(addUsualKeys(table, tokens.join(""), homes, inOne as string)).toBe(0);
    expect(tokens.map((token) => secretOf(table, token))).toEqual(secrets);
    expect(tokens.map((token) => table.get(token)?.home)).toEqual(homes);
  }
  for (const other of ["", "AAAA", randomBytes(31).toString("base64"), `${secrets[0]!.slice(0, 42)}B=`])
    expect(secretsInOne([...secrets, other])).toEqual([...secrets, other]);
  expect(() =>
    addUsualKeys(
      emptyKeyTable(() => {}),
      "abc",
      [1, 2, 3],
      secrets[0]!,
    ),
  ).toThrow(BrokenInvariant);
});
