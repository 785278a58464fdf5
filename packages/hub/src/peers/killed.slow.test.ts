import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accountOf, call, type Key, must, newFolder, until } from "../testing/harness.ts";
import { invoiceText } from "../testing/invoices.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { randomOf } from "../testing/random.ts";
import {
  freePorts,
  keyForPeer,
  neighbours,
  settled,
  shapes,
  startTownChain,
  startTownHub,
  startTownProcess,
  stateAt,
  type TownProcess,
} from "../testing/town.ts";

const HUBS = 10;
const random = randomOf(7);
const shape = shapes(HUBS, random).web;
const folders = Array.from({ length: HUBS }, () => newFolder());

let chain: Awaited<ReturnType<typeof startTownChain>>;
let ports: number[];
/** The key of a peer that has gone bad: it may tell the first hub whatever it likes. */
let rogue: Key;
const hubs: TownProcess[] = [];
const shops: (Key & { account: string })[] = [];

const urlOf = (i: number): string => `http://127.0.0.1:${ports[i]}`;
const keyFile = (of: number): string => `key-of-${of}.json`;

const start = async (i: number): Promise<void> => {
  const peers = neighbours(shape, i).map((of) => ({ url: urlOf(of), authkey_file: keyFile(of) }));
  hubs[i] = await startTownProcess({ port: ports[i]!, data: folders[i]!, bitcoinRpc: chain.rpc, peers });
};

// Each gives each of its neighbours a key, then all are started with them.
beforeAll(async () => {
  chain = await startTownChain();
  ports = await freePorts(HUBS);
  for (const [i, data] of folders.entries()) {
    const hub = await startTownHub({ port: ports[i]!, data, bitcoinRpc: chain.rpc });
    shops.push(await accountOf(hub.url));
    for (const to of neighbours(shape, i)) {
      const given = await keyForPeer(hub, urlOf(to));
      writeFileSync(join(folders[to]!, keyFile(i)), JSON.stringify(given));
    }
    if (i === 0) {
      const { account, authkey } = await keyForPeer(hub, "https://rogue.example");
      rogue = { account, token: authkey.token, key: authkey.key };
    }
    await hub.close();
  }
  for (let i = 0; i < HUBS; i++) await start(i);
  await Promise.all(hubs.map(settled));
}, 300_000);
afterAll(async () => {
  await Promise.all(hubs.map((hub) => hub.kill()));
  await chain.end();
  for (const data of folders) rmSync(data, { recursive: true, force: true });
});

test("half of ten hubs are killed and come back under a flood of forged invoices: all live ones are known everywhere, no forged one anywhere", {
  timeout: 300_000,
}, async () => {
  const forged: string[] = [];
  let flooding = true;
  const honest = outsideKey();
  const lies = [
    (address: string) => invoiceText({ address }),
    (address: string) => invoiceText({ address }, { t: Date.now() - 3_600_000 }),
    (address: string) => invoiceText({ address }, { t: Date.now() + 3_600_000 }),
    (address: string) => invoiceText({ address }, {}, { amount: "-1" }),
    (address: string) => invoiceText({ address }, { memo: "x".repeat(5000) }),
  ];
  const flood = async (as: Key | undefined): Promise<void> => {
    for (let i = 0; flooding; i++) {
      const { address } = outsideKey();
      const invoice_json = lies[i % lies.length]!(address);
      const to = as ? 0 : i % HUBS;
      forged.push(address);
      // Signed by somebody else.
      const params = { invoice_json, signature: honest.sign(invoice_json) };
      await call(urlOf(to), "broadcast-invoice", params, as).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const floods = [flood(undefined), flood(rogue)];

  const live: string[] = [];
  const taken: string[] = [];
  const post = async (i: number): Promise<void> => {
    const made = await until(
      () => call(urlOf(i), "new-invoice", { amount: "0.001" }, shops[i]),
      ({ status }) => status === 200,
      60_000,
    );
    live.push((made.body.invoice as { btc_address: string }).btc_address);
    const key = outsideKey();
    const text = invoiceText(key);
    // As a neighbour would: strangers have little of a turn in a flood.
    const told = await until(
      () =>
        call(
          urlOf(i),
          "broadcast-invoice",
          { invoice_json: text, signature: key.sign(text) },
          hubs[i]!.operator,
        ),
      ({ status }) => status === 200,
      60_000,
    );
    expect(told.status).toBe(200);
    live.push(key.address);
  };
  const takeBack = async (i: number): Promise<void> => {
    const made = await must(urlOf(i), "new-invoice", { amount: "0.001" }, shops[i]);
    const { btc_address } = made.invoice;
    await must(urlOf(i), "withdraw-invoice", { invoice_bitcoin_address: btc_address }, shops[i]);
    taken.push(btc_address);
  };

  const killed = new Set<number>();
  while (killed.size < HUBS / 2) killed.add(random.below(HUBS));
  for (let i = 0; i < HUBS; i++) await post(i);
  // In the middle of telling.
  await Promise.all([...killed].map((i) => hubs[i]!.kill()));
  for (let i = 0; i < HUBS; i++)
    if (!killed.has(i)) {
      await post(i);
      await takeBack(i);
    }
  for (const i of killed) {
    await start(i);
    await post(i);
  }
  const began = performance.now();
  const not = async (state: string, addresses: readonly string[]): Promise<string[]> => {
    const missing: string[] = [];
    for (const address of addresses)
      for (let i = 0; i < HUBS; i++)
        if ((await stateAt(urlOf(i), address)) !== state) missing.push(`${address} at ${i}`);
    return missing;
  };
  await until(
    () => not("open", live),
    (missing) => missing.length === 0,
    120_000,
  );
  console.log(
    `${live.length} live invoices known to all ${Math.round(performance.now() - began)} ms after the last start; ${forged.length} forged`,
  );
  flooding = false;
  await Promise.all(floods);
  await Promise.all(hubs.map(settled));
  for (let i = 0; i < HUBS; i++) {
    const { invoices } = await must(urlOf(i), "search-invoices", { limit: "100" });
    const found = new Set(invoices.map(({ btc_address }) => btc_address));
    expect(
      forged.filter((address) => found.has(address)),
      `forged at ${i}`,
    ).toEqual([]);
    expect(taken.filter((address) => found.has(address))).toEqual([]);
    expect(live.filter((address) => !found.has(address))).toEqual([]);
    expect(invoices).toHaveLength(live.length);
  }
  expect(forged.length).toBeGreaterThan(50);
});
