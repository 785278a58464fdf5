import { dirname } from "node:path";
import { startBtcdNode, startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { connect, credentialsOf, type Hub } from "@coinholder/client";
import { operatorCredentials } from "../operator-key.ts";
import { type HubProcess, startHubProcess } from "./hub-process.ts";
import { aside, chapter, check, say, units, until } from "./narrator.ts";

export interface Place {
  readonly process: HubProcess;
  readonly hub: Hub;
  readonly operator: Hub;
}
export interface Guest {
  readonly account: string;
  readonly hub: Hub;
}

/** Two hubs as two processes, on one chain. */
export interface Town {
  readonly node: TestNode;
  /** The customers' hub. */
  readonly x: Place;
  /** The café's, whose desk takes BTC for CAD. */
  readonly y: Place;
  readonly close: () => Promise<void>;
}

const RATE = "93500.00";
const DESK = { markets: [{ market: "BTC/CAD", price: { rate: RATE }, spread_bps: 50, most: "0.5" }] };

/** @param btcd path of a btcd (0.24.2 or later); the development chain where none is given */
export const openTown = async (btcd: string | undefined): Promise<Town> => {
  chapter("Two hubs, one chain");
  if (btcd !== undefined) process.env.PATH = `${dirname(btcd)}:${process.env.PATH ?? ""}`;
  const node = btcd === undefined ? await startDevchainNode() : await startBtcdNode();
  say(`A Bitcoin network of our own begins, by {${node.kind}}: regtest, whose coins are play money.`);
  const open = async (config: object): Promise<Place> => {
    const child = await startHubProcess({ bitcoinRpc: node.rpcUrl, config });
    const hub = await connect(child.url);
    return { process: child, hub, operator: hub.as(operatorCredentials(child.data)) };
  };
  const x = await open({ name: "Hub X" });
  const y = await open({ name: "Hub Y", desk: DESK, peers: [{ url: x.process.url }] });
  say(`Hub X, where a customer has an account, listens at {${x.process.url}};`);
  say(
    `hub Y, where a café has its till, at {${y.process.url}}. They share nothing but the chain; Y tells X of its invoices.`,
  );
  const close = async (): Promise<void> => {
    await Promise.all([x.process.stop(), y.process.stop()]);
    await node.stop();
  };
  return { node, x, y, close };
};

export const newGuest = async ({ hub }: Place): Promise<Guest> => {
  const { account, authkey } = await hub.call("create-account");
  return { account, hub: hub.as(credentialsOf(account, authkey)) };
};

/** What Y's operator does before anybody of X is trusted: money for the desk, and a ceiling for X. */
export const introduce = async ({ x, y }: Town): Promise<void> => {
  chapter("Two operators who know each other");
  const me = y.operator.credentials as { account: string };
  await y.operator.call("operator-credit", {
    to_account: me.account,
    currency: "CAD",
    amount: "5000.00",
    reference: "the desk's money",
  });
  say(`Hub Y's desk has 5,000.00 CAD and takes BTC for them, at ${RATE} less half a percent.`);
  const { identity } = x.hub.overview;
  if (identity === undefined) throw new Error("hub X publishes no identity");
  aside(`hub X signs with ${identity.public_key}`);
  await y.operator.call("operator-set-line", { identity: identity.public_key, ceiling: "0.1" });
  say(
    "Y's operator lets X's payments count before a block has them: up to 0.1 BTC in the end, a tenth of that to begin with.",
  );
};

/** An account at X with coins that are in a block. */
export const makeCustomer = async ({ node, x }: Town): Promise<Guest> => {
  const customer = await newGuest(x);
  for (const amount of ["0.03", "0.02"]) {
    const { btc_address } = await customer.hub.call("new-btc-address");
    await node.fund(btc_address, units(amount));
  }
  await node.mine();
  await until("the customer's coins count", async () => {
    const { available } = await customer.hub.call("my-balance");
    return units(available.btc) === units("0.05") ? true : undefined;
  });
  check("a customer of X has 0.05 BTC there", true);
  return customer;
};
