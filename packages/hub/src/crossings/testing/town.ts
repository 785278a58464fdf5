import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import type { Overview } from "@coinholder/protocol";
import { type Key, must, newFolder, startTestHub, type TestHub, until } from "../../testing/harness.ts";

import { type Front, openFront } from "./front.ts";

export type Account = Key & { account: string };

/** Two hubs on one chain: customers at X, a café at Y, whose desk takes BTC for CAD. */
export interface Town {
  readonly node: TestNode;
  x: TestHub;
  y: TestHub;
  /** Their public addresses. */
  readonly fronts: { readonly x: Front; readonly y: Front };
  /** Stops one and starts it again on its data. */
  readonly restart: (name: "x" | "y") => Promise<void>;
  readonly customer: Account;
  readonly cafe: Account;
  /** More blocks, until both hubs have seen them. */
  readonly mine: (count?: number) => Promise<void>;
  /** An account at a hub with that much BTC, in a coin of its own. */
  readonly funded: (hub: TestHub, btc: string, coins?: number) => Promise<Account>;
  readonly end: () => Promise<void>;
}

/** 100 000 CAD for a BTC, less a hundredth. */
export const DESK = {
  most_open: 100,
  most_open_per_buyer: 50,
  markets: [{ market: "BTC/CAD", price: { rate: "100000.00" }, spread_bps: 100, most: "0.5" }],
};

const startOn = async (node: TestNode, front: Front, desk: object | undefined): Promise<TestHub> => {
  const data = newFolder();
  const config = join(data, "town.json");
  writeFileSync(config, JSON.stringify({ accounts_per_hour: 1_000_000, desk }));
  const hub = await startTestHub({ config, bitcoinRpc: node.rpcUrl, publicUrl: front.url }, data);
  front.target = hub.url;
  return hub;
};

export const identityOf = async ({ url }: Pick<TestHub, "url">): Promise<string> => {
  const overview = (await (await fetch(`${url}/api/overview.js`)).json()) as Overview;
  return overview.identity!.public_key;
};

const heightOf = async (hub: TestHub): Promise<number> =>
  (await must(hub.url, "operator-status", {}, hub.operator)).chain.height;

export interface TownOptions {
  readonly desk?: object | undefined;
  /** Y's ceiling for X, in BTC; "0": none. */
  readonly ceiling?: string;
}

export const startTown = async ({ desk = DESK, ceiling = "10" }: TownOptions = {}): Promise<Town> => {
  const node = await startDevchainNode();
  const fronts = { x: await openFront(), y: await openFront() };
  const x = await startOn(node, fronts.x, undefined);
  const y = await startOn(node, fronts.y, desk);
  const town = { node, x, y, fronts } as Town;
  const mine: Town["mine"] = async (count = 1) => {
    await node.mine(count);
    const height = await node.height();
    for (const hub of [town.x, town.y])
      await until(
        () => heightOf(hub),
        (at) => at >= height,
        60_000,
      );
  };
  const funded: Town["funded"] = async (hub, btc, coins = 8) => {
    const made = await hub.newAccount();
    for (let i = 0; i < coins; i++) {
      const { btc_address } = await must(hub.url, "new-btc-address", {}, made);
      await node.fund(btc_address, Math.round((Number(btc) * 1e8) / coins));
    }
    await mine();
    await until(
      () => must(hub.url, "my-balance", {}, made),
      ({ available }) => Number(available.btc ?? 0) >= Number(btc),
    );
    return made;
  };
  Object.assign(town, {
    mine,
    funded,
    customer: await funded(x, "0.8"),
    cafe: await y.newAccount(),
    restart: async (name: "x" | "y") => {
      town[name] = await town[name].restart();
      fronts[name].target = town[name].url;
    },
    end: async () => {
      await town.x.end();
      await town.y.end();
      for (const front of Object.values(fronts)) await front.close();
      await node.stop();
    },
  });
  await must(
    y.url,
    "operator-credit",
    { to_account: y.operator.account!, currency: "CAD", amount: "1000.00", reference: "wire" },
    y.operator,
  );
  if (ceiling !== "0")
    await must(y.url, "operator-set-line", { identity: await identityOf(x), ceiling }, y.operator);
  return town;
};

/** An invoice of the café's. */
export const invoiceOf = (town: Town, params: Record<string, string> = {}) =>
  must(town.y.url, "new-invoice", { amount: "3.42", currency: "CAD", ...params }, town.cafe);

export const stateAt = async ({ y }: Town, btc_address: string) =>
  (await must(y.url, "invoice-status", { btc_address })).state;

/** Waits until the hub that it names says so. */
export const heard = (town: Town, btc_address: string, state: string) =>
  until(
    () => stateAt(town, btc_address),
    (is) => is === state,
    30_000,
  );

export const transferOf = async ({ url }: TestHub, key: Key, id: string) =>
  (await must(url, "my-transfers", { limit: "500" }, key)).transfers.find(
    (one) => one.transfer_id === id && one.direction === "out",
  )!;
