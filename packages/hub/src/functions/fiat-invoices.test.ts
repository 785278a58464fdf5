import { afterAll, beforeAll, expect, test } from "vitest";
import { credit, startWithDesk } from "../testing/desk.ts";
import { call, type Key, must, type TestHub } from "../testing/harness.ts";

const DESK = {
  markets: [
    { market: "BTC/CAD", price: { rate: "100000.00" }, spread_bps: 100, premium_bps: 100, most: "0.01" },
  ],
};

let hub: TestHub;
let alice: Key & { account: string };
let cafe: Key & { account: string };
beforeAll(async () => {
  hub = await startWithDesk(DESK);
  await credit(hub, hub.operator as { account: string }, "5000.00", "CAD");
  alice = await hub.fundedAccount("0.1");
  cafe = await hub.newAccount();
}, 120_000);
afterAll(async () => {
  await hub?.end();
});

const invoice = (amount: string) => must(hub.url, "new-invoice", { amount, currency: "CAD" }, cafe);
const available = async (key: Key) => (await must(hub.url, "my-balance", {}, key)).available;

test("in another currency than BTC it is paid inside its hub at the desk's price, within the payer's limit, at once and once", async () => {
  const { invoice: made, invoice_json, signature } = await invoice("5.00");
  const pay = (more: Record<string, string>) =>
    call(hub.url, "pay-invoice", { invoice_json, signature, ...more }, alice);
  const dear = await pay({ max_amount: "0.00005" });
  expect([dear.code, (dear.body.error as { price: string }).price]).toEqual([
    "price_above_limit",
    "0.00005101",
  ]);
  const paid = await pay({ max_amount: "0.00005101", client_id: "c" });
  expect(paid.body).toMatchObject({ status: "done", fee: "0.00" });
  expect(await pay({ max_amount: "0.00005101", client_id: "c" })).toEqual(paid);
  expect((await pay({})).code).toBe("invoice_not_open");
  expect((await available(alice)).btc).toBe("0.09994899");
  expect(await available(cafe)).toEqual({ cad: "5.00" });
  const { btc_address } = made;
  const status = await must(hub.url, "invoice-status", { btc_address }, cafe);
  expect(status).toMatchObject({ state: "paid", settled: "5.00", received: "0.00" });
  expect(status.due).toBeUndefined();
  const { invoices } = await must(hub.url, "my-invoices", {}, cafe);
  expect(invoices[0]).toMatchObject({ state: "paid", settled: "5.00", transfers: [expect.any(String)] });
  const { paid_t } = invoices[0]!;
  expect(paid_t).toBeGreaterThanOrEqual(made.info.t!);
  expect(paid_t).toBeLessThanOrEqual(Date.now());
});

test("who has the currency pays with it, and the desk is not asked", async () => {
  await credit(hub, alice, "20.00", "CAD");
  const { invoice_json, signature } = await invoice("19.00");
  const btc = (await available(alice)).btc;
  await must(hub.url, "pay-invoice", { invoice_json, signature }, alice);
  expect(await available(alice)).toEqual({ btc, cad: "1.00" });
});

test("what the desk does not sell is refused, and nothing is paid", async () => {
  const { invoice: made, invoice_json, signature } = await invoice("4000.00");
  const { code } = await call(hub.url, "pay-invoice", { invoice_json, signature }, alice);
  expect(code).toBe("option_size");
  const { btc_address } = made;
  expect(await must(hub.url, "invoice-status", { btc_address })).toMatchObject({
    state: "open",
    due: "4000.00",
  });
});

test("in a currency that no desk trades it is paid from the balance or not at all", async () => {
  const { invoice_json, signature } = await must(
    hub.url,
    "new-invoice",
    { amount: "5.00", currency: "EUR" },
    cafe,
  );
  const poor = await call(hub.url, "pay-invoice", { invoice_json, signature }, alice);
  expect([poor.code, (poor.body.error as { currency: string }).currency]).toEqual([
    "insufficient_funds",
    "EUR",
  ]);
});
