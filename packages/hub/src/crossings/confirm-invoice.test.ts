import { afterAll, beforeAll, expect, test } from "vitest";
import { call, must } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { invoiceOf, startTown, type Town } from "./testing/town.ts";

let town: Town;
beforeAll(async () => {
  town = await startTown({ ceiling: "0" });
}, 120_000);
afterAll(async () => {
  await town?.end();
});

const confirm = (btc_address: string) => must(town.x.url, "confirm-invoice", { btc_address }, town.customer);
const post = ({ invoice_json, signature }: { invoice_json: string; signature: string }) =>
  must(town.x.url, "broadcast-invoice", { invoice_json, signature });
/** Somebody's own, signed by its address, that names that hub. */
const copied = async (hub_url?: string): Promise<string> => {
  const key = outsideKey();
  const { address } = key;
  const info = { t: Date.now(), ...(hub_url === undefined ? {} : { hub_url }) };
  const invoice_json = JSON.stringify({ btc_address: address, amount: "0.001", currency: "BTC", info });
  await post({ invoice_json, signature: key.sign(invoice_json) });
  return address;
};
const statusAsked = () => town.fronts.y.answered.filter((fn) => fn === "invoice-status").length;

test("the hub asks the one that an invoice names, once for all who look at it within seconds", async () => {
  const made = await invoiceOf(town);
  await post(made);
  const { btc_address } = made.invoice;
  const before = statusAsked();
  const told = { btc_address, hub_url: town.y.publicUrl, confirmed: true, state: "payable", due: "3.42" };
  expect(await Promise.all([confirm(btc_address), confirm(btc_address)])).toEqual([told, told]);
  expect(await confirm(btc_address)).toEqual(told);
  expect(statusAsked()).toBe(before + 1);
});

test("one that ended at its own hub is confirmed, and told as ended", async () => {
  const made = await invoiceOf(town);
  await post(made);
  const { btc_address } = made.invoice;
  await must(town.y.url, "withdraw-invoice", { invoice_bitcoin_address: btc_address }, town.cafe);
  const { confirmed, due, state } = await confirm(btc_address);
  expect({ confirmed, due, state }).toEqual({ confirmed: true, due: undefined, state: "withdrawn" });
});

test("this hub's own needs nobody", async () => {
  const { invoice } = await must(town.x.url, "new-invoice", { amount: "0.001" }, town.customer);
  expect(await confirm(invoice.btc_address)).toMatchObject({
    confirmed: true,
    state: "payable",
    due: "0.001",
  });
});

test("a copied till is not confirmed, whichever hub it names", async () => {
  expect(await confirm(await copied(town.y.publicUrl))).toMatchObject({
    confirmed: false,
    reason: "invoice_not_confirmed",
  });
  expect(await confirm(await copied(`${town.x.publicUrl}/`))).toMatchObject({
    confirmed: false,
    reason: "invoice_not_confirmed",
  });
  expect(await confirm(await copied())).toMatchObject({ confirmed: false, reason: "no_hub" });
  expect(await confirm(await copied("http://127.0.0.1:9"))).toMatchObject({
    confirmed: false,
    reason: "unreachable",
  });
});

test("only what this hub knows is asked for, by an account, and not without end", async () => {
  const asked = (btc_address: string) => call(town.x.url, "confirm-invoice", { btc_address }, town.customer);
  expect((await asked(outsideKey().address)).code).toBe("invoice_unknown");
  const one = await copied(town.y.publicUrl);
  expect((await call(town.x.url, "confirm-invoice", { btc_address: one })).code).toBe(
    "authentication_missing",
  );
  // Made up front: making them is slower than the limit fills up again.
  const many = await Promise.all(Array.from({ length: 40 }, () => copied("http://127.0.0.1:9")));
  const codes = (await Promise.all(many.map(asked))).map(({ code }) => code);
  expect(codes).toContain("rate_limited");
  // What is remembered costs nothing.
  expect((await asked(many[codes.indexOf(undefined)]!)).status).toBe(200);
});
