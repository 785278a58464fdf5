import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import { type Key, must, newFolder, startTestHub, type TestHub, until } from "../testing/harness.ts";
import { paidOutside } from "./paid-outside.ts";
import { ELSEWHERE } from "./workload.ts";

// Somebody puts an older copy of the journal back, from before a withdrawal was paid: its seal is good. What the wallet
// remembers of its own signatures is not rolled back.

let chain: TestNode;
let data: string;
let backup: string;
let hub: TestHub;
let alice: Key & { account: string };

const FINAL_AFTER = 2;
/** Deeper than any reorganisation that the hub would follow. */
const DEEP = 210;

const start = async (batchWindowMs: number): Promise<void> => {
  const config = join(data, "own-config.json");
  writeFileSync(config, JSON.stringify({ final_after: FINAL_AFTER, batch_window_ms: batchWindowMs }));
  hub = await startTestHub({ bitcoinRpc: chain.rpcUrl, config, logLevel: "silent" }, data);
};
const newest = async () => (await must(hub.url, "my-transfers", { limit: "1" }, alice)).transfers[0];

beforeEach(async () => {
  chain = await startDevchainNode();
  [data, backup] = [newFolder(), newFolder()];
  await start(3_600_000);
  alice = await hub.newAccount();
  const { btc_address } = await must(hub.url, "new-btc-address", {}, alice);
  for (let i = 0; i < 4; i++) await chain.fund(btc_address, 50_000_000);
  await chain.mine();
  await until(
    () => must(hub.url, "my-balance", {}, alice),
    ({ available }) => available.btc === "2.00",
  );
  await must(hub.url, "send-btc", { to_btc_address: ELSEWHERE, amount: "0.3" }, alice);
  await hub.close();
  cpSync(paths(data).journal, backup, { recursive: true });
  await start(0);
  await until(newest, (row) => row?.status === "broadcast");
});
afterEach(async () => {
  await hub.close();
  await chain.stop();
  for (const folder of [data, backup]) rmSync(folder, { recursive: true, force: true });
});

const rollBack = async (): Promise<void> => {
  await hub.close();
  rmSync(paths(data).journal, { recursive: true });
  cpSync(backup, paths(data).journal, { recursive: true });
  await start(0);
};

/** Blocks, each of them followed, in which a second payment would be. */
const mineOn = async (blocks: number): Promise<void> => {
  for (let i = 0; i < blocks; i++) {
    await chain.mine();
    const height = await chain.height();
    await until(
      () => must(hub.url, "operator-status", {}, hub.operator),
      (status) => status.chain.height === height,
    );
  }
};

const withdrawals: [where: string, mine: () => Promise<void>][] = [
  ["waits in the mempool", async () => {}],
  ["is in a block", () => mineOn(1)],
  ["is final", () => mineOn(FINAL_AFTER)],
];
test.each(withdrawals)("a withdrawal that %s is not paid again, and becomes final", async (_where, mine) => {
  const before = await newest();
  await mine();
  await rollBack();
  await mineOn(FINAL_AFTER + 1);
  expect(await newest()).toMatchObject({ status: "final", txid: before!.txid });
  expect(await paidOutside(chain.rpc)).toEqual([{ amount: 30_000_000, txid: before!.txid }]);
  expect(await chain.mempool()).toEqual([]);
});

test("a withdrawal so deep that the wallet has ceased to watch it is not paid again", async () => {
  const { txid } = (await newest())!;
  await chain.mine(DEEP);
  await mineOn(1);
  await until(
    async () => readFileSync(paths(data).signer, "utf8"),
    (log) => log.includes('"forgotten"'),
  );
  await rollBack();
  await mineOn(FINAL_AFTER + 1);
  // A coin was spent, the journal knows not why and the wallet forgot: the operator must look.
  await until(
    () => must(hub.url, "operator-chain", {}, hub.operator),
    ({ alarms }) => alarms.some(({ name }) => name === "withdrawals_halted"),
  );
  expect(await paidOutside(chain.rpc)).toEqual([{ amount: 30_000_000, txid }]);
  expect(await chain.mempool()).toEqual([]);
});
