import { functionNames, functionRow, statusOf } from "@coinholder/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  call,
  type Key,
  must,
  nonce,
  post,
  signatureOf,
  signed,
  startTestHub,
  type TestHub,
} from "../testing/harness.ts";
import { exchange, requestText } from "../testing/raw-http.ts";
import { validParams } from "../testing/valid-params.ts";

// Bad input gets a clear error and changes nothing: the same checks for every function of the table.
let hub: TestHub;
let alice: Key & { account: string };
let bare: Key & { account: string };
let oid: string;
let before: number;

const journaled = async (): Promise<number> =>
  (await must(hub.url, "operator-status", {}, hub.operator)).journal_seq;

beforeAll(async () => {
  hub = await startTestHub();
  alice = await hub.newAccount();
  const made = await must(hub.url, "create-authkey", {}, alice);
  bare = { account: alice.account, token: made.authkey.token, key: made.authkey.key! };
  const credit = { to_account: alice.account, currency: "USD", amount: "100.00", reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  const order = { trade_amt: "1.00", trade_cur: "USD", for_amt: "0.0001", for_cur: "BTC" };
  oid = (await must(hub.url, "place-order", order, alice)).oid;
});
afterAll(() => hub.end());
beforeEach(async () => {
  before = await journaled();
});
afterEach(async () => expect(await journaled(), "nothing was journaled").toBe(before));

const keyFor = (fn: string): Key => (fn.startsWith("operator-") ? hub.operator : alice);
const validOf = (fn: keyof ReturnType<typeof validParams>) =>
  validParams({ account: alice.account, token: bare.token, oid })[fn];
const errorOf = async (asked: ReturnType<typeof call>) => {
  const { status, body } = await asked;
  return [status, body.error as { code: string; param?: string; message: string }] as const;
};
const refused = (code: Parameters<typeof statusOf>[0], more: object = {}) => [
  statusOf(code),
  expect.objectContaining({ code, message: expect.any(String), ...more }),
];

describe.each(functionNames)("%s", (fn) => {
  const row = functionRow(fn);
  const needsKey = row.access === "account" || row.access === "operator";

  test("the parameters of the test are all of the table's", () => {
    expect(Object.keys(validOf(fn)).sort()).toEqual(Object.keys(row.params).sort());
  });

  test("an unknown parameter is refused, also one named like a part of every object", async () => {
    for (const name of ["amuont", "__proto__", "constructor", "toString", "hasOwnProperty", ""]) {
      const asked = call(
        hub.url,
        fn,
        { ...validOf(fn), ...JSON.parse(`{${JSON.stringify(name)}:"1"}`) },
        keyFor(fn),
      );
      const wanted = name === "" ? refused("body_malformed") : refused("param_unknown", { param: name });
      expect(await errorOf(asked), name).toEqual(wanted);
    }
  });

  test("a parameter that is missing is named", async () => {
    for (const [name, param] of Object.entries(row.params)) {
      if (param.optional) continue;
      const { [name]: _, ...rest } = validOf(fn);
      expect(await errorOf(call(hub.url, fn, rest, keyFor(fn)))).toEqual(
        refused("param_missing", { param: name }),
      );
    }
  });

  test("a parameter given twice is refused, in a form, a query and JSON", async () => {
    const [name = "x", value = "1"] = Object.entries(validOf(fn))[0] ?? [];
    const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    const { body } = signed(fn, validOf(fn), keyFor(fn));
    const twice = body.includes(pair) ? `${body}&${pair}` : `${body}&${pair}&${pair}`;
    const { token, key } = keyFor(fn);
    expect(
      await errorOf(post(hub.url, fn, { body: twice, headers: signatureOf(twice, token, key) })),
    ).toEqual(refused("param_repeated", { param: name }));
    const json = `{${JSON.stringify(name)}:"1","f":"${fn}",${JSON.stringify(name)}:"2"}`;
    const headers = { "content-type": "application/json" };
    expect(await errorOf(post(hub.url, fn, { body: json, headers }))).toEqual(
      refused("param_repeated", { param: name }),
    );
    const get = await fetch(`${hub.url}/api/${fn}?${twice}`, { headers: signatureOf(twice, token, key) });
    expect([get.status, ((await get.json()) as { error: { code: string } }).error.code]).toEqual([
      400,
      "param_repeated",
    ]);
  });

  test("a parameter that is too long is refused before it is looked at", async () => {
    for (const [name, { maxLength }] of Object.entries(row.params)) {
      if (maxLength > 60_000) continue;
      const params = { ...validOf(fn), [name]: "x".repeat(maxLength + 1) };
      expect(await errorOf(call(hub.url, fn, params, keyFor(fn)))).toEqual(
        refused("param_too_long", { param: name }),
      );
    }
  });

  test("a JSON value of another type is refused and named", async () => {
    const strange = [
      null,
      1.5,
      [[[]]],
      [1],
      { a: {} },
      { __proto__: null },
      "\ud800",
      "\u0000",
      1e21,
      Number.MAX_VALUE,
    ];
    for (const name of Object.keys(row.params))
      for (const value of strange) {
        const { token, key, account } = keyFor(fn);
        const body = JSON.stringify({ ...validOf(fn), [name]: value, f: fn, account, ...nonce() }).replace(
          "1.7976931348623157e+308",
          "1e400",
        );
        const headers = { ...signatureOf(body, token, key), "content-type": "application/json" };
        const [status, error] = await errorOf(post(hub.url, fn, { body, headers }));
        expect(status, `${name} ${JSON.stringify(value)} ${JSON.stringify(error)}`).toBeGreaterThanOrEqual(
          400,
        );
        expect(status, `${name} ${JSON.stringify(value)}`).toBeLessThan(500);
      }
  });

  test("amounts are plain decimals above zero, in the form and never as JSON numbers", async () => {
    const malformed = [
      "-1",
      "1e3",
      "NaN",
      "0x1",
      "1,5",
      ".5",
      "1.",
      "+1",
      " 1",
      "1 ",
      "",
      "1_000",
      "１２",
      "٣",
      "Infinity",
    ];
    const bad = [
      ...malformed.map((amount) => [amount, "malformed"]),
      ...["0", "00", "0.00"].map((amount) => [amount, "not_positive"]),
      ...["0.000000001", "1.0000000000000"].map((amount) => [amount, "too_precise"]),
      ...["90000000000001", "99999999999999999999", "9".repeat(64)].map((amount) => [amount, "too_large"]),
    ] as const;
    for (const [name, { schema }] of Object.entries(row.params)) {
      if (schema.format !== "decimal") continue;
      const { quote_id: _, ...valid } = validOf(fn);
      for (const [amount, reason] of bad)
        expect(await errorOf(call(hub.url, fn, { ...valid, [name]: amount! }, keyFor(fn))), amount).toEqual(
          refused("amount_invalid", { param: name, reason }),
        );
      const { token, key, account } = keyFor(fn);
      const body = JSON.stringify({ ...valid, [name]: 1, f: fn, account, ...nonce() });
      const headers = { ...signatureOf(body, token, key), "content-type": "application/json" };
      expect(await errorOf(post(hub.url, fn, { body, headers }))).toEqual(
        refused("param_invalid", { param: name }),
      );
    }
  });

  test("currencies and markets that the hub has not are refused", async () => {
    for (const [name, { schema }] of Object.entries(row.params)) {
      if (schema.pattern === "^[A-Z][A-Z0-9]{2,9}$") {
        const asked = call(hub.url, fn, { ...validOf(fn), [name]: "XYZ" }, keyFor(fn));
        expect(await errorOf(asked)).toEqual(refused("currency_unknown", { currency: "XYZ" }));
        for (const code of ["usd", "US", "USD\n", "ÜSD"])
          expect(await errorOf(call(hub.url, fn, { ...validOf(fn), [name]: code }, keyFor(fn)))).toEqual(
            refused("param_invalid", { param: name }),
          );
      }
      if (name === "market") {
        const asked = call(hub.url, fn, { ...validOf(fn), market: "USD/BTC" }, keyFor(fn));
        expect(await errorOf(asked)).toEqual(refused("market_unknown"));
      }
    }
  });

  if (needsKey)
    test("nobody calls it without a key, with a key that may not, or as another account", async () => {
      const params = validOf(fn);
      expect(await errorOf(call(hub.url, fn, params))).toEqual(refused("authentication_missing"));
      expect(await errorOf(call(hub.url, fn, params, bare))).toEqual(
        refused("permission_denied", { permission: fn }),
      );
      const other = { ...alice, account: hub.operator.account! };
      expect(await errorOf(call(hub.url, fn, params, other))).toEqual(refused("permission_denied"));
      const stolen = { ...bare, key: alice.key };
      expect(await errorOf(call(hub.url, fn, params, stolen))).toEqual(refused("authentication_failed"));
    });

  test("a signature for another function is not taken", async () => {
    const of = fn === "my-balance" ? "my-trades" : "my-balance";
    const { body, headers } = signed(of, validOf(fn), keyFor(fn));
    expect(await errorOf(post(hub.url, fn, { body, headers }))).toEqual(refused("function_mismatch"));
  });

  test("only GET and POST call it, and only a signed GET what changes something", async () => {
    for (const method of ["PUT", "DELETE", "PATCH", "HEAD", "TRACE", "PROPFIND"]) {
      const { status, headers } = await exchange(hub.url, requestText(method, `/api/${fn}`, {}));
      expect([method, status, headers.allow]).toEqual([method, 405, "GET, POST, OPTIONS"]);
    }
    const query = new URLSearchParams(validOf(fn)).toString();
    const unsigned = await fetch(`${hub.url}/api/${fn}?${query}`);
    if (row.changes)
      expect([unsigned.status, ((await unsigned.json()) as { error: { code: string } }).error.code]).toEqual([
        405,
        "method_not_allowed",
      ]);
  });

  test("a preflight of any page's script is answered, and calls nothing", async () => {
    const headers = {
      origin: "https://evil.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-signature",
    };
    const answer = await fetch(`${hub.url}/api/${fn}`, { method: "OPTIONS", headers });
    expect([answer.status, await answer.text(), answer.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "",
      "*",
    ]);
    expect(answer.headers.get("access-control-allow-headers")).toBe(
      "content-type, x-authkey-token, x-signature",
    );
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });
});
