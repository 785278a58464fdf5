import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Answered,
  call,
  type Key,
  must,
  nonce,
  post,
  signed,
  startTestHub,
  type TestHub,
  until,
} from "../testing/harness.ts";
import { exchange, requestText } from "../testing/raw-http.ts";

type Account = Key & { account: string };
let hub: TestHub;
let alice: Account;
let bob: Account;
const FORM = "application/x-www-form-urlencoded";

beforeAll(async () => {
  hub = await startTestHub();
  alice = await hub.fundedAccount("1");
  bob = await hub.newAccount();
});
afterAll(() => hub.end());

const outcome = ({ status, code }: Answered) => [status, code];
const changed = (text: string): string => (text.startsWith("A") ? "B" : "A") + text.slice(1);

test("a wrong signature, token and account answer alike, to the last byte", async () => {
  const ask = async (
    { token = alice.token, key = alice.key, account = alice.account },
    signature?: (right: string) => string,
  ) => {
    const { body, headers } = signed("my-balance", {}, { token, key, account });
    const wrong = signature ? { "x-signature": signature(headers["x-signature"]!) } : {};
    const {
      status,
      headers: answered,
      body: text,
    } = await exchange(hub.url, requestText("POST", "/api/my-balance", { ...headers, ...wrong }, body));
    return { status, text, headers: { ...answered, date: "" } };
  };
  const answers = [
    await ask({}, changed),
    await ask({}, () => ""),
    await ask({}, () => "AAAA"),
    await ask({}, (right) => right.slice(4)),
    await ask({}, (right) => `${right}AAAA`),
    await ask({ key: bob.key }),
    await ask({ token: bob.token }),
    await ask({ token: "ak-aaaaaaaaaaaaaaaa" }),
    await ask({ token: "__proto__" }),
    await ask({ token: "" }),
    await ask({ account: "ac-aaaaaaaaaaaaaaaa" }),
    await ask({ account: "" }),
    await ask({ account: "__proto__" }),
    await ask({ account: bob.token }),
  ];
  expect(answers[0]!.status).toBe(401);
  expect(JSON.parse(answers[0]!.text).error.code).toBe("authentication_failed");
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

test("one changed byte of the body, or other bytes that mean the same, are not what was signed", async () => {
  const { body, headers } = signed("my-balance", {}, alice);
  for (const other of [`${body}&x=1`, body.replace("f=", "%66="), `${body} `, body.toUpperCase(), ""])
    expect(outcome(await post(hub.url, "my-balance", { body: other, headers }))).toEqual([
      401,
      "authentication_failed",
    ]);
  // Signed bytes mean the same thing in every encoding or nothing: a form is no JSON.
  const json = { ...headers, "content-type": "application/json" };
  expect(outcome(await post(hub.url, "my-balance", { body, headers: json }))).toEqual([
    400,
    "body_malformed",
  ]);
  expect(outcome(await post(hub.url, "my-balance", { body, headers }))).toEqual([200, undefined]);
});

test("one of the two headers alone is no proof", async () => {
  const { body, headers } = signed("my-balance", {}, alice);
  for (const missing of ["x-signature", "x-authkey-token"]) {
    const { [missing]: _, ...rest } = headers;
    expect(outcome(await post(hub.url, "my-balance", { body, headers: rest }))).toEqual([
      401,
      "authentication_missing",
    ]);
    expect(outcome(await post(hub.url, "ticker", { body, headers: rest }))).toEqual([
      401,
      "authentication_missing",
    ]);
  }
});

test("a call is carried out once: whatever became of it, in a batch too, and after a restart", async () => {
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bob);
  const pay = (amount: string) => ({ to_btc_address: btc_address, amount });
  const calls = JSON.stringify([{ function: "send-btc", params: pay("0.01") }]);
  const again: [string, ReturnType<typeof signed>, number][] = [
    ["send-btc", signed("send-btc", pay("0.01"), alice), 200],
    ["send-btc", signed("send-btc", pay("5"), alice), 409],
    ["send-btc", signed("send-btc", pay("x"), alice), 400],
    ["my-balance", signed("my-balance", {}, alice), 200],
    ["batch", signed("batch", { calls }, alice), 200],
    ["operator-status", signed("operator-status", {}, alice), 403],
  ];
  const same = nonce();
  again.push(["my-balance", signed("my-balance", {}, alice, same), 200]);
  for (const [fn, request, status] of again)
    expect((await post(hub.url, fn, request)).status, fn).toBe(status);
  const used = async () => {
    for (const [fn, request] of again)
      expect(outcome(await post(hub.url, fn, request)), fn).toEqual([401, "nonce_used"]);
    expect(outcome(await post(hub.url, "send-btc", signed("send-btc", pay("0.01"), alice, same)))).toEqual([
      401,
      "nonce_used",
    ]);
  };
  await used();
  expect((await must(hub.url, "my-balance", {}, bob)).available).toEqual({ btc: "0.02" });
  hub = await hub.restart();
  for (const [fn, request] of again)
    expect(["nonce_used", "nonce_stale"], fn).toContain((await post(hub.url, fn, request)).code);
  expect((await must(hub.url, "my-balance", {}, bob)).available).toEqual({ btc: "0.02" });
});

test("a nonce from a clock that is ahead is not taken again after a restart, where the call changed something", async () => {
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bob);
  const pay = { to_btc_address: btc_address, amount: "0.01" };
  const ahead = () => nonce(Date.now() + 25_000);
  // A part that carries no nonce of its own (anybody may withdraw with a signature) must not use up that of the batch.
  const stranger = { function: "create-account", params: {} };
  const calls = JSON.stringify([
    stranger,
    { function: "send-btc", params: pay },
    { function: "send-btc", params: pay },
  ]);
  const requests: [string, ReturnType<typeof signed>][] = [
    ["send-btc", signed("send-btc", pay, alice, ahead())],
    ["batch", signed("batch", { calls }, alice, ahead())],
  ];
  for (const [fn, request] of requests) expect((await post(hub.url, fn, request)).status).toBe(200);
  const { available } = await must(hub.url, "my-balance", {}, bob);
  hub = await hub.restart();
  for (const [fn, request] of requests)
    expect(outcome(await post(hub.url, fn, request)), fn).toEqual([401, "nonce_used"]);
  expect((await must(hub.url, "my-balance", {}, bob)).available).toEqual(available);
});

test("a nonce far from the hub's clock is stale in both directions, and the hub tells its time", async () => {
  for (const off of [-31_000, 31_000, -1e9, 1e9]) {
    const answer = await post(
      hub.url,
      "my-balance",
      signed("my-balance", {}, alice, nonce(Date.now() + off)),
    );
    expect(outcome(answer), `${off}`).toEqual([401, "nonce_stale"]);
    const { now } = answer.body.error as { now: number };
    expect(Number.isSafeInteger(now)).toBe(true);
    expect((await post(hub.url, "my-balance", signed("my-balance", {}, alice, nonce(now)))).status).toBe(200);
  }
});

test("another key may use the same nonce", async () => {
  const same = nonce();
  for (const key of [alice, bob])
    expect((await post(hub.url, "my-balance", signed("my-balance", {}, key, same))).status).toBe(200);
});

test("the account may be given as the key's token, for the key's own account", async () => {
  const own = await must(hub.url, "my-balance", {}, { ...alice, account: alice.token });
  expect(own).toEqual(await must(hub.url, "my-balance", {}, alice));
});

test("a GET is signed over its query, for reads and for what changes something, once", async () => {
  const { body: query, headers } = signed("new-btc-address", {}, alice);
  const { "content-type": _, ...signature } = headers;
  const get = async (text: string, more: Record<string, string> = signature, fn = "new-btc-address") => {
    const answer = await fetch(`${hub.url}/api/${fn}?${text}`, { headers: more });
    const body = (await answer.json()) as Record<string, unknown>;
    return [answer.status, (body.error as { code: string } | undefined)?.code];
  };
  expect(await get(query, {})).toEqual([405, "method_not_allowed"]);
  expect(await get(`${query}&x=1`)).toEqual([401, "authentication_failed"]);
  expect(await get(query)).toEqual([200, undefined]);
  expect(await get(query)).toEqual([401, "nonce_used"]);
  // The same bytes as a body are the same call.
  expect(outcome(await post(hub.url, "new-btc-address", { body: query, headers }))).toEqual([
    401,
    "nonce_used",
  ]);
  const read = signed("my-balance", {}, alice);
  expect(await get(read.body, read.headers, "my-balance")).toEqual([200, undefined]);
});

test("parameters of authentication are known to every public function, and say nothing there", async () => {
  const more = { f: "x", account: "x", nonce_ms: "x", nonce_random: "x", market: "BTC/USD" };
  expect(outcome(await call(hub.url, "ticker", more))).toEqual([200, undefined]);
  expect(outcome(await call(hub.url, "ticker", { ...more, name: "x", pass: "y" }))).toEqual([
    401,
    "authentication_failed",
  ]);
});

test("headers count in any case; two values, or one with a line in it, are none", async () => {
  const { body, headers } = signed("my-balance", {}, alice);
  const [token, signature] = [headers["x-authkey-token"]!, headers["x-signature"]!];
  const ask = async (more: Record<string, string>, raw = "") => {
    const text = requestText("POST", "/api/my-balance", { "content-type": FORM, ...more }, body);
    return (await exchange(hub.url, text.replace("content-length", `${raw}content-length`))).status;
  };
  const twice = `x-authkey-token: ${token}\r\nx-authkey-token: ${bob.token}\r\n`;
  expect(await ask({ "x-signature": signature }, twice)).toBe(401);
  expect(await ask({ "x-signature": signature, "x-authkey-token": `${token}\r\n x: y` })).toBe(400);
  expect(await ask({ "x-signature": signature, "x-authkey-token": `${token},${token}` })).toBe(401);
  expect(await ask({ "X-SIGNATURE": signature, "X-AUTHKEY-TOKEN": token })).toBe(200);
});

test("an expired key and a revoked key do nothing any more", async () => {
  const expires_t = String(Date.now() + 1_500);
  const permissions = JSON.stringify([[alice.account, "my-balance"]]);
  const { authkey } = await must(hub.url, "create-authkey", { permissions, expires_t }, alice);
  const till = { token: authkey.token, key: authkey.key!, account: alice.account };
  expect((await call(hub.url, "my-balance", {}, till)).status).toBe(200);
  const late = await until(
    () => call(hub.url, "my-balance", {}, till),
    ({ status }) => status !== 200,
  );
  expect(outcome(late)).toEqual([403, "authkey_expired"]);
  await must(hub.url, "revoke-authkey", { authkey_token: till.token }, alice);
  expect(outcome(await call(hub.url, "my-balance", {}, till))).toEqual([401, "authentication_failed"]);
  expect(outcome(await call(hub.url, "revoke-authkey", { authkey_token: till.token }, alice))).toEqual([
    404,
    "authkey_unknown",
  ]);
});
