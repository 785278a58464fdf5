import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Key, must, startTestHub, type TestHub } from "../testing/harness.ts";
import { example, runExample, startExample } from "./run.ts";

let hub: TestHub;
let cafe: Key & { account: string };
let till: { token: string; key: string };
beforeAll(async () => {
  hub = await startTestHub();
  cafe = await hub.newAccount();
  const permissions = JSON.stringify([
    [cafe.account, "new-invoice"],
    [cafe.account, "invoice-status"],
  ]);
  const { authkey } = await must(hub.url, "create-authkey", { permissions, label: "till" }, cafe);
  till = { token: authkey.token, key: authkey.key! };
});
afterAll(() => hub.end());

const env = () => ({ HUB: hub.url, TOKEN: till.token, KEY: till.key, ACCOUNT: cafe.account });

test("the till among the examples makes invoices with a key that can do nothing else, and tells what is paid", async () => {
  const customer = await hub.fundedAccount("0.5");
  const { child, says, ended, out, err } = startExample("till.mjs", [], {
    ...env(),
    LAT: "45.508888",
    LNG: "-73.561668",
  });
  child.stdin!.write("0.002 BTC Two espressos\n0.003 BTC\nwhat is this\n0 BTC nothing\n");
  const [, firstCode, first] = await says(/([0-9]{3}): 0\.002 BTC to (\S+)/);
  const [, secondCode, second] = await says(/([0-9]{3}): 0\.003 BTC to (\S+)/);
  const near = { lat: "45.508888", lng: "-73.561668", random: firstCode! };
  const { invoices } = await must(hub.url, "search-invoices", near);
  expect(invoices.map(({ btc_address }) => btc_address)).toContain(first);
  await must(hub.url, "send-btc", { to_btc_address: first!, amount: "0.002", client_id: "a" }, customer);
  await says(new RegExp(`${firstCode}: paid`));
  // Less than was asked for: it goes on waiting for the rest.
  await must(hub.url, "send-btc", { to_btc_address: second!, amount: "0.001", client_id: "b" }, customer);
  await says(new RegExp(`${secondCode}: underpaid, 0\\.002[0]* to come`));
  await must(hub.url, "send-btc", { to_btc_address: second!, amount: "0.002", client_id: "c" }, customer);
  await says(new RegExp(`${secondCode}: paid`));
  child.stdin!.end();
  expect(await ended).toBe(0);
  expect(err()).toMatch(/type it so/);
  expect(err()).toMatch(/amount_invalid/);
  expect(
    out()
      .split("\n")
      .filter((line) => line.endsWith("paid")),
  ).toHaveLength(2);
});

test("it is no longer than sixty lines, and says what it needs", async () => {
  expect(readFileSync(example("till.mjs"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(60);
  expect(await runExample("till.mjs")).toMatchObject({
    code: 1,
    err: expect.stringContaining("must be set"),
  });
});
