import { functionNames, functionRow } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answered, call, type Key, must, startTestHub, type TestHub } from "../testing/harness.ts";

type Account = Key & { account: string };
let hub: TestHub;
let alice: Account;
let mallory: Account;

beforeAll(async () => {
  hub = await startTestHub();
  alice = await hub.fundedAccount("1");
  mallory = await hub.newAccount();
});
afterAll(() => hub.end());

const outcome = ({ status, code }: Answered) => [status, code];
const keyWith = async (
  by: Key,
  pairs: [string, string][],
  more: Record<string, string> = {},
): Promise<Account> => {
  const { authkey } = await must(
    hub.url,
    "create-authkey",
    { permissions: JSON.stringify(pairs), ...more },
    by,
  );
  return { token: authkey.token, key: authkey.key!, account: alice.account };
};
const give = (by: Key, to: Key, pairs: [string, string][]) =>
  call(hub.url, "change-authkey-permissions", { authkey_token: to.token, add: JSON.stringify(pairs) }, by);

test("a till's key makes invoices, and neither reads nor moves anything else", async () => {
  const till = await keyWith(alice, [
    [alice.account, "new-invoice"],
    [alice.account, "invoice-status"],
  ]);
  const { invoice } = await must(hub.url, "new-invoice", { amount: "0.1" }, till);
  const { btc_address } = invoice;
  expect(await must(hub.url, "invoice-status", { btc_address }, till)).toMatchObject({ received: "0.00" });
  expect(await must(hub.url, "invoice-status", { btc_address }, mallory)).not.toHaveProperty("received");
  for (const fn of functionNames) {
    const { access } = functionRow(fn);
    if (access === "public" || fn === "new-invoice") continue;
    // What carries its own signature asks for no permission; an invoice's owner may sign the call instead.
    if (access === "self-signed" && fn !== "withdraw-invoice") continue;
    const params = Object.fromEntries(
      Object.entries(functionRow(fn).params)
        .filter(([, param]) => !param.optional)
        .map(([name]) => [name, VALID[name] ?? "x"]),
    );
    const wanted = fn === "withdraw-invoice" ? [401, "authentication_missing"] : [403, "permission_denied"];
    expect(
      outcome(
        await call(
          hub.url,
          fn,
          { ...params, ...(fn === "withdraw-invoice" ? { invoice_bitcoin_address: btc_address } : {}) },
          till,
        ),
      ),
      fn,
    ).toEqual(wanted);
  }
  await must(hub.url, "withdraw-invoice", { invoice_bitcoin_address: btc_address }, alice);
});

const VALID: Record<string, string> = {
  authkey_token: "ak-aaaaaaaaaaaaaaaa",
  amount: "1",
  ceiling: "1",
  currency: "USD",
  trade_amt: "1",
  trade_cur: "USD",
  for_amt: "1",
  for_cur: "BTC",
  oid: "o1",
  option_id: "op-aaaaaaaaaaaaaaaa",
  market: "BTC/USD",
  calls: '[{"function":"my-balance","params":{}}]',
  to_account: "alice",
  transfer_id: "t1",
  outcome: "done",
  open: "true",
  payout: "p1",
  psbt: "cHNidP8=",
  webhook_id: "wh-aaaaaaaaaaaaaaaa",
  url: "http://127.0.0.1:9/",
  events: '["fills"]',
  event: "9",
};

test("`all` is all of one account, never of another, and never an operator's function", async () => {
  expect(outcome(await call(hub.url, "my-balance", {}, { ...mallory, account: alice.account }))).toEqual([
    403,
    "permission_denied",
  ]);
  const all = await keyWith(hub.operator, [[hub.operator.account!, "all"]]);
  const asOperator = { ...all, account: hub.operator.account! };
  expect((await call(hub.url, "my-balance", {}, asOperator)).status).toBe(200);
  expect(outcome(await call(hub.url, "operator-status", {}, asOperator))).toEqual([403, "permission_denied"]);
  expect(outcome(await give(asOperator, mallory, [[hub.operator.account!, "operator-credit"]]))).toEqual([
    403,
    "permission_denied",
  ]);
  const named = await keyWith(hub.operator, [[hub.operator.account!, "operator-status"]]);
  expect(
    (await call(hub.url, "operator-status", {}, { ...named, account: hub.operator.account! })).status,
  ).toBe(200);
  // The name of an operator's function on another account is nothing.
  expect(outcome(await give(alice, alice, [[alice.account, "operator-credit"]]))).toEqual([
    403,
    "permission_denied",
  ]);
  expect(outcome(await call(hub.url, "operator-status", {}, alice))).toEqual([403, "permission_denied"]);
});

test("a key gives only what it holds entirely itself, and to itself nothing", async () => {
  const maker = await keyWith(alice, [
    [alice.account, "create-authkey"],
    [alice.account, "change-authkey-permissions"],
    [alice.account, "revoke-authkey"],
    [alice.account, "my-balance"],
  ]);
  for (const pair of [
    [alice.account, "send-btc"],
    [alice.account, "all"],
    [mallory.account, "my-balance"],
    [hub.operator.account!, "operator-credit"],
  ] as [string, string][]) {
    const permissions = JSON.stringify([pair]);
    expect(outcome(await call(hub.url, "create-authkey", { permissions }, maker)), permissions).toEqual([
      403,
      "permission_denied",
    ]);
    expect(outcome(await give(maker, maker, [pair])), permissions).toEqual([403, "permission_denied"]);
    expect(outcome(await give(maker, mallory, [pair])), permissions).toEqual([403, "permission_denied"]);
    expect(
      outcome(
        await call(
          hub.url,
          "change-authkey-permissions",
          { authkey_token: alice.token, remove: permissions },
          maker,
        ),
      ),
      permissions,
    ).toEqual([403, "permission_denied"]);
  }
  // What it does not hold it cannot end, either.
  expect(outcome(await call(hub.url, "revoke-authkey", { authkey_token: alice.token }, maker))).toEqual([
    403,
    "permission_denied",
  ]);
  expect(outcome(await call(hub.url, "revoke-authkey", { authkey_token: alice.token }, mallory))).toEqual([
    404,
    "authkey_unknown",
  ]);
  expect(
    (await call(hub.url, "create-authkey", { permissions: '[["ac-aaaaaaaaaaaaaaaa","my-balance"]]' }, maker))
      .code,
  ).toBe("account_unknown");
  const made = await keyWith(maker, [[alice.account, "my-balance"]]);
  expect((await call(hub.url, "my-balance", {}, made)).status).toBe(200);
});

test("a key that expires makes none that lives longer, and makes none stronger that does", async () => {
  const expires = Date.now() + 3_600_000;
  const short = await keyWith(alice, [[alice.account, "all"]], { expires_t: String(expires) });
  const permissions = JSON.stringify([[alice.account, "my-balance"]]);
  const make = (more: Record<string, string>) =>
    call(hub.url, "create-authkey", { permissions, ...more }, short);
  expect(outcome(await make({ expires_t: String(expires + 1) }))).toEqual([400, "expiry_too_late"]);
  expect((await make({})).body).toMatchObject({ authkey: { expires_t: expires } });
  expect(outcome(await make({ expires_t: "1" }))).toEqual([400, "param_invalid"]);
  const weak = await keyWith(alice, []);
  expect(outcome(await give(short, weak, [[alice.account, "send-btc"]]))).toEqual([400, "expiry_too_late"]);
});

test("a key with limits spends no more in a day, in all ways together, and makes or changes no keys", async () => {
  const limited = await keyWith(alice, [[alice.account, "all"]], { limits: '{"BTC":"0.05"}' });
  const { btc_address } = await must(hub.url, "new-btc-address", {}, mallory);
  const posted = await must(hub.url, "new-invoice", { amount: "0.03" }, mallory);
  const credit = { to_account: alice.account, currency: "USD", amount: "10.00", reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  const pay = (amount: string) => call(hub.url, "send-btc", { to_btc_address: btc_address, amount }, limited);
  expect(outcome(await pay("0.05000001"))).toEqual([403, "limit_exceeded"]);
  expect((await pay("0.04")).status).toBe(200);
  const invoice = { invoice_json: posted.invoice_json, signature: posted.signature };
  expect((await call(hub.url, "pay-invoice", invoice, limited)).body).toMatchObject({
    error: { code: "limit_exceeded", left: "0.01" },
  });
  const calls = JSON.stringify(
    Array(3).fill({ function: "send-btc", params: { to_btc_address: btc_address, amount: "0.004" } }),
  );
  const { results } = await must(hub.url, "batch", { calls }, limited);
  expect(results.map((one) => (one as { error?: { code: string } }).error?.code)).toEqual([
    undefined,
    undefined,
    "limit_exceeded",
  ]);
  // A currency that is not named does not leave at all.
  expect(
    outcome(
      await call(hub.url, "withdraw-fiat", { currency: "USD", amount: "0.01", destination: "IBAN" }, limited),
    ),
  ).toEqual([403, "limit_exceeded"]);
  expect(outcome(await call(hub.url, "create-authkey", {}, limited))).toEqual([403, "permission_denied"]);
  expect(outcome(await give(limited, limited, []))).toEqual([403, "permission_denied"]);
  expect(outcome(await call(hub.url, "revoke-authkey", { authkey_token: alice.token }, limited))).toEqual([
    403,
    "permission_denied",
  ]);
  hub = await hub.restart();
  expect(outcome(await pay("0.003"))).toEqual([403, "limit_exceeded"]);
});

test("who gives a stranger's key a permission on his own account learns nothing of that key", async () => {
  const secret = await keyWith(alice, [[alice.account, "my-balance"]], {
    label: "mistress",
    limits: '{"BTC":"0.05"}',
  });
  expect((await give(mallory, secret, [[mallory.account, "my-balance"]])).status).toBe(200);
  const seen = (await must(hub.url, "my-authkeys", {}, mallory)).authkeys.find(
    (one) => one.token === secret.token,
  );
  expect(seen).toEqual({
    type: "hmac-sha256",
    token: secret.token,
    permissions: [[mallory.account, "my-balance"]],
  });
  const owner = (await must(hub.url, "my-authkeys", {}, alice)).authkeys.find(
    (one) => one.token === secret.token,
  );
  expect(owner).toMatchObject({
    label: "mistress",
    limits: { BTC: "0.05" },
    permissions: [
      [alice.account, "my-balance"],
      [mallory.account, "my-balance"],
    ],
  });
  // And its owner can end it all the same.
  await must(hub.url, "revoke-authkey", { authkey_token: secret.token }, alice);
});

test("closed registration stays closed to signed calls too, and open registration is open to them", async () => {
  expect((await call(hub.url, "create-account", {}, mallory)).status).toBe(200);
  await must(hub.url, "operator-registration", { open: "false" }, hub.operator);
  expect(outcome(await call(hub.url, "create-account"))).toEqual([403, "registration_closed"]);
  expect(outcome(await call(hub.url, "create-account", {}, mallory))).toEqual([403, "registration_closed"]);
  expect((await call(hub.url, "create-account", {}, hub.operator)).status).toBe(200);
  await must(hub.url, "operator-registration", { open: "true" }, hub.operator);
});
