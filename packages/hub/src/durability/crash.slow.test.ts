import { randomInt } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HubOptions } from "../options.ts";
import { accountOf, type Key, must, newFolder, post, signed, until } from "../testing/harness.ts";
import { journalKey, verifyData } from "../verify.ts";
import { units } from "./books.ts";
import { type CrashingHub, startCrashingHub } from "./crashing-hub.ts";
import { paidOutside } from "./paid-outside.ts";
import { ELSEWHERE } from "./workload.ts";

// One withdrawal after the other, each with a hub that dies after another one of its writes.

let chain: TestNode;
let data: string;
let hub: CrashingHub;
let alice: Key & { account: string };

const start = (crashAfter?: number): Promise<CrashingHub | readonly string[]> => {
  const config = join(data, "own-config.json");
  writeFileSync(config, JSON.stringify({ final_after: 2, bump_after_blocks: 1 }));
  const at = { port: 0, host: "127.0.0.1", devchainPort: 0, bitcoinRpc: chain.rpcUrl };
  const options: HubOptions = { ...at, data, config, logLevel: "error" };
  return startCrashingHub(options, crashAfter);
};
const restart = async (): Promise<void> => {
  hub = (await start()) as CrashingHub;
};

beforeEach(async () => {
  chain = await startDevchainNode();
  data = newFolder();
  await restart();
  alice = await accountOf(hub.url);
  const { btc_address } = await must(hub.url, "new-btc-address", {}, alice);
  for (let i = 0; i < 3; i++) await chain.fund(btc_address, 100_000_000);
  await chain.mine();
  await until(
    () => must(hub.url, "my-balance", {}, alice),
    ({ available }) => available.btc === "3.00",
  );
});
afterEach(async () => {
  await hub.kill();
  await chain.stop();
  rmSync(data, { recursive: true, force: true });
});

/** No two withdrawals are of the same amount, so that an output on the chain tells whose it is. */
const amountOf = (n: number): number => 1_000_000 + n;

/** Undefined: the hub went away before it had answered. */
const withdraw = (n: number) => {
  const amount = (amountOf(n) / 1e8).toFixed(8);
  const params = { to_btc_address: ELSEWHERE, amount, client_id: `w${n}` };
  return post(hub.url, "send-btc", signed("send-btc", params, alice)).catch(() => undefined);
};

const rowsOf = async (n: number) =>
  (await must(hub.url, "my-transfers", { limit: "100" }, alice)).transfers.filter(
    ({ direction, amount }) => direction === "out" && units(amount, "btc") === amountOf(n),
  );

/** Mines something, given what waits in the mempool; the second is asked whether the withdrawal is in a block. */
type Mining = (mempool: readonly string[], isPaid: boolean) => Promise<void>;

const mineAll: Mining = async (mempool, isPaid) => {
  if (mempool.length > 0 || isPaid) await chain.mine();
};

/** So many blocks leave the withdrawal out: time for the hub to raise its fee. */
const EMPTY_BLOCKS = 3;

/** Leaves a withdrawal out until its fee was raised, then mines what is newest, or the version that it was at first. */
const mineLate = (which: "first" | "newest"): Mining => {
  let first: { txid: string; raw: string } | undefined;
  let empty = 0;
  return async (mempool, isPaid) => {
    const [newest] = mempool;
    if (isPaid) return void (await chain.mine());
    if (newest === undefined) return;
    first ??= { txid: newest, raw: await chain.rpc<string>("getrawtransaction", newest) };
    if (newest === first.txid && empty++ < EMPTY_BLOCKS) await chain.mineWith([]);
    else await (which === "first" ? chain.mineWith([first.raw]) : chain.mine());
    // The hub looks at the chain every now and then: it may see each block.
    await sleep(200);
  };
};

/** Mines until the withdrawal is final or the hub is gone. */
const drive = async (n: number, mining: Mining): Promise<void> => {
  const end = Date.now() + 60_000;
  while (!hub.isGone()) {
    const [row] = await rowsOf(n).catch(() => []);
    if (row?.status === "final") return;
    await mining(await chain.mempool(), row?.status === "confirmed");
    await sleep(50);
    if (Date.now() > end) throw new Error(`waited in vain; last: ${JSON.stringify(row)}`);
  }
};

const balance = async (): Promise<number> => {
  const { available, held } = await must(hub.url, "my-balance", {}, alice);
  expect(held?.btc ?? "0").toBe("0");
  return units(available.btc, "btc");
};

/** One transaction on the chain, one row in the history, one debit. Answers the balance that is left. */
const expectPaidOnce = async (n: number, before: number): Promise<number> => {
  const rows = await rowsOf(n);
  expect(rows).toEqual([expect.objectContaining({ status: "final", kind: "withdrawal" })]);
  const paid = (await paidOutside(chain.rpc)).filter(({ amount }) => amount === amountOf(n));
  expect(paid).toEqual([{ amount: amountOf(n), txid: rows[0]!.txid }]);
  expect(await chain.mempool()).toEqual([]);
  const left = before - amountOf(n) - units(rows[0]!.fee, "btc");
  expect(await balance()).toBe(left);
  return left;
};

const expectBooksRight = async (withdrawals: number): Promise<void> => {
  expect(await paidOutside(chain.rpc)).toHaveLength(withdrawals);
  const { totals, fees, wallet } = await must(hub.url, "operator-status", {}, hub.operator);
  expect(units(totals.btc, "btc") + units(fees.btc, "btc")).toBe(
    units(wallet.confirmed, "btc") + units(wallet.unconfirmed, "btc"),
  );
  expect(await hub.stop()).toBe(0);
  const { entries, snapshotSeq } = await verifyData(data, await journalKey(data));
  expect(snapshotSeq).toBe(entries);
};

/** Whoever was not answered asks again; whoever was has the same withdrawal. */
const askAgain = async (n: number, answered: Awaited<ReturnType<typeof withdraw>>): Promise<void> => {
  const again = await withdraw(n);
  expect(again?.status, JSON.stringify(again)).toBe(200);
  if (answered) expect(again!.body.transfer_id).toBe(answered.body.transfer_id);
};

/** What follows a final withdrawal (the signer forgets its versions) is written by then. */
const QUIET_MS = 600;

/** Longer than from one look at the chain to the next, in which withdrawals are signed. */
const SLOW_MS = 300;

/** Whether the hub has made all its writes and lives; it does not count any longer. */
const isThrough = async (): Promise<boolean> => {
  await Promise.race([sleep(QUIET_MS), hub.gone]);
  if (!hub.isGone()) await Promise.race([hub.crashAfter(Number.POSITIVE_INFINITY), hub.gone]);
  return !hub.isGone();
};

/**
 * The hub dies after its first write, after its second, and so on until it has none left to make. Answers all of them.
 * @param meanwhile what happens on the chain while the hub is gone
 * @param journalMs holds the journal's writes up: others overtake them
 */
const dieAfterEvery = async (
  miningOf: (n: number) => Mining,
  meanwhile: () => Promise<unknown>,
  journalMs?: number,
): Promise<readonly string[]> => {
  const key = await journalKey(data);
  let left = await balance();
  for (let n = 1; ; n++) {
    const mining = miningOf(n);
    await hub.crashAfter(n, journalMs);
    const answered = await withdraw(n);
    await drive(n, mining);
    if (await isThrough()) {
      const { wrote } = hub;
      await expectPaidOnce(n, left);
      await expectBooksRight(n);
      return wrote;
    }
    expect(hub.wrote).toHaveLength(n);
    await verifyData(data, key);
    await meanwhile();
    await restart();
    await askAgain(n, answered);
    await drive(n, mining);
    left = await expectPaidOnce(n, left);
  }
};

test("killed after every single write until a withdrawal is final: one transaction, one debit", {
  timeout: 600_000,
}, async () => {
  // Coins that are spent in a block by the time the hub comes back: one that had forgotten would pay with others.
  const wrote = await dieAfterEvery(
    () => mineAll,
    () => chain.mine(),
  );
  expect([...new Set(wrote)].sort()).toEqual([
    "journal",
    "offer",
    "offer answered",
    "signer rename",
    "signer sync",
    "signer write",
  ]);
});

test("killed after every single write while the journal is slower than the signer: no withdrawal waits for ever", {
  timeout: 600_000,
}, async () => {
  await dieAfterEvery(
    () => mineAll,
    () => chain.mineWith([]),
    SLOW_MS,
  );
});

test("killed after every single write of a withdrawal whose fee is raised: one version of it is paid, once", {
  timeout: 600_000,
}, async () => {
  const wrote = await dieAfterEvery(
    (n) => mineLate(n % 2 === 0 ? "first" : "newest"),
    () => chain.mineWith([]),
  );
  expect(wrote.filter((write) => write === "offer answered").length).toBeGreaterThan(1);
});

test("killed again while it comes back: one transaction, one debit", { timeout: 600_000 }, async () => {
  let left = await balance();
  const rounds = 8;
  for (let n = 1; n <= rounds; n++) {
    const mining = n % 2 === 0 ? mineAll : mineLate("newest");
    // Else the hub may die of what it still writes of the one before, and know nothing of this one.
    await sleep(QUIET_MS);
    await hub.crashAfter(randomInt(1, 12));
    let answered = await withdraw(n);
    await drive(n, mining);
    await hub.kill();
    for (let again = 0; again < 2; again++) {
      const started = await start(randomInt(1, 9));
      if (!("url" in started)) continue;
      hub = started;
      answered ??= await withdraw(n);
      await drive(n, mining);
      await hub.kill();
    }
    await restart();
    await askAgain(n, answered);
    await drive(n, mining);
    left = await expectPaidOnce(n, left);
  }
  await expectBooksRight(rounds);
});
