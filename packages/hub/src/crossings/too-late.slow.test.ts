import { afterAll, beforeAll, expect, test } from "vitest";
import { call, must, until } from "../testing/harness.ts";
import { DESK, heard, invoiceOf, startTown, stateAt, type Town, transferOf } from "./testing/town.ts";

let town: Town;
beforeAll(async () => {
  town = await startTown({ desk: { ...DESK, life_s: 10 } });
}, 120_000);
afterAll(async () => {
  await town?.end();
});

const cafeHas = async () => (await must(town.y.url, "my-balance", {}, town.cafe)).available;
const crossingOf = async (id: string) => (await transferOf(town.x, town.customer, id)).crossing;

test("the option ends before its hub hears of the coins: the payee keeps the BTC, and both sides are told", async () => {
  const { invoice, invoice_json, signature } = await invoiceOf(town);
  town.fronts.y.vanishAt("before attach-identity-to-transfer");
  const paid = await must(
    town.x.url,
    "pay-invoice",
    { invoice_json, signature, max_amount: "0.001" },
    town.customer,
  );
  await town.fronts.y.vanished();
  expect(await crossingOf(paid.transfer_id)).toEqual({});
  await new Promise((resolve) => setTimeout(resolve, 11_000));
  town.fronts.y.mend();
  const crossing = await until(
    () => crossingOf(paid.transfer_id),
    (told) => told?.option !== undefined,
    60_000,
  );
  expect(crossing).toMatchObject({ identity: "credited" });
  expect(["expired", "option_not_open"]).toContain(crossing!.option);
  await heard(town, invoice.btc_address, "underpaid");
  const { amount } = await transferOf(town.x, town.customer, paid.transfer_id);
  expect(await cafeHas()).toEqual({ btc: amount });
  await town.mine();
  expect(await cafeHas()).toEqual({ btc: amount });
});

test("a hub that stays away until the payment is settled is told no more: its payee has the BTC as any deposit", async () => {
  const { invoice, invoice_json, signature } = await invoiceOf(town, { amount: "0.003", currency: "BTC" });
  town.fronts.y.vanishAt("before attach-identity-to-transfer");
  const paid = await must(town.x.url, "pay-invoice", { invoice_json, signature }, town.customer);
  await town.fronts.y.vanished();
  await town.mine(8);
  const crossing = await until(
    () => crossingOf(paid.transfer_id),
    (told) => told?.given_up === true,
    90_000,
  );
  expect(crossing).toEqual({ given_up: true });
  expect(await stateAt(town, invoice.btc_address)).toBe("paid");
  town.fronts.y.mend();
});

test("an invoice that expires before it is paid is refused by both hubs", async () => {
  const { invoice, invoice_json, signature } = await invoiceOf(town, {
    expires_t: String(Date.now() + 1500),
  });
  await heard(town, invoice.btc_address, "expired");
  const refused = await call(
    town.x.url,
    "pay-invoice",
    { invoice_json, signature, max_amount: "0.001" },
    town.customer,
  );
  expect(refused.code).toBe("invoice_time");
});
