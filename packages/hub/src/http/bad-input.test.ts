import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  call,
  type Key,
  must,
  nonce,
  post,
  signatureOf,
  startTestHub,
  type TestHub,
} from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { exchange, requestText } from "../testing/raw-http.ts";

// Bad input gets a clear error and changes nothing: what comes before any function (every-function.slow.test.ts has the rest), and
// addresses.
let hub: TestHub;
let alice: Key & { account: string };
let before: number;

const FORM = "application/x-www-form-urlencoded";
const journaled = async (): Promise<number> =>
  (await must(hub.url, "operator-status", {}, hub.operator)).journal_seq;

beforeAll(async () => {
  hub = await startTestHub();
  alice = await hub.fundedAccount("1");
});
afterAll(() => hub.end());
beforeEach(async () => {
  before = await journaled();
});
afterEach(async () => expect(await journaled(), "nothing was journaled").toBe(before));

const outcome = ({ status, body }: { status: number; body: string }) => [status, JSON.parse(body).error.code];
const postRaw = async (fn: string, headers: Record<string, string>, body: string) =>
  outcome(await exchange(hub.url, requestText("POST", `/api/${fn}`, headers, body)));
const getRaw = async (path: string) => outcome(await exchange(hub.url, requestText("GET", path, {})));

test.each([
  "no-such",
  "__proto__",
  "constructor",
  "toString",
  "%6eo-such",
  "My-Balance",
  "",
  ".",
  "..%2f",
  "a".repeat(300),
])("a function «%s» is unknown", async (fn) => {
  expect(await getRaw(`/api/${fn}`)).toEqual([404, "function_unknown"]);
  expect(await postRaw(fn, { "content-type": FORM }, "a=1")).toEqual([404, "function_unknown"]);
});

test.each([
  "/",
  "/api",
  "/api/",
  "/x",
  "//",
  "/api/%zz",
  "/api/%ff",
  "/api/ticker/",
  "/api/ticker/x",
  "/API/ticker",
  "*",
])("a path %s is no function, and every error has the protocol's form", async (path) => {
  const { status, body } = await exchange(
    hub.url,
    requestText("POST", path, { "content-type": FORM }, "a=1"),
  );
  expect(outcome({ status, body })).toEqual([404, "function_unknown"]);
});

test.each([
  ["bad percent-encoding", "market=%zz"],
  ["half a percent-encoding", "market=BTC%2"],
  ["percent-encoded bytes that are not UTF-8", "market=%ff%fe"],
  ["an overlong form of UTF-8", "market=%c0%af"],
  ["half a surrogate pair", "market=%ed%a0%80"],
  ["bytes that are not UTF-8", "market=\xff\xfe"],
  ["a pair without =", "market"],
  ["a pair without a name", "=BTC/USD"],
  ["an empty pair", "market=BTC/USD&"],
  ["a byte order mark that makes bytes no name", "\xff\xfem=1"],
])("a form with %s is malformed", async (_, body) => {
  expect(await postRaw("ticker", { "content-type": FORM }, body)).toEqual([400, "body_malformed"]);
  if (/^[\x21-\x7e]*$/.test(body))
    expect(await getRaw(`/api/ticker?${body}`)).toEqual([400, "body_malformed"]);
});

test.each([
  ["no JSON", "{", "body_malformed"],
  ["a list", "[]", "body_malformed"],
  ["a text", '"market"', "body_malformed"],
  ["null", "null", "body_malformed"],
  ["a number", "1e999", "body_malformed"],
  ["two objects", "{}{}", "body_malformed"],
  ["a comment", "{/**/}", "body_malformed"],
  ["a trailing comma", '{"market":"BTC/USD",}', "body_malformed"],
  ["a byte order mark", '\xef\xbb\xbf{"market":"BTC/USD"}', "body_malformed"],
  ["bytes that are not UTF-8", '{"market":"\xff"}', "body_malformed"],
  ["deep nesting", `${"[".repeat(30_000)}${"]".repeat(30_000)}`, "body_malformed"],
  ["deep nesting in a parameter", `{"market":${"[".repeat(30_000)}${"]".repeat(30_000)}}`, "param_invalid"],
  ["a name twice", '{"market":"BTC/USD","market":"BTC/EUR"}', "param_repeated"],
  ["a name twice, once escaped", '{"market":"BTC/USD","m\\u0061rket":"BTC/EUR"}', "param_repeated"],
  ["a name twice, deep inside", '{"market":{"a":[{"b":1,"b":2}]}}', "param_repeated"],
  ["null for a parameter", '{"market":null}', "param_invalid"],
  ["a huge number", '{"market":"BTC/USD","limit":1e400}', "param_invalid"],
  ["a number beyond exactness", '{"market":"BTC/USD","limit":9007199254740993}', "param_invalid"],
  ["a fraction", '{"market":"BTC/USD","limit":1.5}', "param_invalid"],
  ["__proto__ as a name", '{"__proto__":{"market":"BTC/USD"}}', "param_unknown"],
  ["constructor as a name", '{"constructor":{"prototype":{"market":"BTC/USD"}}}', "param_unknown"],
])("a JSON body with %s is refused", async (_, body, code) => {
  expect(await postRaw("depth", { "content-type": "application/json" }, body)).toEqual([400, code]);
  expect(({} as { market?: unknown }).market).toBeUndefined();
});

test.each([
  "text/plain",
  "multipart/form-data; boundary=x",
  "application/xml",
  "application/jsonp",
  "application/x-www-form-urlencoded; charset=utf-16",
  "application/json; charset=iso-8859-1",
  'application/json; charset="latin1"',
  ";;;",
  "",
  "json",
])("a content type «%s» is not taken", async (type) => {
  const body = type.includes("json") ? '{"market":"BTC/USD"}' : "market=BTC/USD";
  expect(await postRaw("ticker", { "content-type": type }, body)).toEqual([415, "content_type_unsupported"]);
});

test.each(["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])(
  "a content type «%s» is taken",
  async (type) => {
    const request = requestText("POST", "/api/ticker", { "content-type": type }, '{"market":"BTC/USD"}');
    expect((await exchange(hub.url, request)).status).toBe(200);
  },
);

test("a body without a content type is a form, and a chunked body is a body", async () => {
  expect((await exchange(hub.url, requestText("POST", "/api/ticker", {}, "market=BTC/USD"))).status).toBe(
    200,
  );
  const chunked = `POST /api/ticker HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-type: ${FORM}\r\ntransfer-encoding: chunked\r\n\r\n`;
  const { status } = await exchange(hub.url, `${chunked}7\r\nmarket=\r\n7\r\nBTC/USD\r\n0\r\n\r\n`);
  expect(status).toBe(200);
});

test("a body over 64 KiB is refused and not read to its end; one of just 64 KiB is read", async () => {
  const long = (bytes: number) => `market=${"x".repeat(bytes - 7)}`;
  expect(await postRaw("ticker", { "content-type": FORM }, long(65_536))).toEqual([400, "param_too_long"]);
  expect(await postRaw("ticker", { "content-type": FORM }, long(65_537))).toEqual([413, "body_too_large"]);
  const announced = `POST /api/ticker HTTP/1.1\r\nhost: h\r\ncontent-type: ${FORM}\r\ncontent-length: 1000000000\r\n\r\n`;
  expect(outcome(await exchange(hub.url, announced))).toEqual([413, "body_too_large"]);
  const chunked = `POST /api/ticker HTTP/1.1\r\nhost: h\r\ncontent-type: ${FORM}\r\ntransfer-encoding: chunked\r\n\r\n`;
  // Without an end, as long as the hub listens.
  const answer = exchange(hub.url, chunked, (socket) => {
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(chunk)), 1);
  });
  expect(outcome(await answer)).toEqual([413, "body_too_large"]);
});

test("a query or headers over 16 KiB, and what is not HTTP, get the protocol's errors", async () => {
  expect(await getRaw(`/api/ticker?market=${"x".repeat(17_000)}`)).toEqual([413, "body_too_large"]);
  const padded = requestText("GET", "/api/ticker", { "x-padding": "x".repeat(17_000) });
  expect(outcome(await exchange(hub.url, padded))).toEqual([413, "body_too_large"]);
  for (const bytes of [
    "GET /api/ticker?market=BTC\xff HTTP/1.1\r\nhost: h\r\n\r\n",
    "GET /api/ticker HTTP/1.1\r\nhost: h\r\nbad header: x\r\n\r\n",
    "GET /api/ticker HTTP/1.1\r\nhost: h\r\nx: a\rb: c\r\n\r\n",
    "POST /api/ticker HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na",
    "POST /api/ticker HTTP/1.1\r\nhost: h\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /api/ticker HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "hello\r\n\r\n",
  ])
    expect(outcome(await exchange(hub.url, bytes)), JSON.stringify(bytes)).toEqual([400, "body_malformed"]);
});

test("what a caller writes comes back in an error as JSON only, never as a header", async () => {
  const name = "a\r\nset-cookie: x=1\r\n\r\n<script>";
  const { status, headers, body } = await exchange(
    hub.url,
    requestText("POST", "/api/ticker", { "content-type": FORM }, `${encodeURIComponent(name)}=1`),
  );
  expect([status, JSON.parse(body).error.param, headers["set-cookie"]]).toEqual([400, name, undefined]);
  expect(headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(headers["x-content-type-options"]).toBe("nosniff");
});

test("lists and objects inside a parameter are held to their form, each member once", async () => {
  const bad = async (fn: string, params: Record<string, string>) =>
    (await call(hub.url, fn, params, alice)).code ?? "accepted";
  for (const calls of [
    "[]",
    "{}",
    "null",
    "[null]",
    "[1]",
    "[{}]",
    '[{"function":1,"params":{}}]',
    '[{"function":"ticker","params":[]}]',
    '[{"function":"ticker","params":null}]',
    '[{"function":"ticker","params":{},"more":1}]',
    '[{"function":"ticker","params":{},"__proto__":{}}]',
    '[{"function":"send-btc","params":{"amount":"0.1","amount":"1"}}]',
    '[{"function":"my-balance","function":"send-btc","params":{}}]',
    JSON.stringify(Array(101).fill({ function: "ticker", params: {} })),
    "[",
  ])
    expect(await bad("batch", { calls }), calls).toBe("param_invalid");
  for (const permissions of [
    "{}",
    '[["a"]]',
    '[["a","b","c"]]',
    '[["a",1]]',
    "[null]",
    '[[["a"],"b"]]',
    '[["a","no-such"]]',
    '[["a","ticker"]]',
  ])
    expect(await bad("create-authkey", { permissions }), permissions).toBe("param_invalid");
  for (const limits of ["[]", "null", '{"BTC":1}', '{"BTC":null}', '{"BTC":"1","BTC":"2"}', "1", '"BTC"'])
    expect(await bad("create-authkey", { limits }), limits).toBe("param_invalid");
  expect(await bad("create-authkey", { limits: '{"XYZ":"1"}' })).toBe("currency_unknown");
  expect(await bad("create-authkey", { limits: '{"__proto__":"1"}' })).toBe("currency_unknown");
  for (const amount of ["-1", "0", "1e3", "0.000000001", "21000001"])
    expect(await bad("create-authkey", { limits: `{"BTC":"${amount}"}` }), amount).toBe("amount_invalid");
});

test("BTC beyond the 21 million that there are is no amount", async () => {
  const to_btc_address = outsideKey().address;
  for (const amount of ["21000000.00000001", "21000001", "99999999999999999999"])
    expect((await call(hub.url, "send-btc", { to_btc_address, amount }, alice)).body).toMatchObject({
      error: { code: "amount_invalid", reason: "too_large" },
    });
  expect((await call(hub.url, "send-btc", { to_btc_address, amount: "21000000" }, alice)).body).toMatchObject(
    {
      error: { code: "insufficient_funds", available: "1.00" },
    },
  );
});

test("a refused part of a batch changes nothing, alone or between others", async () => {
  const pay = { to_btc_address: "bcrt1pfeesnyr2tx", amount: "0.1" };
  const calls = [
    { function: "send-btc", params: pay },
    { function: "send-btc", params: { ...pay, amount: 0.1 } },
    { function: "send-btc", params: { ...pay, amount: null } },
    { function: "send-btc", params: { ...pay, f: "send-btc" } },
    {
      function: "operator-credit",
      params: { to_account: "alice", currency: "USD", amount: "1", reference: "" },
    },
    { function: "invoice-status", params: { btc_address: "x", wait_ms: 30_000 } },
    { function: "__proto__", params: {} },
  ];
  const { results } = await must(hub.url, "batch", { calls: JSON.stringify(calls) }, alice);
  expect(results.map((one) => (one as { error?: { code: string } }).error?.code)).toEqual([
    "address_invalid",
    "param_invalid",
    "param_invalid",
    "param_unknown",
    "permission_denied",
    "invoice_unknown",
    "function_unknown",
  ]);
});

// BIP-173, BIP-350 and BIP-433 vectors among them.
const NOT_PAYABLE: [string, string][] = [
  ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "wrong_network"],
  ["tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "wrong_network"],
  ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "wrong_network"],
  ["3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "wrong_network"],
  ["bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kYGT080", "mixed_case"],
  ["Bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "mixed_case"],
  ["bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081", "malformed"],
  ["bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt08", "malformed"],
  [" bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "malformed"],
  ["bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080\n", "malformed"],
  ["bcrt1pfeesnyr2tx", "pay_to_anchor"],
  ["BCRT1PFEESNYR2TX", "pay_to_anchor"],
  ["bc1pfeessrawgf", "wrong_network"],
  ["", "malformed"],
  ["x", "malformed"],
  ["l".repeat(100), "malformed"],
];

test.each(NOT_PAYABLE)("%s is not paid: %s", async (to_btc_address, reason) => {
  const params = { to_btc_address, amount: "0.1" };
  for (const fn of ["send-btc", "quote-send"])
    expect(await call(hub.url, fn, params, alice), fn).toMatchObject({
      status: 400,
      body: { error: { code: "address_invalid", reason } },
    });
  if (reason === "pay_to_anchor") return;
  const withdrawn = await call(hub.url, "withdraw-invoice", {
    invoice_bitcoin_address: to_btc_address,
    signature: "smp",
  });
  expect(withdrawn).toMatchObject({ status: 400, body: { error: { code: "address_invalid", reason } } });
});

test("dust, and a fee that leaves nothing, are refused before anything is reserved", async () => {
  const to_btc_address = outsideKey().address;
  for (const fn of ["send-btc", "quote-send"]) {
    const dust = await call(hub.url, fn, { to_btc_address, amount: "0.00000293" }, alice);
    expect(dust.body).toMatchObject({
      error: { code: "amount_invalid", reason: "dust", least: "0.00000294" },
    });
    const eaten = await call(
      hub.url,
      fn,
      { to_btc_address, amount: "0.000003", subtract_fee: "true" },
      alice,
    );
    expect([eaten.status, eaten.code]).toEqual([409, "fee_exceeds_amount"]);
  }
});

test("a nonce that is no number or text is refused: nothing may be made a text that cannot be one", async () => {
  for (const nonce_ms of [
    { toString: 1, valueOf: 1 },
    [],
    [Date.now()],
    true,
    "",
    "1e12",
    "-1",
    "0x1",
    " 1",
    "9".repeat(17),
    -1,
    0,
  ])
    for (const nonce_random of ["a", { toString: 1 }]) {
      const body = JSON.stringify({ f: "my-balance", account: alice.account, nonce_ms, nonce_random });
      const headers = { ...signatureOf(body, alice.token, alice.key), "content-type": "application/json" };
      const answer = await post(hub.url, "my-balance", { body, headers });
      expect(answer.body, body).toMatchObject({ error: { code: "param_invalid", param: "nonce_ms" } });
    }
  for (const nonce_random of ["", " ", "a b", "ü", "x".repeat(65), 1, null, ["a"], { toString: 1 }]) {
    const body = JSON.stringify({ f: "my-balance", account: alice.account, ...nonce(), nonce_random });
    const headers = { ...signatureOf(body, alice.token, alice.key), "content-type": "application/json" };
    const answer = await post(hub.url, "my-balance", { body, headers });
    expect([answer.status, answer.code], body).toEqual([400, "param_invalid"]);
  }
});
