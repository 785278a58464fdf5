import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { parseKeys } from "../given-keys.ts";
import { exchangeKeys, KEYS_VARIABLE } from "./exchange-keys.ts";
import { newFolder } from "./testing.ts";
import { redacting } from "./told-error.ts";

const { data, remove } = newFolder();
afterEach(() => rmSync(join(data, "keys.json"), { force: true }));
afterAll(() => remove());

const KRAKEN = "ccxt:kraken";
const AUTHKEY = {
  type: "hmac-sha256",
  token: "ak-aaaaaaaaaaaaaaaa",
  key: Buffer.alloc(32, 7).toString("base64"),
};

test("keys have one of three forms", () => {
  const parse = (value: object) => parseKeys(JSON.stringify(value), "the file");
  expect(parse({ apiKey: "a", secret: "b" })).toEqual({ apiKey: "a", secret: "b" });
  expect(parse({ apiKey: "a", secret: "b", password: "c", uid: "d" })).toEqual({
    apiKey: "a",
    secret: "b",
    password: "c",
    uid: "d",
  });
  expect(parse({ name: "n", pass: "p" })).toEqual({ name: "n", pass: "p" });
  expect(parse({ account: "ac-x", authkey: AUTHKEY })).toEqual({ account: "ac-x", authkey: AUTHKEY });
});

test.each([
  "",
  "{",
  "hunter2",
  '"hunter2"',
  '{"apiKey":"hunter2"}',
  '{"apiKey":"hunter2","secret":5}',
  '{"apiKey":"hunter2","secret":"x","uid":5}',
  '{"name":"hunter2"}',
])("%s is refused without being repeated", (text) => {
  expect(() => parseKeys(text, "the file")).toThrow(/^the file must be one JSON object/);
  try {
    parseKeys(text, "the file");
  } catch (error) {
    expect(String(error)).not.toContain("hunter2");
  }
});

test("a file that others can read is refused", async () => {
  const path = join(data, "keys.json");
  writeFileSync(path, '{"apiKey":"a","secret":"b"}');
  for (const mode of [0o644, 0o640, 0o604, 0o660]) {
    chmodSync(path, mode);
    await expect(exchangeKeys(KRAKEN, { keys: path })).rejects.toMatchObject({ code: "keys_exposed" });
  }
  chmodSync(path, 0o600);
  expect(await exchangeKeys(KRAKEN, { keys: path })).toEqual({ apiKey: "a", secret: "b" });
  await expect(exchangeKeys(KRAKEN, { keys: join(data, "none") })).rejects.toMatchObject({
    code: "keys_unreadable",
  });
});

test("those of the environment are taken out of it", async () => {
  expect(await exchangeKeys(KRAKEN, {})).toBeUndefined();
  process.env[KEYS_VARIABLE] = '{"apiKey":"a","secret":"b"}';
  expect(await exchangeKeys(KRAKEN, {})).toEqual({ apiKey: "a", secret: "b" });
  expect(process.env[KEYS_VARIABLE]).toBeUndefined();
});

test("secrets are hidden in every writing, at any depth", () => {
  const secret = "-----BEGIN KEY-----\nab+/=\n";
  const redact = redacting([secret, "abc"]);
  const writings = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify({ secret }),
    Buffer.from(secret).toString("base64"),
  ];
  for (const writing of writings) expect(redact({ a: [`x ${writing} y`] }).a[0]).toContain("(secret)");
  expect(redact({ n: 5, b: null, text: "an abc of it" })).toEqual({ n: 5, b: null, text: "an abc of it" });
});
