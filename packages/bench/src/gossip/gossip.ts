import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@coinholder/client";
import { addressOfScript, signMessage } from "@coinholder/protocol";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { type Child, startChild } from "../child.ts";
import { inFolder } from "../folder.ts";
import { interleaved, type Measure } from "../measure.ts";
import type { Peer, Place, Started } from "./hub-child.ts";

const HUBS = 10;
const ROUNDS = 30;
const AIM_MS = 300;
/** Strangers' signatures are checked four a second. */
const BETWEEN_MS = 300;

const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

/** An invoice of nobody's, with a key that no hub knows. */
const makeInvoice = (): { address: string; params: Record<string, string> } => {
  const key = secp256k1.utils.randomSecretKey();
  const hash = createHash("sha256").update(secp256k1.getPublicKey(key, true)).digest();
  const script = Buffer.concat([Buffer.of(0, 20), createHash("ripemd160").update(hash).digest()]);
  const address = addressOfScript(script, "regtest")!;
  const invoice_json = JSON.stringify({
    btc_address: address,
    amount: "0.001",
    currency: "BTC",
    info: { t: Date.now(), lat: "45.508888", lng: "-73.561668", random: "417" },
  });
  return { address, params: { invoice_json, signature: signMessage(key, address, invoice_json) } };
};

const post = async (url: string, body: string): Promise<{ status: number; text: string }> => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const response = await fetch(url, { method: "POST", body, headers });
  return { status: response.status, text: await response.text() };
};

/** From the call that tells the first until the last one knows. */
const timed = async (tell: () => Promise<unknown>, isKnown: () => Promise<boolean>): Promise<number> => {
  const began = performance.now();
  const told = tell();
  while (!(await isKnown())) {
    if (performance.now() - began > 30_000) throw new Error("it does not arrive");
    // Asking must not take the time of those who tell.
    await pause(2);
  }
  const took = performance.now() - began;
  await told;
  return took;
};

const form = (params: Record<string, string>): string => new URLSearchParams(params).toString();

/** From the last to the first: each tells the next, with a key that that one gave. */
export const startHubs = async (folder: string, count: number, children: Child[]): Promise<string[]> => {
  let bitcoinRpc: string | undefined;
  let next: Peer | undefined;
  const urls: string[] = [];
  for (let i = count; i > 0; i--) {
    const data = join(folder, String(i));
    mkdirSync(data);
    const child = startChild("gossip/hub-child.js");
    children.push(child);
    const place: Place = { data, bitcoinRpc, peer: next };
    const { chain, operator, url } = await child.ask<Started>(place);
    bitcoinRpc ??= chain;
    const hub = await connect(url, operator);
    while ((await hub.call("operator-peers")).peers.some(({ up }) => !up)) await pause(100);
    const { account } = operator;
    const permissions = [
      [account, "broadcast-invoice"],
      [account, "withdraw-invoice"],
    ] as const;
    const { authkey } = await hub.call("create-authkey", { permissions });
    const file = join(data, "key-for-peer.json");
    writeFileSync(file, JSON.stringify({ account, authkey }));
    next = { url, authkey_file: file };
    urls.unshift(url);
  }
  return urls;
};

const startBare = async (children: Child[]): Promise<string[]> => {
  const ports = await freePorts(HUBS);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  for (const [i, port] of ports.entries()) {
    const child = startChild("gossip/bare-child.js");
    children.push(child);
    await child.ask({ port, next: urls[i + 1] });
  }
  return urls;
};

/** Ten hubs in a line: from posting an invoice at the first until the last knows it; the last is asked in a loop. */
export const gossip: Measure = (say) =>
  inFolder(async (folder) => {
    const children: Child[] = [];
    try {
      say(`${HUBS} hubs and ${HUBS} bare servers start`);
      const hubs = await startHubs(folder, HUBS, children);
      const bare = await startBare(children);
      say(`${ROUNDS} invoices`);
      const times = await interleaved(ROUNDS, {
        ours: async () => {
          await pause(BETWEEN_MS);
          const { address, params } = makeInvoice();
          const told = form(params);
          const asked = form({ btc_address: address });
          return timed(
            () => post(`${hubs[0]}/api/broadcast-invoice`, told),
            async () => (await post(`${hubs.at(-1)}/api/invoice-status`, asked)).status === 200,
          );
        },
        bare: async () => {
          const body = form(makeInvoice().params);
          return timed(
            () => post(`${bare[0]}/tell`, body),
            async () => (await post(`${bare.at(-1)}/known`, body)).text === "1",
          );
        },
      });
      return [
        {
          what: `An invoice through ${HUBS} hubs in a line, each a process`,
          unit: "ms",
          ours: times.ours,
          yardstick: {
            what: "bare HTTP from process to process, nothing checked or kept",
            value: times.bare,
          },
          aim: { what: `under ${AIM_MS} ms`, met: times.ours < AIM_MS },
        },
      ];
    } finally {
      await Promise.all(children.map((child) => child.end()));
    }
  });
