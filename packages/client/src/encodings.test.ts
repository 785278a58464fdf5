import { FORM, JSON_BODY } from "@coinholder/protocol";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { connect, HubError } from "./index.ts";
import { KEY, PASSWORD, type SeedHubOptions, startSeedHub } from "./testing.ts";

const kinds: readonly SeedHubOptions[] = [
  { method: "POST", encoding: FORM, type: 2 },
  { method: "POST", encoding: JSON_BODY, type: 2 },
  { method: "GET", encoding: FORM, type: 2 },
  { method: "GET", encoding: FORM, type: 2, path: "/index.php?fn=" },
  { method: "POST", encoding: FORM, type: 1 },
  { method: "POST", encoding: JSON_BODY, type: 1 },
  { method: "GET", encoding: FORM, type: 1 },
];

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));
const started = async (options: SeedHubOptions) => {
  const hub = await startSeedHub(options);
  closing.push(hub.close);
  return hub;
};

describe.each(kinds)("a hub of the seed: $method, $encoding, type $type, $path", (kind) => {
  const credentials = kind.type === 1 ? PASSWORD : KEY;

  test("takes the call, with every character of its values", async () => {
    const server = await started(kind);
    const hub = await connect(server.url, credentials);
    const values = fc.string({ unit: "binary", maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(values, values, async (destination, amount) => {
        await hub.call("withdraw-fiat", { currency: "USD", amount, destination });
        expect(server.calls.at(-1)).toMatchObject({
          name: "withdraw-fiat",
          method: kind.method,
          signed: true,
          pairs: { currency: "USD", amount, destination },
        });
      }),
      { numRuns: 40 },
    );
  });

  test("sees numbers, true and false, and lists as its encoding writes them", async () => {
    const server = await started(kind);
    const hub = await connect(server.url, credentials);
    await hub.call("quote-send", { to_btc_address: "a", amount: "1.5", subtract_fee: true });
    await hub.call("my-transfers", { limit: 7 });
    await hub.call("create-authkey", { permissions: [[KEY.account, "my-balance"]], label: "till" });
    const pairs = server.calls.map((call) => call.pairs);
    const isJson = kind.encoding === JSON_BODY;
    expect(pairs[0]).toMatchObject({ amount: "1.5", subtract_fee: isJson ? true : "true" });
    expect(pairs[1]).toMatchObject({ limit: isJson ? 7 : "7" });
    expect(pairs[2]).toMatchObject({
      label: "till",
      permissions: isJson ? [[KEY.account, "my-balance"]] : `[["${KEY.account}","my-balance"]]`,
    });
  });

  test("is asked for public data without anyone's name", async () => {
    const server = await started(kind);
    const hub = await connect(server.url, credentials);
    await hub.call("ticker", { market: "BTC/USD" });
    await hub.call("search-invoices");
    expect(server.calls.map((call) => call.signed)).toEqual([false, false]);
    expect(server.calls[1]?.pairs).toEqual(kind.path === undefined ? {} : { fn: "search-invoices" });
  });

  test("refuses a wrong key or password, and the caller gets its code", async () => {
    const server = await started(kind);
    const wrong = kind.type === 1 ? { ...PASSWORD, pass: "no" } : { ...KEY, key: "AAAA" };
    const hub = await connect(server.url, wrong);
    const error = await hub.call("my-balance").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ code: "authentication_failed", status: 401, unknown: false });
    expect(server.calls).toEqual([]);
  });
});

test("a parameter that the password's own would overwrite is refused before anything is sent", async () => {
  const server = await started({ method: "POST", encoding: FORM, type: 1 });
  const hub = await connect(server.url, PASSWORD);
  await expect(hub.call("create-authkey", { type: "password", pass: "another password" })).rejects.toThrow(
    "has a parameter pass of its own",
  );
  expect(server.calls).toEqual([]);
});

test("a new account's name and password are not taken for the caller's", async () => {
  const server = await started({ method: "POST", encoding: FORM, type: 1 });
  const hub = await connect(server.url, PASSWORD);
  await hub.call("create-account", { name: PASSWORD.name, pass: PASSWORD.pass });
  expect(server.calls[0]?.pairs).toEqual(PASSWORD);
});

test("amounts as JSON numbers are refused before anything is sent", async () => {
  const server = await started({ method: "POST", encoding: JSON_BODY, type: 2 });
  const hub = await connect(server.url, KEY);
  await expect(hub.callByName("send-btc", { to_btc_address: "a", amount: 0.1 })).rejects.toThrow(TypeError);
  expect(server.calls).toEqual([]);
});

test("credentials of a type that the hub does not take are refused before a password travels", async () => {
  const server = await started({ method: "POST", encoding: FORM, type: 2 });
  await expect(connect(server.url, PASSWORD)).rejects.toMatchObject({
    code: "authentication_type_unsupported",
  });
});

test("as() calls for another account with the same key", async () => {
  const server = await started({ method: "POST", encoding: FORM, type: 2, ours: true });
  const hub = await connect(server.url, { ...KEY, account: "ac-other" });
  await expect(hub.call("my-balance")).rejects.toMatchObject({ code: "authentication_failed" });
  await hub.as(KEY.account).call("my-balance");
  expect(server.calls[0]?.pairs.account).toBe(KEY.account);
});
