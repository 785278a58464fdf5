import { cpSync, rmSync } from "node:fs";
import { type PostgresServer, startPostgres } from "@coinholder/journal/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { paths } from "./data-folder.ts";
import { startChildHub } from "./durability/child-hub.ts";
import { accountOf, call, type Key, must, newFolder, startTestHub, until } from "./testing/harness.ts";
import { journalKey, verifyData } from "./verify.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.end());

const temporaryFolder = (): string => {
  const folder = newFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

type Account = Key & { account: string };

/** What an account can be shown of itself. */
const shown = async (url: string, account: Account) => ({
  balance: await must(url, "my-balance", {}, account),
  transfers: await must(url, "my-transfers", {}, account),
  trades: await must(url, "my-trades", {}, account),
});

test("the story of a hub on PostgreSQL: deposit, payment, trade, history, restart", async () => {
  const store = await server.database();
  let hub = await startTestHub({ store });
  onTestFinished(() => hub.end());
  const [alice, bob] = [await hub.fundedAccount("1.5"), await hub.newAccount()];
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bob);
  const payment = { to_btc_address: btc_address, amount: "0.25", client_id: "rent" };
  const paid = await must(hub.url, "send-btc", payment, alice);
  const credit = { to_account: bob.account, currency: "USD", amount: "20000.00", reference: "wire ₿ 1" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  const sell = { trade_amt: "0.5", trade_cur: "BTC", for_amt: "32500", for_cur: "USD" };
  await must(hub.url, "place-order", sell, alice);
  const buy = { trade_amt: "13000", trade_cur: "USD", for_amt: "0.2", for_cur: "BTC" };
  expect(await must(hub.url, "place-order", buy, bob)).toMatchObject({ state: "filled" });
  const day = { market: "BTC/USD", interval: "1d" };
  expect((await must(hub.url, "candles", day)).candles).toMatchObject([{ volume: "0.20" }]);

  const before = [await shown(hub.url, alice), await shown(hub.url, bob)];
  expect(before[1]!.transfers.transfers.map(({ kind }) => kind)).toEqual(["credit", "internal"]);
  expect(before[0]!.trades.trades).toMatchObject([{ side: "sell", role: "maker" }]);
  await expect(startTestHub({}, hub.data)).rejects.toThrow("name it with --store");
  hub = await hub.restart();
  expect([await shown(hub.url, alice), await shown(hub.url, bob)]).toEqual(before);
  expect(await must(hub.url, "send-btc", payment, alice)).toEqual(paid);
  expect((await must(hub.url, "candles", day)).candles).toMatchObject([{ volume: "0.20" }]);

  // History can be thrown away: it is made again from the journal.
  await hub.close();
  await server.query(store, "UPDATE history_position SET version = 99");
  hub = await startTestHub({ store }, hub.data);
  expect([await shown(hub.url, alice), await shown(hub.url, bob)]).toEqual(before);
  await hub.close();
  const { entries, snapshotSeq } = await verifyData(hub.data, await journalKey(hub.data), undefined, store);
  expect(snapshotSeq).toBe(entries);
});

test("a hub and its server, killed with -9 amid payments: what was answered is kept, once, also on another machine", {
  timeout: 120_000,
}, async () => {
  const store = await server.database();
  const data = temporaryFolder();
  let hub = await startChildHub(data, store);
  onTestFinished(() => hub.kill());
  const [alice, bob] = [await accountOf(hub.url), await accountOf(hub.url)];
  const [from, to] = [
    (await must(hub.url, "new-btc-address", {}, alice)).btc_address,
    (await must(hub.url, "new-btc-address", {}, bob)).btc_address,
  ];
  await hub.rpc("devchain_fund", from, "1");
  await hub.rpc("devchain_mine", 1);
  const balance = (key: Key) => must(hub.url, "my-balance", {}, key);
  await until(
    () => balance(alice),
    ({ available }) => available.btc !== undefined,
  );

  const pay = (i: number) =>
    call(hub.url, "send-btc", { to_btc_address: to, amount: "0.0001", client_id: `pay-${i}` }, alice);
  const answers = new Map<number, unknown>();
  let next = 0;
  /** Pays until so many more were answered or the hub is gone, eight at a time. */
  const payMany = async (count: number): Promise<void> => {
    const end = answers.size + count;
    const one = async (): Promise<void> => {
      while (answers.size < end) {
        const i = next++;
        const answer = await pay(i).catch(() => undefined);
        if (answer?.status !== 200) return;
        answers.set(i, answer.body);
      }
    };
    await Promise.all(Array.from({ length: 8 }, one));
  };

  await payMany(50);
  // The server goes down and comes back while calls are under way: they wait, and are answered.
  const paying = payMany(100);
  await server.kill();
  await server.start();
  await paying;
  expect(answers.size).toBeGreaterThanOrEqual(150);

  const killed = payMany(10_000);
  await until(
    async () => answers.size,
    (size) => size > 200,
  );
  await hub.kill();
  await killed;

  // Another machine, which has the data folder as it was copied, but of the journal nothing.
  const elsewhere = temporaryFolder();
  cpSync(data, elsewhere, { recursive: true });
  rmSync(paths(elsewhere).journal, { recursive: true });
  hub = await startChildHub(elsewhere, store);
  await expect(startChildHub(data, store)).rejects.toThrow("journal_in_use");
  const again = await Promise.all(Array.from({ length: next }, (_, i) => pay(i)));
  for (const [i, body] of answers) expect(again[i]!.body).toEqual(body);
  for (const { status } of again) expect(status).toBe(200);
  expect((await balance(bob)).available).toEqual({
    btc: (next * 0.0001).toFixed(4).replace(/(\.\d\d\d*?)0+$/, "$1"),
  });
  const { transfers } = await must(hub.url, "my-transfers", { limit: "1" }, bob);
  expect(transfers).toMatchObject([{ kind: "internal", direction: "in" }]);
  expect(await hub.stop()).toBe(0);
  await verifyData(elsewhere, await journalKey(elsewhere), undefined, store);
});
