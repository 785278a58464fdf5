import { afterAll, beforeAll, expect, test } from "vitest";
import { call, must, until } from "../testing/harness.ts";
import { heard, invoiceOf, startTown, type Town, transferOf } from "./testing/town.ts";

let town: Town;
beforeAll(async () => {
  town = await startTown();
}, 120_000);
afterAll(async () => {
  await town?.end();
});

test("a customer of one hub pays CAD at a till of another: the till hears «paid» before any block", async () => {
  const { cafe, customer, x, y } = town;
  const { invoice, invoice_json, signature } = await invoiceOf(town, { memo: "Two espressos" });
  const till = must(
    y.url,
    "invoice-status",
    { btc_address: invoice.btc_address, wait_ms: "20000", than: "open" },
    cafe,
  );
  const paid = await must(
    x.url,
    "pay-invoice",
    { invoice_json, signature, max_amount: "0.001", client_id: "coffee" },
    customer,
  );
  expect(paid.status).toBe("reserved");
  expect(["seen", "underpaid", "paid"]).toContain((await till).state);
  await heard(town, invoice.btc_address, "paid");
  expect((await must(y.url, "my-balance", {}, cafe)).available).toEqual({ cad: "3.42" });
  const told = await until(
    () => transferOf(x, customer, paid.transfer_id),
    ({ crossing }) => crossing?.option !== undefined,
  );
  expect(told.crossing).toEqual({ identity: "credited", option: "exercised" });

  const again = { invoice_json, signature, max_amount: "0.001", client_id: "coffee" };
  expect(await must(x.url, "pay-invoice", again, customer)).toEqual(paid);
  const twice = await call(x.url, "pay-invoice", { invoice_json, signature, max_amount: "0.001" }, customer);
  expect(twice.code).toBe("invoice_not_open");
  await town.mine();
  expect((await must(y.url, "invoice-status", { btc_address: invoice.btc_address }, cafe)).settled).toBe(
    "3.42",
  );
});

test("a payment that was sent meanwhile by a call of the same client_id is not told as refused", async () => {
  const made = await invoiceOf(town);
  const { invoice_json, signature } = made;
  const params = { invoice_json, signature, max_amount: "0.001", client_id: "coffee-again" };
  const before = Number((await must(town.x.url, "my-balance", {}, town.customer)).available.btc);
  let paid: unknown;
  town.fronts.y.vanishAt("before invoice-status", async () => {
    town.fronts.y.mend();
    paid = await must(town.x.url, "pay-invoice", params, town.customer);
  });
  const { body } = await call(town.x.url, "pay-invoice", params, town.customer);
  expect(paid, JSON.stringify(body)).toBeDefined();
  expect(body).toEqual(paid);
  expect(Number((await must(town.x.url, "my-balance", {}, town.customer)).available.btc)).toBeLessThan(
    before,
  );
});
