import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { type Credentials, connect, credentialsOf, type Hub } from "@coinholder/client";
import { startChild } from "../child.ts";
import { inFolder } from "../folder.ts";
import type { Figure, Measure } from "../measure.ts";
import type { Start } from "./hub-child.ts";

const WARM_UP = 20;
const PAYMENTS = 100;
/** From one press to the next: a hub takes what another tells of so often and no more. */
const EVERY_MS = 600;
/** Each spends a coin that a block has. */
const COINS = WARM_UP + PAYMENTS + 10;
const COIN_SATS = 20_000;
const PRICE = "3.42";
const AIM_MS = 500;
/** What X asks Y for one payment: how the invoice stands, an option, and to attach identity and option. */
const CALLS = 4;
const DESK = {
  most_open: 1000,
  most_open_per_buyer: 100,
  markets: [{ market: "BTC/CAD", price: { rate: "93500.00" }, spread_bps: 50, most: "0.5" }],
};

interface Place {
  readonly url: string;
  readonly operator: Credentials;
}

const percentile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)]!;
};

const until = async (what: string, is: () => Promise<boolean>): Promise<void> => {
  for (let i = 0; i < 1200; i++) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: not within two minutes`);
};

const newAccount = async (hub: Hub): Promise<Hub> => {
  const { account, authkey } = await hub.call("create-account");
  return hub.as(credentialsOf(account, authkey));
};

/** A customer with many coins, and a café; Y's operator trusts X. */
const people = async (node: TestNode, x: Place, y: Place) => {
  const [hubX, hubY] = [await connect(x.url), await connect(y.url)];
  const [customer, cafe] = [await newAccount(hubX), await newAccount(hubY)];
  const { btc_address } = await customer.call("new-btc-address");
  const payment = await node.pay(Array.from({ length: COINS }, () => [btc_address, COIN_SATS] as const));
  await node.send(payment.raw);
  await node.mine();
  await until("the customer's coins count", async () => {
    const { available } = await customer.call("my-balance");
    return Number(available.btc ?? 0) > 0;
  });
  const operator = hubY.as(y.operator);
  const money = {
    to_account: (y.operator as { account: string }).account,
    currency: "CAD",
    amount: "100000.00",
  };
  await operator.call("operator-credit", { ...money, reference: "wire" });
  await operator.call("operator-set-line", { identity: hubX.overview.identity!.public_key, ceiling: "100" });
  return { customer, cafe };
};

/** From the press of Pay to «paid» at the till, in ms. */
const pay = async (customer: Hub, cafe: Hub): Promise<number> => {
  const { invoice, invoice_json, signature } = await cafe.call("new-invoice", {
    amount: PRICE,
    currency: "CAD",
  });
  const { btc_address } = invoice;
  const paid = (async () => {
    for (let than = "open" as const; ; ) {
      const { state } = await cafe.call("invoice-status", { btc_address, wait_ms: 20_000, than });
      if (state === "paid") return performance.now();
      if (state === than || state === "expired") throw new Error(`the till waits in vain: ${state}`);
      than = state as typeof than;
    }
  })();
  paid.catch(() => {});
  // The till listens.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const pressed = performance.now();
  await customer.call("pay-invoice", { invoice_json, signature, max_amount: "0.001" });
  return (await paid) - pressed;
};

const press = async (url: string, body: string): Promise<number> => {
  const began = performance.now();
  await (await fetch(url, { method: "POST", body })).text();
  return performance.now() - began;
};

export const crossing: Measure = (say) =>
  inFolder(async (folder) => {
    const node = await startDevchainNode();
    const children = ["./crossing/hub-child.js", "./crossing/hub-child.js"].map((one) => startChild(one));
    const bare = ["./crossing/bare-child.js", "./crossing/bare-child.js"].map((one) => startChild(one));
    try {
      const place = async (name: "x" | "y", config: object): Promise<Place> => {
        const data = join(folder, name);
        mkdirSync(data);
        return children[name === "x" ? 0 : 1]!.ask<Place>({
          data,
          bitcoinRpc: node.rpcUrl,
          config,
        } satisfies Start);
      };
      const [x, y] = [await place("x", {}), await place("y", { desk: DESK })];
      const far = await bare[1]!.ask<{ url: string }>({ calls: 0 });
      const near = await bare[0]!.ask<{ url: string; body: string }>({ calls: CALLS, peer: far.url });
      say(`a customer with ${COINS} coins`);
      const { cafe, customer } = await people(node, x, y);
      say(`${PAYMENTS} payments`);
      const [ours, theirs]: [number[], number[]] = [[], []];
      for (let i = 0; i < WARM_UP + PAYMENTS; i++) {
        const next = performance.now() + EVERY_MS;
        const [one, other] = [await pay(customer, cafe), await press(near.url, near.body)];
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
        if (i < WARM_UP) continue;
        ours.push(one);
        theirs.push(other);
      }
      say(`median ${percentile(ours, 0.5).toFixed(0)} ms, p99 ${percentile(ours, 0.99).toFixed(0)} ms`);
      const figure = (part: number, name: string): Figure => ({
        what: `press of Pay to «paid» at the till of another hub, ${name}`,
        unit: "ms",
        ours: percentile(ours, part),
        yardstick: {
          what: `${CALLS} HTTP calls from one process to the other, each with one signature made and checked`,
          value: percentile(theirs, part),
        },
        ...(part === 0.99
          ? { aim: { what: `under ${AIM_MS} ms`, met: percentile(ours, part) < AIM_MS } }
          : {}),
      });
      return [figure(0.5, "median"), figure(0.99, "p99")];
    } finally {
      await Promise.all([...children, ...bare].map((one) => one.end()));
      await node.stop();
    }
  });
