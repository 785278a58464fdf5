import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BitcoinNode, connectNode } from "@coinholder/bitcoin";
import {
  type Answer,
  checkReserves,
  type Proof,
  proves,
  type ReserveBatch,
  type ReservesCheck,
  reservesMessage,
} from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import { call, must, newFolder, startTestHub, type TestHub, until } from "../testing/harness.ts";

// One hub for all: each test goes on from what the ones before it left.
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.end());

const publish = () => must(hub.url, "operator-publish-proof", {}, hub.operator);

const nodeOf = (of: TestHub): BitcoinNode =>
  connectNode({
    url: of.devchainUrl!,
    user: "devchain",
    password: readFileSync(paths(of.data).devchainPassword, "utf8").trim(),
  });

/** As a stranger checks it: by the hub's public functions, and a node of one's own. */
const check = async (published: Answer<"proof-root">, batches?: ReserveBatch[]): Promise<ReservesCheck> => {
  const { root, reserves } = published;
  const told: ReserveBatch[] = [];
  for (let batch = 1; batch <= reserves.batches; batch++)
    told.push(await must(hub.url, "proof-of-reserves", { batch: String(batch) }));
  const node = nodeOf(hub);
  try {
    return await checkReserves({ ...reserves, root: root.hash }, batches ?? told, async (outpoint) => {
      const [txid, vout] = outpoint.split(":");
      const output = await node.txOut(txid!, Number(vout));
      return output && { amount: BigInt(output.value), script: Buffer.from(output.script, "hex") };
    });
  } finally {
    node.close();
  }
};

test("a deposit that does not count yet is neither owed nor a reserve", async () => {
  expect((await call(hub.url, "proof-root")).code).toBe("proof_unknown");
  expect((await call(hub.url, "proof-of-reserves", { batch: "1" })).code).toBe("proof_unknown");
  const alice = await hub.newAccount();
  const { btc_address } = await must(hub.url, "new-btc-address", {}, alice);
  await hub.rpc("devchain_fund", btc_address, "0.7");
  await until(
    () => must(hub.url, "my-balance", {}, alice),
    ({ pending }) => pending.btc !== undefined,
  );
  const published = await publish();
  expect(published.root.sums).toEqual({});
  expect(published.reserves).toMatchObject({ amount: 0, coins: 0, batches: 0, owed: 0 });
  expect(await check(published)).toEqual({ coins: 0, amount: 0, spent: [], wrong: [] });
});

test("each account finds itself in the published tree, whose root is all that is owed, across a restart too", async () => {
  const accounts = [
    await hub.fundedAccount("1.5"),
    await hub.fundedAccount("0.00012345"),
    await hub.newAccount(),
  ];
  expect((await call(hub.url, "my-proof", {}, accounts[0])).code).toBe("proof_unknown");
  const credit = { to_account: accounts[1]!.account, currency: "USD", amount: "52.00", reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  const selling = { trade_amt: "0.5", trade_cur: "BTC", for_amt: "30000", for_cur: "USD" };
  await must(hub.url, "place-order", selling, accounts[0]);
  const published = await publish();
  // Those three, the one with 0.7 from before, and the operator's own; the books' own accounts (the chain's, the bank's) are none.
  expect(published).toMatchObject({ accounts: 5, root: { sums: { BTC: 220_012_345, USD: 5200 } } });

  const checkLeaves = async () => {
    const { root } = await must(hub.url, "proof-root");
    expect(root).toEqual(published.root);
    for (const [i, account] of accounts.entries()) {
      const proof = await must(hub.url, "my-proof", {}, account);
      expect(proves(proof as Proof, root)).toBe(true);
      expect(proof.leaf).toMatchObject({
        account: account.account,
        sums: [{ BTC: 150_000_000 }, { BTC: 12_345, USD: 5200 }, {}][i],
      });
    }
  };
  await checkLeaves();
  const late = await hub.newAccount();
  expect((await call(hub.url, "my-proof", {}, late)).code).toBe("proof_unknown");
  hub = await hub.restart();
  await checkLeaves();
});

test("the hub signs for its coins, which are all that is owed, and a stranger's node confirms it, across a restart too", async () => {
  const published = await publish();
  const { reserves, root } = published;
  expect(reserves).toMatchObject({
    network: "regtest",
    owed: root.sums.BTC,
    amount: 220_012_345,
    coins: 3,
    batches: 1,
    cold: 0,
  });
  const node = nodeOf(hub);
  expect(await node.blockHash(reserves.height)).toBe(reserves.hash);
  node.close();
  const whole: ReservesCheck = { coins: 3, amount: 220_012_345, spent: [], wrong: [] };
  expect(await check(published)).toEqual(whole);
  expect(statSync(paths(hub.data).proof).mode & 0o777).toBe(0o600);

  const batch = await must(hub.url, "proof-of-reserves", { batch: "1" });
  expect(batch).toMatchObject({
    root: root.hash,
    batches: 1,
    message: reservesMessage({ ...reserves, root: root.hash }),
  });
  expect((await call(hub.url, "proof-of-reserves", { batch: "2" })).code).toBe("proof_unknown");
  hub = await hub.restart();
  expect(await must(hub.url, "proof-root")).toEqual(published);
  expect(await check(published)).toEqual(whole);
});

test("reserves and liabilities are of one moment: the signatures are for no other root", async () => {
  const alice = await hub.fundedAccount("1.5");
  const before = await publish();
  const batch = await must(hub.url, "proof-of-reserves", { batch: "1" });
  const bob = await hub.newAccount();
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bob);
  await must(hub.url, "send-btc", { to_btc_address: btc_address, amount: "0.5" }, alice);
  const after = await publish();
  expect(after.root.hash).not.toBe(before.root.hash);
  expect(after.reserves).toMatchObject({ amount: before.reserves.amount, owed: before.reserves.owed });
  expect(await check(after, [batch])).toMatchObject({
    amount: 0,
    wrong: [{ batch: 1, problem: "other_message_or_address" }],
  });
  expect(await check(after)).toMatchObject({ amount: after.reserves.owed, wrong: [] });
});

test("a coin spent after publication makes the check say so, and a new proof is of what is there now", async () => {
  const alice = await hub.fundedAccount("1.5");
  const published = await publish();
  const { amount } = published.reserves;
  const to_btc_address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
  await must(hub.url, "send-btc", { to_btc_address, amount: "1.4" }, alice);
  const left = await until(
    async () => {
      await hub.rpc("devchain_mine", 1);
      return check(published);
    },
    ({ spent }) => spent.length > 0,
  );
  expect(left.wrong).toEqual([]);
  expect(left.amount + left.spent.reduce((sum, coin) => sum + coin.amount, 0)).toBe(amount);

  const best = await hub.rpc("getbestblockhash");
  await until(
    () => must(hub.url, "operator-status", {}, hub.operator),
    ({ chain }) => chain.hash === best,
  );
  const anew = await publish();
  expect(anew.reserves.hash).toBe(best);
  expect(anew.reserves.amount).toBeLessThanOrEqual(amount - 140_000_000);
  expect(await check(anew)).toMatchObject({ amount: anew.reserves.amount, spent: [], wrong: [] });
});

test("two that publish at once get one proof", async () => {
  const [one, other] = await Promise.all([publish(), publish()]);
  expect(one).toEqual(other);
  expect(await must(hub.url, "proof-root")).toEqual(one);
});

test("coins of both kinds of address are signed for", async () => {
  const folder = newFolder();
  const config = join(folder, "config.json");
  const write = (address_type: string): void =>
    writeFileSync(config, JSON.stringify({ address_type, accounts_per_hour: 1000 }));
  write("p2wpkh");
  let both = await startTestHub({ config });
  try {
    await both.fundedAccount("0.1");
    write("p2tr");
    both = await both.restart();
    await both.fundedAccount("0.2");
    const { root, reserves } = await must(both.url, "operator-publish-proof", {}, both.operator);
    const batch = await must(both.url, "proof-of-reserves", { batch: "1" });
    expect(batch.coins.map(({ address }) => address.slice(0, 6)).sort()).toEqual(["bcrt1p", "bcrt1q"]);
    expect(await checkReserves({ ...reserves, root: root.hash }, [batch])).toEqual({
      coins: 2,
      amount: 30_000_000,
      spent: [],
      wrong: [],
    });
  } finally {
    await both.end();
    rmSync(folder, { recursive: true });
  }
});
