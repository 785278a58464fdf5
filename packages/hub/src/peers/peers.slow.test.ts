import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Key, must, newFolder, until } from "../testing/harness.ts";
import { asStranger, freshCode, invoiceText } from "../testing/invoices.ts";
import { outsideKey } from "../testing/outside-key.ts";
import {
  chainUrlOf,
  freePorts,
  keyForPeer,
  startTownHub,
  stateAt,
  type TownHub,
  type TownHubOptions,
} from "../testing/town.ts";

const PLACE = { lat: "45.508888", lng: "-73.561668" };

let x: TownHub;
let y: TownHub;
let ports: number[];
let yOptions: TownHubOptions;
let shop: Key & { account: string };

// X and Y are each other's peers; X signs its calls with a key that Y's operator gave it.
beforeAll(async () => {
  ports = await freePorts(2);
  const [xUrl, yUrl] = ports.map((port) => `http://127.0.0.1:${port}`) as [string, string];
  const xData = newFolder();
  // Y first, without peers, so that there is a key to give.
  y = await startTownHub({ port: ports[1]! });
  const given = await keyForPeer(y, xUrl);
  await y.close();
  yOptions = { port: ports[1]!, data: y.data, peers: [{ url: `${xUrl}/` }] };
  y = await startTownHub(yOptions);
  writeFileSync(join(xData, "key-of-y.json"), JSON.stringify(given));
  x = await startTownHub({
    port: ports[0]!,
    data: xData,
    bitcoinRpc: chainUrlOf(y, y.data),
    peers: [{ url: yUrl, authkey_file: "key-of-y.json" }],
  });
  shop = await newShop(x);
});
afterAll(async () => {
  await x.close();
  await y.close();
  for (const { data } of [x, y]) rmSync(data, { recursive: true, force: true });
});

const newShop = async ({ url }: TownHub): Promise<Key & { account: string }> => {
  await until(
    () => call(url, "ticker", { market: "BTC/USD" }),
    ({ status }) => status === 200,
  );
  const { account, authkey } = await must(url, "create-account");
  return { account, token: authkey.token, key: authkey.key! };
};
const post = async (params: Record<string, string> = {}): Promise<string> => {
  const made = await until(
    () => call(x.url, "new-invoice", { amount: "0.001", ...PLACE, ...params }, shop),
    ({ status }) => status === 200,
    60_000,
  );
  return (made.body.invoice as { btc_address: string }).btc_address;
};
const becomes = (hub: TownHub, address: string, state: string) =>
  until(
    () => stateAt(hub.url, address),
    (is) => is === state,
    60_000,
  );
const peerOf = async (hub: TownHub) => (await must(hub.url, "operator-peers", {}, hub.operator)).peers[0]!;
const isUp = (hub: TownHub) =>
  until(
    () => peerOf(hub),
    ({ up }) => up,
    60_000,
  );
const calls = async (hub: TownHub): Promise<number> =>
  (await must(hub.url, "operator-status", {}, hub.operator)).journal_seq;

test("an invoice made here is known at the peer, and its withdrawal by its owner too, signed by its address", async () => {
  const address = await post({ random: freshCode() });
  await becomes(y, address, "open");
  await must(x.url, "withdraw-invoice", { invoice_bitcoin_address: address }, shop);
  await becomes(y, address, "withdrawn");
});

test("an invoice that a stranger broadcasts is told on as well, with the signature that came, and so is its withdrawal", async () => {
  const key = outsideKey();
  const text = invoiceText(key, { ...PLACE });
  expect(
    (await asStranger(y.url, "broadcast-invoice", { invoice_json: text, signature: key.sign(text) })).status,
  ).toBe(200);
  await becomes(x, key.address, "open");
  const taken = {
    invoice_bitcoin_address: key.address,
    signature: key.sign(`withdraw-invoice:${key.address}`),
  };
  expect((await asStranger(y.url, "withdraw-invoice", taken)).status).toBe(200);
  await becomes(x, key.address, "withdrawn");
});

test("one without a time is told to nobody, nor is what the first hub refuses", async () => {
  const timeless = outsideKey();
  const text = invoiceText(timeless, { t: undefined });
  const forged = outsideKey();
  const false_ = invoiceText(forged);
  await asStranger(x.url, "broadcast-invoice", { invoice_json: text, signature: timeless.sign(text) });
  expect(
    (await asStranger(x.url, "broadcast-invoice", { invoice_json: false_, signature: timeless.sign(false_) }))
      .code,
  ).toBe("invoice_signature_invalid");
  const address = await post();
  await becomes(y, address, "open");
  expect([await stateAt(y.url, timeless.address), await stateAt(y.url, forged.address)]).toEqual([
    undefined,
    undefined,
  ]);
});

test("two that are each other's peers do not loop: each invoice is told once, and not back to whose key told it", async () => {
  await isUp(x);
  await isUp(y);
  const [sentX, sentY, journaledY] = [(await peerOf(x)).sent, (await peerOf(y)).sent, await calls(y)];
  for (let i = 0; i < 5; i++) await becomes(y, await post(), "open");
  // One more there and back: what would have looped had time to.
  const key = outsideKey();
  const text = invoiceText(key);
  await asStranger(y.url, "broadcast-invoice", { invoice_json: text, signature: key.sign(text) });
  await becomes(x, key.address, "open");
  const idle = ({ queue }: { queue: number }) => queue === 0;
  await until(() => peerOf(x), idle);
  await until(() => peerOf(y), idle);
  // X has no key of its own operator's to know Y by: it tells that one back, once, and Y knows it already.
  expect((await peerOf(x)).sent - sentX).toBe(6);
  expect((await peerOf(y)).sent - sentY).toBe(1);
  expect((await calls(y)) - journaledY).toBe(6);
});

test("what is known by its bytes is answered at once, whatever signature comes with it; other bytes are a conflict", async () => {
  const key = outsideKey();
  const text = invoiceText(key);
  const told = (invoice_json: string, signature: string) =>
    asStranger(x.url, "broadcast-invoice", { invoice_json, signature });
  expect((await told(text, key.sign(text))).status).toBe(200);
  const before = await calls(x);
  expect((await told(text, "smpAA==")).status).toBe(200);
  const other = invoiceText(key, { memo: "other" });
  expect((await told(other, "smpAA==")).code).toBe("invoice_conflict");
  const taken = {
    invoice_bitcoin_address: key.address,
    signature: key.sign(`withdraw-invoice:${key.address}`),
  };
  expect((await asStranger(x.url, "withdraw-invoice", taken)).status).toBe(200);
  expect((await asStranger(x.url, "withdraw-invoice", { ...taken, signature: "smpAA==" })).status).toBe(200);
  expect((await told(text, key.sign(text))).code).toBe("invoice_withdrawn");
  expect((await calls(x)) - before).toBe(1);
});

test("a copied till is ambiguous at the peer too", async () => {
  const random = freshCode();
  const own = await post({ random });
  const copy = outsideKey();
  const text = invoiceText(copy, { random, ...PLACE });
  await asStranger(y.url, "broadcast-invoice", { invoice_json: text, signature: copy.sign(text) });
  for (const hub of [x, y]) {
    await becomes(hub, own, "open");
    await becomes(hub, copy.address, "open");
    const { invoices } = await must(hub.url, "search-invoices", { random, ...PLACE });
    expect(invoices.map(({ ambiguous }) => ambiguous)).toEqual([true, true]);
  }
});

test("a peer has a budget of its own that strangers cannot use up; a stranger's account is no peer", async () => {
  const url = `http://127.0.0.1:${ports[0]}`;
  const given = await keyForPeer(y, url);
  const peer = { account: given.account, token: given.authkey.token, key: given.authkey.key };
  const { account, authkey } = await must(y.url, "create-account");
  const anybody = { account, token: authkey.token, key: authkey.key! };
  const bad = { invoice_json: "x", signature: "x" };
  const many = (count: number, one: () => Promise<{ code: string | undefined }>) =>
    Promise.all(Array.from({ length: count }, one)).then((answers) => answers.map(({ code }) => code));
  // Each from a source of its own: the common budget is what ends.
  const codes = await many(600, () => asStranger(y.url, "broadcast-invoice", bad));
  expect(codes).toContain("invoice_malformed");
  expect(codes).toContain("rate_limited");
  const asAnybody = await many(200, () => call(y.url, "broadcast-invoice", bad, anybody));
  const asPeer = new Set(await many(100, () => call(y.url, "broadcast-invoice", bad, peer)));
  expect(asAnybody).toContain("rate_limited");
  expect([...asPeer]).toEqual(["invoice_malformed"]);
});

test("a peer that was down gets what is live when it returns, and what was withdrawn meanwhile; a restart forgets nothing of it", async () => {
  const [kept, taken] = [await post(), await post()];
  await becomes(y, taken, "open");
  const stranger = outsideKey();
  const text = invoiceText(stranger);
  await asStranger(x.url, "broadcast-invoice", { invoice_json: text, signature: stranger.sign(text) });
  await becomes(y, stranger.address, "open");
  const chain = chainUrlOf(y, y.data);
  // X follows Y's chain: it has to be up for new addresses.
  expect(chain).toContain("127.0.0.1");
  const early = await post();
  await y.close();
  await until(
    async () => {
      // Something to tell, so that it is noticed.
      const key = outsideKey();
      const other = invoiceText(key);
      await asStranger(x.url, "broadcast-invoice", { invoice_json: other, signature: key.sign(other) });
      return peerOf(x);
    },
    ({ up, trouble }) => !up && trouble === "unreachable",
    60_000,
  );
  await must(x.url, "withdraw-invoice", { invoice_bitcoin_address: taken }, shop);
  await asStranger(x.url, "withdraw-invoice", {
    invoice_bitcoin_address: stranger.address,
    signature: stranger.sign(`withdraw-invoice:${stranger.address}`),
  });
  const missed = outsideKey();
  const late = invoiceText(missed);
  await asStranger(x.url, "broadcast-invoice", { invoice_json: late, signature: missed.sign(late) });
  const gone = outsideKey();
  const over = invoiceText(gone);
  await asStranger(x.url, "broadcast-invoice", { invoice_json: over, signature: gone.sign(over) });
  await asStranger(x.url, "withdraw-invoice", {
    invoice_bitcoin_address: gone.address,
    signature: gone.sign(`withdraw-invoice:${gone.address}`),
  });
  const options = { port: ports[0]!, data: x.data, bitcoinRpc: chain };
  await x.close();
  x = await startTownHub({
    ...options,
    peers: [{ url: `http://127.0.0.1:${ports[1]}`, authkey_file: "key-of-y.json" }],
  });
  y = await startTownHub(yOptions);
  for (const [address, state] of [
    [missed.address, "open"],
    [taken, "withdrawn"],
    [stranger.address, "withdrawn"],
    [kept, "open"],
    [early, "open"],
  ] as const)
    await becomes(y, address, state);
  await until(
    () => peerOf(x),
    ({ queue, up }) => up && queue === 0,
    60_000,
  );
  expect(await stateAt(y.url, gone.address), "what was over is not told").not.toBe("open");
});

test("a peer's overview tells where and how to call; one that says to wait is told later, one of another network nothing", async () => {
  const heard: { url: string; type: string | undefined; body: string }[] = [];
  let network = "mainnet";
  let limited = 2;
  const server = createServer(async (request, response) => {
    const { port } = server.address() as AddressInfo;
    if (request.url === "/api/overview.js")
      return response.end(
        JSON.stringify({
          req_url: `http://127.0.0.1:${port}/v1/(function_name).do`,
          req_method: "POST",
          post_body_encoding: "application/json",
          network,
          identity: { url: "http://127.0.0.1/", public_key: Buffer.alloc(32, 7).toString("base64") },
        }),
      );
    let body = "";
    for await (const part of request) body += part;
    if (limited-- > 0)
      return response.writeHead(429).end('{"error":{"code":"rate_limited","retry_after_ms":50}}');
    heard.push({ url: request.url!, type: request.headers["content-type"], body });
    return response.end("{}");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const z = await startTownHub({
    peers: [{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }],
  });
  const key = outsideKey();
  const text = invoiceText(key);
  const params = { invoice_json: text, signature: key.sign(text) };
  await until(
    () => peerOf(z),
    ({ trouble }) => trouble === "other_network",
    60_000,
  );
  await asStranger(z.url, "broadcast-invoice", params);
  network = "regtest";
  await until(
    async () => heard.length,
    (count) => count > 0,
    60_000,
  );
  expect(heard).toEqual([
    { url: "/v1/broadcast-invoice.do", type: "application/json", body: JSON.stringify(params) },
  ]);
  expect(await peerOf(z)).toMatchObject({
    up: true,
    signed: false,
    identity: Buffer.alloc(32, 7).toString("base64"),
    sent: 1,
    refused: 0,
  });
  await z.close();
  server.closeAllConnections();
  server.close();
  rmSync(z.data, { recursive: true, force: true });
});
