// A till: each line that the cashier types, such as "3.42 CAD Two espressos", becomes an invoice, and is told when it is paid.
//
//   HUB=https://hub.example TOKEN=ak-... KEY=... ACCOUNT=ac-... node till.mjs
//
// The key need hold no more than new-invoice and invoice-status on the café's account: whoever steals the till gets no money. LAT and LNG,
// if set, say where the till stands, so that phones nearby find the invoice by its code.
import { randomInt } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, HubError } from "@coinholder/client";

const { HUB = "http://127.0.0.1:8420", TOKEN, KEY, ACCOUNT, LAT, LNG } = process.env;
if (!TOKEN || !KEY || !ACCOUNT) throw new Error("TOKEN, KEY and ACCOUNT must be set");
const hub = await connect(HUB, { token: TOKEN, key: KEY, account: ACCOUNT });
const place = LAT && LNG ? { lat: LAT, lng: LNG } : {};

/** Words for the cashier: a refusal by the hub's own message. Other errors are ours. */
const words = (error) => {
  if (error instanceof HubError) return `${error.code}: ${error.message}`;
  throw error;
};

const OVER = ["paid", "overpaid", "expired", "withdrawn"];
/** Tells each change of the invoice until nothing more can come. A lost connection is no reason to give it up. */
const follow = async (btc_address, code) => {
  for (let than = "open"; !OVER.includes(than); ) {
    try {
      const { state, due } = await hub.call("invoice-status", { btc_address, than, wait_ms: 20_000 });
      if (state !== than) console.log(`${code}: ${state}${state === "underpaid" ? `, ${due} to come` : ""}`);
      than = state;
    } catch (error) {
      console.error(`${code}: ${words(error)}`);
      if (error.status >= 400 && error.status < 500 && error.code !== "rate_limited") return;
      await sleep(2_000);
    }
  }
};

/** The codes that cashiers read out: no two customers wait with the same. */
const codes = Array.from({ length: 1_000 }, (_, code) => String(code).padStart(3, "0"));
const sell = async (line) => {
  const [, amount, currency, memo] = /^\s*([0-9.]+)\s*([A-Z]{3})\s*(.*?)\s*$/.exec(line) ?? [];
  if (amount === undefined) return console.error('type it so: "3.42 CAD Two espressos"');
  const [random] = codes.splice(randomInt(codes.length), 1);
  const sale = { amount, currency, random, ...place, ...(memo && { memo }) };
  const { invoice } = await hub.call("new-invoice", sale);
  console.log(`${random}: ${amount} ${currency} to ${invoice.btc_address}`);
  await follow(invoice.btc_address, random);
  codes.push(random);
};

const sales = [];
for await (const line of createInterface({ input: process.stdin }))
  if (line.trim() !== "") sales.push(sell(line).catch((error) => console.error(words(error))));
await Promise.all(sales);
