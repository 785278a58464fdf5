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

const cafeHas = async () => (await must(town.y.url, "my-balance", {}, town.cafe)).available;
const crossingOf = async (id: string) => (await transferOf(town.x, town.customer, id)).crossing;

test("BTC from elsewhere, before and after: the payee's, beside the CAD that a payment by invoice brings once", async () => {
  const { invoice, invoice_json, signature } = await invoiceOf(town, { amount: "5.00" });
  const { btc_address } = invoice;
  await town.node.fund(btc_address, 1000);
  await town.mine();
  await heard(town, btc_address, "underpaid");
  const told = () => must(town.y.url, "invoice-status", { btc_address }, town.cafe);
  expect(await told()).toMatchObject({ settled: "0.00", received: "0.00001", unexchanged: "0.00001" });
  const before = await cafeHas();
  await must(town.x.url, "pay-invoice", { invoice_json, signature, max_amount: "0.001" }, town.customer);
  await heard(town, btc_address, "overpaid");
  await town.node.fund(btc_address, 2000);
  await town.mine();
  await until(cafeHas, ({ btc }) => Math.round((Number(btc) - Number(before.btc)) * 1e8) === 2000);
  // What was exchanged is none of it.
  expect(await told()).toMatchObject({ settled: "5.00", unexchanged: "0.00003" });
  const after = await cafeHas();
  expect(Number(after.cad) - Number(before.cad ?? 0)).toBeCloseTo(5, 6);
  const second = await call(
    town.x.url,
    "pay-invoice",
    { invoice_json, signature, max_amount: "0.001", client_id: "again" },
    town.customer,
  );
  expect(second.code).toBe("invoice_not_open");
});

test("paid inside its hub between the option and the coins: the coins are the payee's too, and the payer's hub is told", async () => {
  const { invoice, invoice_json, signature } = await invoiceOf(town);
  const neighbour = await town.y.newAccount();
  await must(
    town.y.url,
    "operator-credit",
    { to_account: neighbour.account, currency: "CAD", amount: "10.00", reference: "wire" },
    town.y.operator,
  );
  const before = await cafeHas();
  town.fronts.y.vanishAt("before attach-identity-to-transfer", async () => {
    await must(town.y.url, "pay-invoice", { invoice_json, signature }, neighbour);
  });
  const paid = await must(
    town.x.url,
    "pay-invoice",
    { invoice_json, signature, max_amount: "0.001" },
    town.customer,
  );
  await town.fronts.y.vanished();
  await heard(town, invoice.btc_address, "paid");
  town.fronts.y.mend();
  await heard(town, invoice.btc_address, "overpaid");
  const crossing = await until(
    () => crossingOf(paid.transfer_id),
    (told) => told?.option !== undefined,
    60_000,
  );
  expect(crossing).toEqual({ identity: "credited", option: "exercised" });
  const after = await cafeHas();
  // By what the option was sold for: the CAD once more, as the desk had promised.
  expect(Number(after.cad) - Number(before.cad)).toBeCloseTo(2 * 3.42, 6);
});
