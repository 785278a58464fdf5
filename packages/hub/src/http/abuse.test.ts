import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Key, must, post, signed, startTestHub, type TestHub } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";

// What costs the caller little must not cost everybody else much.
let hub: TestHub;
let shop: Key & { account: string };

beforeAll(async () => {
  hub = await startTestHub();
  shop = await hub.newAccount();
});
afterAll(() => hub.end());

const ticker = () => call(hub.url, "ticker", { market: "BTC/USD" });

test("five hundred long polls at once hold nobody up, and all hear of the change", async () => {
  const { btc_address } = (await must(hub.url, "new-invoice", { amount: "0.001" }, shop)).invoice;
  const waiting = Array.from({ length: 500 }, () =>
    call(hub.url, "invoice-status", { btc_address, wait_ms: "30000", than: "open" }),
  );
  expect((await ticker()).status).toBe(200);
  await must(hub.url, "withdraw-invoice", { invoice_bitcoin_address: btc_address }, shop);
  for (const { body } of await Promise.all(waiting)) expect(body.state).toBe("withdrawn");
});

test("a batch that checks a hundred signatures lets others have their turn", async () => {
  const key = outsideKey();
  const text = JSON.stringify({ btc_address: key.address, amount: "0.001", currency: "BTC" });
  // The signature of another text: checked to its end each time.
  const params = { invoice_json: text, signature: key.sign(`${text} `) };
  const calls = JSON.stringify(Array.from({ length: 100 }, () => ({ function: "pay-invoice", params })));
  let ended = false;
  const batch = must(hub.url, "batch", { calls }, shop).finally(() => {
    ended = true;
  });
  // How many others are answered while it is under way; it would be none or one if it held the hub to its end.
  let others = 0;
  for (; !ended; others++) expect((await ticker()).status).toBe(200);
  expect((await batch).results).toHaveLength(100);
  expect(others).toBeGreaterThan(3);
});

test("patterns take no longer for what nearly fits", async () => {
  const long = (text: string) => text.repeat(Math.floor(4096 / text.length));
  for (const [fn, params] of [
    ["search-invoices", { lat: long("1"), lng: "1" }],
    ["search-invoices", { lat: `4${"5".repeat(18)}`, lng: "1" }],
    ["search-invoices", { after: `[${"[".repeat(198)}` }],
    ["broadcast-invoice", { invoice_json: long("["), signature: "x" }],
    ["broadcast-invoice", { invoice_json: long('{"a":'), signature: "x" }],
    ["broadcast-invoice", { invoice_json: `"${long("\\\\")}`.slice(0, 4096), signature: "x" }],
    ["broadcast-invoice", { invoice_json: `{"btc_address":"${"l".repeat(4000)}"}`, signature: "x" }],
    ["ticker", { market: `BTC/${"A".repeat(17)}` }],
    ["create-account", { name: "a".repeat(32).replace(/.$/, "!") }],
  ] as [string, Record<string, string>][]) {
    const answer = await call(hub.url, fn, params);
    expect(answer.status, `${fn} ${JSON.stringify(params).slice(0, 60)}`).toBe(400);
  }
});

test("no member of an answer, and no key of the hub's own objects, can be set from outside", async () => {
  const body = '{"market":"BTC/USD","__proto__":1}';
  const headers = { "content-type": "application/json" };
  expect((await post(hub.url, "ticker", { body, headers })).code).toBe("param_unknown");
  const limits = '{"__proto__":{"BTC":"1"}}';
  expect((await call(hub.url, "create-authkey", { limits }, shop)).code).toBe("param_invalid");
  const calls = '[{"function":"ticker","params":{"market":"BTC/USD","__proto__":{"limit":1}}}]';
  expect((await must(hub.url, "batch", { calls }, shop)).results).toMatchObject([
    { error: { code: "param_unknown" } },
  ]);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("one call's error says nothing of the hub's inside", async () => {
  const { body, headers } = signed("my-balance", {}, shop);
  for (const request of [
    { body, headers: { ...headers, "x-signature": "\u00ff".repeat(44) } },
    { body: "f", headers },
    { body: "{", headers: { "content-type": "application/json" } },
  ]) {
    const answer = await post(hub.url, "my-balance", request);
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.js|\.ts|at |Error|fastify|FST_/);
  }
});
