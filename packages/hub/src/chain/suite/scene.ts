import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestNode } from "@coinholder/bitcoin/testing";
import { type Answer, formatAmount, parseAmount } from "@coinholder/protocol";
import { expect } from "vitest";
import type { HubOptions } from "../../options.ts";
import {
  type Answered,
  call,
  type Key,
  must,
  startTestHub,
  type TestHub,
  until,
} from "../../testing/harness.ts";
import { journalKey, verifyData } from "../../verify.ts";

export type Owner = Key & { readonly account: string };
/** Satoshi. */
export interface Balance {
  readonly available: number;
  readonly pending: number;
  readonly held: number;
  readonly withdrawable: number;
}
export type Transfer = Answer<"my-transfers">["transfers"][number];

/** A hub on a node, with people who have accounts there. All amounts are in satoshi. */
export interface Scene {
  readonly node: TestNode;
  /** Height of the node when the hub began. */
  readonly began: number;
  readonly hub: () => TestHub;
  /** Stops the hub and starts it again on the same data. */
  readonly restartHub: (options?: Partial<HubOptions>) => Promise<void>;
  /** Waits until the hub has looked at the node once, from first to last, since this was called. */
  readonly look: () => Promise<void>;
  readonly account: () => Promise<Owner>;
  readonly address: (owner: Owner) => Promise<string>;
  /** An account with that much from the chain, which counts. */
  readonly funded: (sats: number) => Promise<Owner>;
  readonly balance: (owner: Owner) => Promise<Balance>;
  /** Newest first. */
  readonly transfers: (owner: Owner) => Promise<Transfer[]>;
  /** A `send-btc` that may be refused. */
  readonly trySend: (
    owner: Owner,
    to: string,
    sats: number,
    more?: Readonly<Record<string, string>>,
  ) => Promise<Answered>;
  /** A `send-btc` that must work. */
  readonly send: (
    owner: Owner,
    to: string,
    sats: number,
    more?: Readonly<Record<string, string>>,
  ) => Promise<{ id: string; fee: number }>;
  readonly transfer: (owner: Owner, id: string) => Promise<Transfer>;
  /** Waits until the transfer has that status. */
  readonly reaches: (owner: Owner, id: string, status: Transfer["status"]) => Promise<Transfer>;
  /** Names of the operator's alarms. */
  readonly alarms: () => Promise<string[]>;
  /** Of the hub's journal. */
  readonly journalKey: () => Promise<Uint8Array>;
  /** Stops the hub, verifies what it left on disk, and removes it. */
  readonly end: () => Promise<void>;
}

export const btc = (sats: number): string => formatAmount(sats, 8);
export const satsOf = (text = "0"): number => {
  const read = parseAmount(text.replace(/^-/, ""), 8);
  if ("amount" in read) return text.startsWith("-") ? -read.amount : read.amount;
  if (Number(text) === 0) return 0; // amounts of calls are above zero; balances need not be
  throw new Error(`${text} is no amount`);
};

/** One call of every look at the node, made once and first. */
const FIRST_OF_A_LOOK = "getconnectioncount";
const LOOKS_WITHIN_MS = 30_000;
const STATUS_WITHIN_MS = 30_000;

export const newData = (settings: object): { data: string; config: string } => {
  const data = mkdtempSync(join(tmpdir(), "coinholder-suite-"));
  const config = join(data, "suite.json");
  writeFileSync(config, JSON.stringify({ accounts_per_hour: 1_000_000, ...settings }));
  return { data, config };
};

export const openScene = async (node: TestNode, settings: object): Promise<Scene> => {
  const { data, config } = newData(settings);
  const began = await node.height();
  const options = { bitcoinRpc: node.rpcUrl, config };
  let hub = await startTestHub(options, data);

  const look = async (): Promise<void> => {
    const before = node.line.answered(FIRST_OF_A_LOOK);
    // One may be under way: the next one begins after now, and the one after it says that it is over.
    await until(
      async () => node.line.answered(FIRST_OF_A_LOOK),
      (count) => count >= before + 2,
      LOOKS_WITHIN_MS,
    );
  };
  let opened: Promise<Uint8Array> | undefined;
  const key = (): Promise<Uint8Array> => {
    opened ??= journalKey(data);
    return opened;
  };
  await look(); // its chain begins here
  const account = (): Promise<Owner> => hub.newAccount();
  const address = async (owner: Owner): Promise<string> =>
    (await must(hub.url, "new-btc-address", {}, owner)).btc_address;
  const balance = async (owner: Owner): Promise<Balance> => {
    const { available, pending, held = {}, withdrawable = {} } = await must(hub.url, "my-balance", {}, owner);
    return {
      available: satsOf(available.btc),
      pending: satsOf(pending.btc),
      held: satsOf(held.btc),
      withdrawable: satsOf(withdrawable.btc),
    };
  };
  const transfers = async (owner: Owner): Promise<Transfer[]> =>
    (await must(hub.url, "my-transfers", { limit: "500" }, owner)).transfers;
  const trySend: Scene["trySend"] = (owner, to, sats, more = {}) =>
    call(hub.url, "send-btc", { to_btc_address: to, amount: btc(sats), ...more }, owner);
  const transfer = async (owner: Owner, id: string): Promise<Transfer> =>
    (await transfers(owner)).find(({ transfer_id }) => transfer_id === id)!;

  return {
    node,
    began,
    hub: () => hub,
    restartHub: async (more = {}) => {
      await hub.close();
      hub = await startTestHub({ ...options, ...more }, data);
    },
    look,
    account,
    address,
    funded: async (sats) => {
      const owner = await account();
      await node.fund(await address(owner), sats);
      await node.mine();
      await until(
        () => balance(owner),
        ({ available }) => available === sats,
      );
      return owner;
    },
    balance,
    transfers,
    trySend,
    send: async (owner, to, sats, more = {}) => {
      const { status, body } = await trySend(owner, to, sats, more);
      expect(status, JSON.stringify(body)).toBe(200);
      return { id: String(body.transfer_id), fee: satsOf(String(body.fee)) };
    },
    transfer,
    reaches: (owner, id, status) =>
      until(
        () => transfer(owner, id),
        (is) => is?.status === status,
        STATUS_WITHIN_MS,
      ),
    journalKey: key,
    end: async () => {
      await hub.close();
      await verifyData(data, await key());
      rmSync(data, { recursive: true, force: true });
    },
    alarms: async () =>
      (await must(hub.url, "operator-chain", {}, hub.operator)).alarms.map(({ name }) => name),
  };
};
