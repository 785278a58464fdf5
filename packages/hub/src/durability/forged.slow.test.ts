import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkInvariants, emptyState } from "@coinholder/engine";
import { type Group, openJournal, sqliteStore } from "@coinholder/journal";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import { replay } from "../recover.ts";
import { must, newFolder, startTestHub, type TestHub, until } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { journalKey, verifyData } from "../verify.ts";
import { changeSnapshot, type From, putGroups, readGroups, removeSnapshots } from "./forging.ts";
import { ELSEWHERE } from "./workload.ts";

// What a hub left that stopped with a withdrawal reserved and not yet signed: the next start would sign it. Every test
// works on a copy of it.
let past: string;
let data: string;
const FORGER = outsideKey().address;

const configured = (batchWindowMs: number): { config: string } => {
  const config = join(past, "own-config.json");
  writeFileSync(config, JSON.stringify({ batch_window_ms: batchWindowMs, accounts_per_hour: 1000 }));
  return { config };
};

beforeAll(async () => {
  past = newFolder();
  const hub = await startTestHub(configured(3_600_000), past);
  const alice = await hub.fundedAccount("2");
  const credit = { to_account: alice.account, currency: "USD", amount: "500.00", reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  await must(hub.url, "send-btc", { to_btc_address: ELSEWHERE, amount: "0.5" }, alice);
  await hub.close();
  configured(0);
});
afterAll(() => rmSync(past, { recursive: true, force: true }));
beforeEach(() => {
  data = newFolder();
  cpSync(past, data, { recursive: true });
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const start = (): Promise<TestHub> => startTestHub({ config: join(data, "own-config.json") }, data);

/** All that the wallet has signed and all that the chain has seen, as files. */
const signedAndSent = (): Record<string, string> => {
  const { signer, devchain } = paths(data);
  const files = [signer, ...readdirSync(devchain).map((name) => join(devchain, name))];
  const there = files.filter((file) => statSync(file, { throwIfNoEntry: false }) !== undefined);
  return Object.fromEntries(there.map((file) => [file, readFileSync(file).toString("base64")]));
};

const expectRefused = async (code: string): Promise<void> => {
  const before = signedAndSent();
  await expect(start()).rejects.toMatchObject({ code });
  expect(signedAndSent()).toEqual(before);
  await expect(verifyData(data, await journalKey(data))).rejects.toMatchObject({ code });
};

test("what nobody has changed starts, and pays whom the withdrawal names", async () => {
  const hub = await start();
  const { mempool } = await until(
    async () => ({ mempool: (await hub.rpc("getrawmempool")) as string[] }),
    (seen) => seen.mempool.length > 0,
  );
  const raw = (await hub.rpc("getrawtransaction", mempool[0])) as string;
  expect(raw).toContain("751e76e8199196d454941c45d1b3a323f1433bd6");
  await hub.close();
});

const replaceOnce = (groups: readonly Group[], pattern: RegExp, by: string): Group[] => {
  const matches = groups.filter(({ data: text }) => pattern.test(text));
  expect(matches, `groups with ${pattern}`).toHaveLength(1);
  return groups.map((group) => ({ ...group, data: group.data.replace(pattern, by) }));
};

const entries = (groups: readonly Group[]): string[] => groups.flatMap(({ data: text }) => text.split("\n"));

const commandOf = (groups: readonly Group[], kind: string): Record<string, unknown> => {
  const found = entries(groups).find((entry) => entry.includes(`"kind":"${kind}"`));
  if (found === undefined) throw new Error(`no ${kind} in the journal`);
  return JSON.parse(found);
};

/** As the last command: the same again with something else in it, without the nonce that was used. */
const added = (groups: readonly Group[], kind: string, more: object): Group[] => {
  const { by, ...command } = commandOf(groups, kind) as { by: Record<string, unknown> };
  const { nonce: _, ...without } = by;
  const { t } = JSON.parse(entries(groups).at(-1)!);
  return [...groups, { ...groups.at(-1)!, data: JSON.stringify({ ...command, by: without, ...more, t }) }];
};

const forgeries: Record<string, (groups: readonly Group[]) => Group[]> = {
  "another address in a withdrawal": (groups) =>
    replaceOnce(groups, new RegExp(`"address":"${ELSEWHERE}"`), `"address":"${FORGER}"`),
  "a greater amount in a withdrawal": (groups) =>
    replaceOnce(groups, /"amount":50000000\b/, '"amount":150000000'),
  "a greater credit": (groups) => replaceOnce(groups, /"amount":50000\b/, '"amount":50000000000'),
  "a credit added": (groups) => added(groups, "credit", { reference: "forged" }),
  "a withdrawal added": (groups) => added(groups, "send", { address: FORGER }),
};

for (const [what, forge] of Object.entries(forgeries))
  for (const [from, code] of [
    ["the change", "journal_damaged"],
    ["the beginning", "journal_not_sealed"],
  ] as [From, string][])
    test(`${what}, the chain of hashes made anew from ${from}: refused, and nothing is signed`, async () => {
      removeSnapshots(data);
      putGroups(data, forge(readGroups(data)), from);
      if (from === "the beginning") await expectGoodPlainChain();
      await expectRefused(code);
    });

/** The forgery is such that plain hashes would have let it pass, and the engine would have carried it out. */
const expectGoodPlainChain = async (): Promise<void> => {
  const journal = await openJournal(sqliteStore(paths(data).journal));
  const state = emptyState();
  const { groups } = await journal.verify((entry, seq) => void replay(state, entry, seq));
  expect(groups).toBe(readGroups(data).length);
  checkInvariants(state);
  await journal.close();
};

test.each(["a credit added", "a withdrawal added"])(
  "%s behind the newest snapshot: refused, and nothing is signed",
  async (what) => {
    putGroups(data, forgeries[what]!(readGroups(data)), "the change");
    await expectRefused("journal_damaged");
  },
);

test("another address in the newest snapshot, its hash made to fit: refused, and nothing is signed", async () => {
  changeSnapshot(data, (text) => {
    expect(text).toContain(ELSEWHERE);
    return text.replaceAll(ELSEWHERE, FORGER);
  });
  await expectRefused("journal_damaged");
});
