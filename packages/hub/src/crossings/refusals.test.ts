import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answered, call, must } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { invoiceOf, startTown, stateAt, type Town } from "./testing/town.ts";

let town: Town;
beforeAll(async () => {
  town = await startTown({ ceiling: "0" });
}, 120_000);
afterAll(async () => {
  await town?.end();
});

const balance = async () => (await must(town.x.url, "my-balance", {}, town.customer)).available.btc;
const pay = (params: Record<string, string>): Promise<Answered> =>
  call(town.x.url, "pay-invoice", params, town.customer);
const signedOf = ({ invoice_json, signature }: { invoice_json: string; signature: string }) => ({
  invoice_json,
  signature,
});
/** A refusal, and nothing moved. */
const refusal = async (params: Record<string, string>) => {
  const before = await balance();
  const { body, code, status } = await pay(params);
  expect(await balance()).toBe(before);
  return { ...(body.error as Record<string, unknown>), code, status };
};

test("a hub that would wait for a block is not paid for a price that does not last so long", async () => {
  const made = await invoiceOf(town);
  const params = { ...signedOf(made), max_amount: "0.001" };
  expect(await refusal(params)).toMatchObject({ code: "not_accepted_unconfirmed", status: 409 });
  expect(await stateAt(town, made.invoice.btc_address)).toBe("open");
});

test("without a limit by the payer and without a price of its own a hub pays no stranger's price", async () => {
  const made = await invoiceOf(town);
  expect(await refusal(signedOf(made))).toMatchObject({ code: "param_missing", param: "max_amount" });
});

test("what the other hub refuses is told in its own words", async () => {
  const made = await invoiceOf(town, { amount: "999999.00" });
  expect(await refusal({ ...signedOf(made), max_amount: "0.1" })).toMatchObject({
    code: "option_refused",
    reason: "option_size",
  });
});

test("an invoice that was withdrawn at its own hub is not paid, though this one never heard of it", async () => {
  const made = await invoiceOf(town);
  const { btc_address } = made.invoice;
  await must(town.y.url, "withdraw-invoice", { invoice_bitcoin_address: btc_address }, town.cafe);
  expect(await refusal({ ...signedOf(made), max_amount: "0.001" })).toMatchObject({
    code: "invoice_withdrawn",
  });
});

test("a copied till is not paid: the hub that it names does not know it", async () => {
  const key = outsideKey();
  for (const currency of ["CAD", "BTC"]) {
    const json = JSON.stringify({
      btc_address: key.address,
      amount: "0.001",
      currency,
      info: { hub_url: town.y.url, t: Date.now() },
    });
    const params = { invoice_json: json, signature: key.sign(json), max_amount: "0.01" };
    expect(await refusal(params)).toMatchObject({ code: "invoice_not_confirmed" });
  }
});

test("a hub that does not answer, or is none, costs nobody anything", async () => {
  const key = outsideKey();
  const info = { t: Date.now() };
  for (const hub_url of ["http://127.0.0.1:9", `${town.y.url}/nowhere`, "ftp://y.example"]) {
    const json = JSON.stringify({
      btc_address: key.address,
      amount: "5.00",
      currency: "CAD",
      info: { ...info, hub_url },
    });
    const params = { invoice_json: json, signature: key.sign(json), max_amount: "0.01" };
    expect(await refusal(params)).toMatchObject({ code: "peer_unreachable", status: 503 });
  }
});

test("an invoice that names this very hub, which never made it, is none of its own", async () => {
  const key = outsideKey();
  const json = JSON.stringify({
    btc_address: key.address,
    amount: "0.001",
    currency: "BTC",
    info: { hub_url: town.x.publicUrl, t: Date.now() },
  });
  expect(await refusal({ invoice_json: json, signature: key.sign(json) })).toMatchObject({
    code: "invoice_not_confirmed",
  });
});

test("a BTC invoice of another hub is paid by chain, and that hub is told whose payment it is", async () => {
  const made = await invoiceOf(town, { amount: "0.002", currency: "BTC" });
  const low = { ...signedOf(made), max_amount: "0.002" };
  expect(await refusal(low)).toMatchObject({ code: "price_above_limit", most: "0.002" });
  const paid = await must(
    town.x.url,
    "pay-invoice",
    { ...signedOf(made), max_amount: "0.0021" },
    town.customer,
  );
  expect(paid.status).toBe("reserved");
});
