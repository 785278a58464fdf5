import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import { startHub } from "../start.ts";
import {
  call,
  type Key,
  must,
  newFolder,
  post,
  signed,
  startTestHub,
  type TestHub,
} from "../testing/harness.ts";
import { journalKey, verifyData } from "../verify.ts";

// What a hub left that was stopped twice (so there are two snapshots); every test works on a copy of it.
let past: string;
let alice: Key & { account: string };
let bob: Key & { account: string };
let shown: unknown;

let data: string;
let hub: TestHub | undefined;

/** All that both accounts and the public can see. */
const look = async ({ url, operator }: TestHub): Promise<unknown> => {
  const of = async (key: Key) => ({
    balance: await must(url, "my-balance", {}, key),
    transfers: await must(url, "my-transfers", { limit: "500" }, key),
    trades: await must(url, "my-trades", { limit: "500" }, key),
    orders: await must(url, "my-open-orders", {}, key),
  });
  return {
    alice: await of(alice),
    bob: await of(bob),
    trades: await must(url, "trades", { market: "BTC/USD" }),
    candles: await must(url, "candles", { market: "BTC/USD", interval: "1d" }),
    totals: (await must(url, "operator-status", {}, operator)).totals,
  };
};

const pay = async (on: TestHub, amount: string) => {
  const { btc_address } = await must(on.url, "new-btc-address", {}, bob);
  return must(
    on.url,
    "send-btc",
    { to_btc_address: btc_address, amount, client_id: `pay ${amount}`.replace(" ", "-") },
    alice,
  );
};

const order = (on: TestHub, key: Key, give: [string, string], want: [string, string]) =>
  must(
    on.url,
    "place-order",
    { trade_amt: give[0], trade_cur: give[1], for_amt: want[0], for_cur: want[1] },
    key,
  );

beforeAll(async () => {
  past = newFolder();
  const first = await startTestHub({}, past);
  alice = await first.fundedAccount("2");
  bob = await first.newAccount();
  const credit = { to_account: bob.account, currency: "USD", amount: "50000.00", reference: "wire" };
  await must(first.url, "operator-credit", credit, first.operator);
  await pay(first, "0.25");
  const second = await first.restart();
  await order(second, alice, ["0.5", "BTC"], ["30000", "USD"]);
  await order(second, bob, ["12000", "USD"], ["0.2", "BTC"]);
  await pay(second, "0.125");
  shown = await look(second);
  await second.close();
});
afterAll(() => rmSync(past, { recursive: true, force: true }));

const copy = (): void => {
  data = newFolder();
  cpSync(past, data, { recursive: true });
};
const start = async (options = {}): Promise<TestHub> => {
  hub = await startTestHub(options, data);
  return hub;
};
afterEach(async () => {
  await hub?.close();
  hub = undefined;
  rmSync(data, { recursive: true, force: true });
});

const refusesToStart = async (what: object | RegExp): Promise<void> => {
  const starting = startTestHub({}, data);
  if (what instanceof RegExp) await expect(starting).rejects.toThrow(what);
  else await expect(starting).rejects.toMatchObject(what);
};

const verify = async () => verifyData(data, await journalKey(data));

const snapshots = (): string[] => readdirSync(join(paths(data).journal, "snapshots")).sort();

/** Changes one bit in the middle of that text, wherever it stands: SQLite leaves old copies in the free part of its pages. */
const damage = (file: string, text: string): void => {
  const bytes = readFileSync(file);
  let at = bytes.indexOf(text);
  expect(at).toBeGreaterThan(0);
  for (; at >= 0; at = bytes.indexOf(text)) bytes[at + (text.length >> 1)]! ^= 1;
  writeFileSync(file, bytes);
};

test("history that was taken away is rebuilt, the same as before", async () => {
  copy();
  rmSync(paths(data).history, { recursive: true });
  expect(await look(await start())).toEqual(shown);
});

test("history that is damaged is rebuilt, the same as before", async () => {
  copy();
  const file = join(paths(data).history, "history.db");
  writeFileSync(file, readFileSync(file).fill(0x41, 0, 2000));
  expect(await look(await start())).toEqual(shown);
});

test("a journal from a backup has a history of its own again, not one that knows the future", async () => {
  copy();
  const backup = newFolder();
  cpSync(paths(data).journal, backup, { recursive: true });
  await pay(await start(), "0.01");
  await hub!.close();
  rmSync(paths(data).journal, { recursive: true });
  cpSync(backup, paths(data).journal, { recursive: true });
  rmSync(backup, { recursive: true });
  const restored = await start();
  expect(await look(restored)).toEqual(shown);
  const { transfer_id } = await pay(restored, "0.02");
  const [newest] = (await must(restored.url, "my-transfers", { limit: "1" }, alice)).transfers;
  expect(newest).toMatchObject({ transfer_id, amount: "0.02" });
});

test("a journal that is gone is no new hub, which would give out the same addresses: nothing is changed", async () => {
  copy();
  const key = readFileSync(paths(data).operatorAuthkey);
  const journal = newFolder();
  cpSync(paths(data).journal, journal, { recursive: true });
  rmSync(paths(data).journal, { recursive: true });
  for (let time = 0; time < 2; time++) await refusesToStart({ code: "journal_gone" });
  expect(readFileSync(paths(data).operatorAuthkey)).toEqual(key);
  rmSync(paths(data).journal, { recursive: true });
  cpSync(journal, paths(data).journal, { recursive: true });
  rmSync(journal, { recursive: true });
  expect(await look(await start())).toEqual(shown);
});

test("a damaged newest snapshot is passed over", async () => {
  copy();
  expect(snapshots()).toHaveLength(2);
  damage(join(paths(data).journal, "snapshots", snapshots()[1]!), alice.account);
  expect(await look(await start())).toEqual(shown);
});

test("a snapshot that was cut off is passed over, and so is one without a readable description", async () => {
  copy();
  const [older, newer] = snapshots().map((name) => join(paths(data).journal, "snapshots", name)) as [
    string,
    string,
  ];
  writeFileSync(newer, readFileSync(newer).subarray(0, 700));
  writeFileSync(older, "no description");
  expect(await look(await start())).toEqual(shown);
});

test("without any snapshot the journal alone brings everything back", async () => {
  copy();
  rmSync(join(paths(data).journal, "snapshots"), { recursive: true });
  expect(await look(await start())).toEqual(shown);
  await hub!.close();
  const { snapshotSeq, entries } = await verify();
  expect(snapshotSeq).toBe(entries);
});

test("a journal damaged in the middle is refused, and damaged before its snapshot it is found by verify", async () => {
  copy();
  damage(join(paths(data).journal, "journal.db"), `"id":"${bob.account}"`);
  await expect(verify()).rejects.toMatchObject({ code: "journal_damaged" });
  rmSync(join(paths(data).journal, "snapshots"), { recursive: true });
  await refusesToStart({ code: "journal_damaged" });
});

test("a journal that lost its end is refused", async () => {
  copy();
  await pay(await start(), "0.01");
  await hub!.close();
  for (const file of ["journal.db", "journal.db-wal"])
    rmSync(join(paths(data).journal, file), { force: true });
  cpSync(join(paths(past).journal, "journal.db"), join(paths(data).journal, "journal.db"));
  await refusesToStart({ code: "journal_damaged" });
});

test("a missing wallet is refused, and no other is made in its place", async () => {
  copy();
  rmSync(paths(data).wallet);
  await refusesToStart(/wallet\.json is missing/);
  expect(existsSync(paths(data).wallet)).toBe(false);
  cpSync(paths(past).wallet, paths(data).wallet);
  expect(await look(await start())).toEqual(shown);
});

const configured = (currencies: [string, number][], markets: [string, string][]): { config: string } => {
  const config = join(data, "own-config.json");
  const file = {
    currencies: currencies.map(([code, decimals]) => ({ code, decimals })),
    markets: markets.map(([base, quote]) => ({ base, quote })),
  };
  writeFileSync(config, JSON.stringify(file));
  return { config };
};
const DEFAULT: [string, number][] = [
  ["BTC", 8],
  ["USD", 2],
  ["EUR", 2],
  ["CAD", 2],
];
const MARKETS: [string, string][] = [
  ["BTC", "USD"],
  ["BTC", "EUR"],
  ["BTC", "CAD"],
];

test("a currency and a market can be added, and stay with their orders after a restart", async () => {
  copy();
  const wider = configured([...DEFAULT, ["CHF", 2]], [...MARKETS, ["BTC", "CHF"]]);
  const on = await start(wider);
  expect(await look(on)).toMatchObject({ trades: (shown as { trades: object }).trades });
  const placed = await order(on, alice, ["0.1", "BTC"], ["7000", "CHF"]);
  await hub!.close();
  const { orders } = await must((await start(wider)).url, "my-open-orders", {}, alice);
  expect(orders).toContainEqual(expect.objectContaining({ oid: placed.oid, for_cur: "CHF" }));
});

test("a currency cannot be taken away, and trying changes nothing", async () => {
  copy();
  await expect(startTestHub(configured(DEFAULT.slice(0, 3), MARKETS.slice(0, 2)), data)).rejects.toThrow(
    /currencies are only added/,
  );
  expect(await look(await start())).toEqual(shown);
});

test("a second hub on the same folder is refused while the first goes on", async () => {
  copy();
  const first = await start();
  await refusesToStart({ code: "journal_in_use" });
  await expect(verify()).rejects.toMatchObject({ code: "journal_in_use" });
  await pay(first, "0.01");
  expect((await must(first.url, "my-transfers", { limit: "1" }, alice)).transfers).toMatchObject([
    { amount: "0.01" },
  ]);
});

test("a hub that cannot have its port leaves its folder to the next one", async () => {
  copy();
  const other = newFolder();
  const occupant = await startTestHub({}, other);
  const port = Number(new URL(occupant.url).port);
  const options = { port, host: "127.0.0.1", devchainPort: 0, data, logLevel: "silent" };
  await expect(startHub(options, () => {})).rejects.toMatchObject({ code: "EADDRINUSE" });
  await occupant.end();
  expect(await look(await start())).toEqual(shown);
});

test("a nonce used before a restart is not taken after it", async () => {
  copy();
  const on = await start();
  const spent = { nonce_ms: String(Date.now() + 25_000), nonce_random: "once" };
  const { btc_address } = await must(on.url, "new-btc-address", {}, bob);
  const request = signed("send-btc", { to_btc_address: btc_address, amount: "0.01" }, alice, spent);
  expect((await post(on.url, "send-btc", request)).status).toBe(200);
  const read = signed("my-balance", {}, alice);
  expect((await post(on.url, "my-balance", read)).status).toBe(200);
  await hub!.close();
  const next = await start();
  expect((await post(next.url, "send-btc", request)).code).toBe("nonce_used");
  expect((await post(next.url, "my-balance", read)).code).toBe("nonce_stale");
  expect((await call(next.url, "my-balance", {}, alice)).status).toBe(200);
});
