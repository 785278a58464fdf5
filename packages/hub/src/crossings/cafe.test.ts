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
  const standing = await must(y.url, "invoice-status", { btc_address: invoice.btc_address }, cafe);
  expect(standing.settled).toBe("3.42");
  expect(standing).not.toHaveProperty("unexchanged");
});

test("two calls of one client_id at once hear the same: none is told «nothing was paid» while the other pays", async () => {
  const { invoice_json, signature } = await invoiceOf(town);
  const params = { invoice_json, signature, max_amount: "0.001", client_id: "coffee-again" };
  const pay = () => call(town.x.url, "pay-invoice", params, town.customer);
  const balance = async () => (await must(town.x.url, "my-balance", {}, town.customer)).available.btc;
  const before = await balance();
  let second: ReturnType<typeof pay> | undefined;
  town.fronts.y.vanishAt("before invoice-status", async () => {
    second = pay();
    // While the first is still asking: what is asked after it has been answered, the second is in the hub.
    for (let i = 0; i < 5; i++) await balance();
    town.fronts.y.mend();
  });
  const first = await pay();
  expect(second, JSON.stringify(first.body)).toBeDefined();
  expect((await second!).body).toEqual(first.body);
  if (first.status !== 200) expect(await balance()).toBe(before);
  const [one, other] = await Promise.all([pay(), pay()]);
  expect(one.status, JSON.stringify(one.body)).toBe(200);
  expect(other.body).toEqual(one.body);
});
