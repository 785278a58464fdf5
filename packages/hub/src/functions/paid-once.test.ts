import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Key, must, startTestHub, type TestHub } from "../testing/harness.ts";
import { invoiceText } from "../testing/invoices.ts";
import { outsideKey } from "../testing/outside-key.ts";

let hub: TestHub;
let payer: Key & { account: string };
beforeAll(async () => {
  hub = await startTestHub();
  payer = await hub.fundedAccount("1");
});
afterAll(() => hub.end());

test("an invoice that was paid in part gets the rest, not the whole again", async () => {
  const payee = await hub.newAccount();
  const { invoice, invoice_json, signature } = await must(hub.url, "new-invoice", { amount: "0.01" }, payee);
  const { btc_address } = invoice;
  await must(hub.url, "send-btc", { to_btc_address: btc_address, amount: "0.004" }, payer);
  expect((await must(hub.url, "invoice-status", { btc_address })).state).toBe("underpaid");
  const paying = { invoice_json, signature, client_id: "rest" };
  const paid = await must(hub.url, "pay-invoice", paying, payer);
  expect(await must(hub.url, "pay-invoice", paying, payer)).toEqual(paid);
  expect(await must(hub.url, "invoice-status", { btc_address }, payee)).toMatchObject({
    state: "paid",
    received: "0.01",
  });
  expect((await must(hub.url, "my-balance", {}, payee)).available).toEqual({ btc: "0.01" });
});

test("an invoice from elsewhere is paid by chain once, whoever of the hub tries again, across a restart too", async () => {
  const till = outsideKey();
  const invoice_json = invoiceText(till);
  const params = { invoice_json, signature: till.sign(invoice_json) };
  const before = Number((await must(hub.url, "my-balance", {}, payer)).available.btc);
  const first = await must(hub.url, "pay-invoice", { ...params, client_id: "one" }, payer);
  expect(await must(hub.url, "pay-invoice", { ...params, client_id: "one" }, payer)).toEqual(first);
  const other = await hub.fundedAccount("1");
  hub = await hub.restart();
  for (const key of [payer, other]) {
    const again = await call(hub.url, "pay-invoice", { ...params, client_id: "two" }, key);
    expect(again.code).toBe("invoice_not_open");
    expect(again.body).toMatchObject({ error: { state: "paid" } });
  }
  const after = Number((await must(hub.url, "my-balance", {}, payer)).available.btc);
  expect(Math.round((before - after) * 1e8)).toBe(100_000 + Math.round(Number(first.fee) * 1e8));
});

test("a market's refusals tell amounts as decimals, never raw units", async () => {
  const order = { trade_amt: "0.1", trade_cur: "BTC", for_amt: "6500", for_cur: "USD" };
  const { oid } = await must(hub.url, "place-order", order, payer);
  const rich = await hub.newAccount();
  const credit = { to_account: rich.account, currency: "USD", amount: "10000.00", reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  const buy = { trade_amt: "2600", trade_cur: "USD", for_amt: "0.04", for_cur: "BTC" };
  expect((await must(hub.url, "place-order", buy, rich)).state).toBe("filled");
  const less = await call(hub.url, "amend-order", { oid, trade_amt: "0.03", for_amt: "1950" }, payer);
  expect(less.body).toMatchObject({ error: { code: "amend_invalid", filled: "0.04" } });
});
