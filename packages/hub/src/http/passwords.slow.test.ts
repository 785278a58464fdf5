import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answered, call, type Key, must, post, startTestHub, type TestHub } from "../testing/harness.ts";

let hub: TestHub;
const PASS = "correct horse";
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };

beforeAll(async () => {
  hub = await startTestHub({ trustProxy: "127.0.0.1" });
});
afterAll(() => hub.end());

const outcome = ({ status, code }: Answered) => [status, code];
let sources = 0;
const freshSource = (): Record<string, string> => ({ "x-forwarded-for": `203.0.113.${++sources}` });
const signIn = (name: string, pass: string, more: Record<string, string> = {}, fn = "my-balance") =>
  post(hub.url, fn, { body: new URLSearchParams({ name, pass }).toString(), headers: { ...FORM, ...more } });
const make = async (name: string) =>
  (await call(hub.url, "create-account", { name, pass: PASS })).body as { account: string };

test("name or identifier and password sign in, by form and by JSON, and never in a URL", async () => {
  const { account } = await make("alice");
  expect((await signIn("alice", PASS)).status).toBe(200);
  expect((await signIn(account, PASS)).status).toBe(200);
  const body = JSON.stringify({ name: "alice", pass: PASS });
  expect((await post(hub.url, "my-balance", { body, headers: JSON_TYPE })).status).toBe(200);
  for (const fn of ["my-balance", "ticker"]) {
    const get = await fetch(`${hub.url}/api/${fn}?name=alice&pass=${encodeURIComponent(PASS)}`);
    expect([get.status, ((await get.json()) as { error: { code: string } }).error.code]).toEqual([
      400,
      "authentication_type_refused",
    ]);
  }
  for (const pair of [
    { name: "alice", pass: 12345678 },
    { name: ["alice"], pass: PASS },
    { name: "alice" },
    { pass: PASS },
  ])
    expect(
      outcome(await post(hub.url, "my-balance", { body: JSON.stringify(pair), headers: JSON_TYPE })),
      JSON.stringify(pair),
    ).toEqual([401, "authentication_missing"]);
});

test("an unknown name and a wrong password answer alike", async () => {
  const source = freshSource();
  const answers = [
    await signIn("alice", "wrong password", source),
    await signIn("nobody-of-that-name", PASS, source),
    await signIn("sys-bank", PASS, source),
    await signIn("operator", PASS, source),
    await signIn("__proto__", PASS, source),
    await signIn("alice", "", source),
    await signIn("", "", source),
  ];
  for (const answer of answers)
    expect(answer).toEqual({ ...answers[0], status: 401, code: "authentication_failed" });
  expect(outcome(await signIn("a".repeat(65), PASS, source))).toEqual([400, "param_too_long"]);
  expect(outcome(await signIn("alice", "a".repeat(201), source))).toEqual([400, "param_too_long"]);
});

test("ten wrong passwords end the tries for one account from one source, under its name and identifier together", async () => {
  const { account } = await make("bob");
  await make("carol");
  const source = freshSource();
  for (let i = 0; i < 10; i++)
    expect((await signIn(i % 2 ? "bob" : account, `wrong ${i}`, source)).code).toBe("authentication_failed");
  for (const name of ["bob", account]) {
    const answer = await signIn(name, PASS, source);
    expect(outcome(answer), "even the right one").toEqual([429, "rate_limited"]);
    expect((answer.body.error as { retry_after_ms: number }).retry_after_ms).toBeGreaterThan(0);
  }
  expect((await signIn("carol", PASS, source)).status, "another account from there").toBe(200);
  expect((await signIn("bob", PASS, freshSource())).status, "that account from elsewhere").toBe(200);
});

test("many guesses at once are no more guesses", async () => {
  await make("dave");
  const source = freshSource();
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) => signIn("dave", `guess ${i}`, source)),
  );
  const looked = answers.filter(({ code }) => code === "authentication_failed");
  expect(looked.length).toBeLessThanOrEqual(10);
  for (const { code } of answers)
    expect(["authentication_failed", "rate_limited", "overloaded"]).toContain(code);
});

test("right passwords, many at once, are never counted as tries", async () => {
  await make("erin");
  const source = freshSource();
  for (let i = 0; i < 3; i++) {
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn("erin", PASS, source)));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
  }
});

test("one source with guesses for many names does not turn others away", async () => {
  await make("frank");
  const source = freshSource();
  const flood = Array.from({ length: 300 }, (_, i) => signIn(`name-${i}`, "guess", source));
  expect((await signIn("frank", PASS, freshSource())).status).toBe(200);
  const answers = await Promise.all(flood);
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(["authentication_failed", "overloaded"]));
});

test("a thousand passwords to hash at once are turned away in time, and the hub answers meanwhile", async () => {
  const asked = Array.from({ length: 1000 }, (_, i) =>
    call(hub.url, "create-account", { pass: `password ${i}` }),
  );
  expect((await call(hub.url, "ticker", { market: "BTC/USD" })).status).toBe(200);
  const codes = (await Promise.all(asked)).map(({ status, code }) => (status === 200 ? "made" : code));
  expect(codes.filter((code) => code === "made").length).toBeGreaterThan(0);
  for (const code of codes) expect(["made", "overloaded"]).toContain(code);
});

test("whether a password is in use cannot be found out by setting one after the other", async () => {
  const key: Key = await hub.newAccount();
  const codes: (string | undefined)[] = [];
  for (let i = 0; i < 12; i++)
    codes.push(
      (await call(hub.url, "create-authkey", { type: "password", pass: `password ${i}` }, key)).code,
    );
  expect(codes.slice(0, 10)).toEqual(Array(10).fill(undefined));
  expect(codes.slice(10)).toEqual(["rate_limited", "rate_limited"]);
});

test("a password has eight characters or more, and one account has each once", async () => {
  const key = await hub.newAccount();
  const add = (pass: string) => call(hub.url, "create-authkey", { type: "password", pass }, key);
  expect(outcome(await add("1234567"))).toEqual([400, "param_invalid"]);
  expect(outcome(await call(hub.url, "create-account", { pass: "1234567" }))).toEqual([400, "param_invalid"]);
  expect((await add("12345678")).status).toBe(200);
  expect(outcome(await add("12345678"))).toEqual([409, "password_in_use"]);
  expect(outcome(await call(hub.url, "create-authkey", { pass: "12345678" }, key))).toEqual([
    400,
    "param_invalid",
  ]);
  expect(outcome(await call(hub.url, "create-authkey", { type: "password" }, key))).toEqual([
    400,
    "param_invalid",
  ]);
  // Without a permission it signs in and may do nothing.
  expect(outcome(await signIn(key.account, "12345678", freshSource()))).toEqual([403, "permission_denied"]);
});

test("names are unique, and none looks like an identifier or is the hub's own", async () => {
  await must(hub.url, "create-account", { name: "grace" });
  for (const name of ["grace", "operator", "sys-chain", "sys-bank", "sys-hub", "sys-rounding"])
    for (const pass of [{}, { pass: PASS }] as Record<string, string>[])
      expect(outcome(await call(hub.url, "create-account", { name, ...pass })), name).toEqual([
        409,
        "name_taken",
      ]);
  for (const name of [
    "ac-aaaaaaaaaaaaaaaa",
    "ak-aaaaaaaaaaaaaaaa",
    "ac-x",
    "Grace",
    "gr",
    "1abc",
    "gräce",
    "a b c",
    "__proto__",
    "grace\n",
  ])
    expect(outcome(await call(hub.url, "create-account", { name })), name).toEqual([400, "param_invalid"]);
  const both = await Promise.all(
    [1, 2].map(() => call(hub.url, "create-account", { name: "heidi", pass: PASS })),
  );
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
});
