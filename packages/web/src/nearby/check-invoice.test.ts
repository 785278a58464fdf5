import { expect, test } from "vitest";
import { outsideInvoice } from "../testing/outside-invoice.ts";
import { checkInvoice } from "./check-invoice.ts";

const info = {
  memo: "Two espressos",
  random: "417",
  lat: "45.508888",
  lng: "-73.561668",
  t: 1_795_348_800_000,
};
const good = outsideInvoice({ info });

test("an invoice that its own address signed is believed, with particulars and without", () => {
  expect(checkInvoice(good)).toBe(true);
  expect(checkInvoice(outsideInvoice())).toBe(true);
  expect(checkInvoice({ ...good, btc_address: good.btc_address.toUpperCase() })).toBe(true);
});

test.each([
  ["another amount than was signed", { amount: "0.0001" }],
  ["another currency", { currency: "USD" }],
  ["another memo", { info: { ...info, memo: "One espresso" } }],
  ["another place", { info: { ...info, lat: "45.5" } }],
  ["a member that was not signed", { info: { ...info, hub_url: "https://hub.example" } }],
  ["a member left out", { info: { memo: info.memo } }],
  ["another address", { btc_address: "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk" }],
  ["another text", { invoice_json: good.invoice_json.replace("espressos", "teas") }],
  ["a space more", { invoice_json: `${good.invoice_json} ` }],
  ["no JSON", { invoice_json: "{" }],
  ["a list for info", { invoice_json: JSON.stringify({ ...JSON.parse(good.invoice_json), info: [] }) }],
  ["the signature of another invoice", { signature: outsideInvoice().signature }],
  ["no signature", { signature: "" }],
])("a hub that tells %s is not believed", (_what, lie) => {
  expect(checkInvoice({ ...good, ...lie })).toBe(false);
});

test("a consistent forgery, signed for another address, is not believed", () => {
  const stolen = "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk";
  const invoice_json = good.invoice_json.replace(good.btc_address, stolen);
  expect(checkInvoice({ ...good, btc_address: stolen, invoice_json })).toBe(false);
});

test("a name that stands twice in the signed text is not believed: readers would differ on what it says", () => {
  const invoice_json = good.invoice_json.replace('{"btc', '{"amount":"9","btc');
  expect(checkInvoice({ ...good, invoice_json })).toBe(false);
});
