import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HubProcess, startHubProcess } from "../demo/hub-process.ts";
import { type Asked, commandLine, keyOf, type Reply, startSmallHub } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let hub: HubProcess;
let env: Record<string, string>;
/** The development chain as a node of the user's own. */
let node: string[];
const run = (...words: string[]) => at.run(words, { env });

/** Parses standard output, after the exit code was looked at. */
const json = async (code: number, ...words: string[]) => {
  const ran = await run(...words, "--json");
  expect(ran.code, `${ran.out}${ran.err}`).toBe(code);
  return JSON.parse(ran.out);
};

beforeAll(async () => {
  at = commandLine();
  hub = await startHubProcess();
  env = {
    COINHOLDER_HUB: hub.url,
    COINHOLDER_DATA: hub.data,
    COINHOLDER_DEVCHAIN_PORT: new URL(hub.devchainUrl).port,
  };
  const password = readFileSync(join(hub.data, "devchain", "rpc-password"), "utf8").trim();
  const url = new URL(hub.devchainUrl);
  node = ["--bitcoin-rpc", `http://devchain:${password}@127.0.0.1:${url.port}`];
  for (const [alias, btc] of [
    ["alice", "1.5"],
    ["bob", "0.25"],
  ] as const) {
    await run("call", "create-account", "--as", alias);
    await run("devchain", "fund", alias, btc);
  }
  await run("devchain", "mine", "1");
});
afterAll(async () => {
  await hub?.stop();
  at.remove();
});

test("before anything was published there is nothing to check", async () => {
  await expect
    .poll(async () => (await run("accounts")).out, { timeout: 20_000 })
    .toMatch(/1\.50 BTC[\s\S]*0\.25 BTC/);
  expect(await run("prove", "check", "--as", "alice")).toMatchObject({
    code: 1,
    err: expect.stringContaining("proof_unknown"),
  });
});

test("prove publishes, and says what is owed and what there is", async () => {
  const { code, out } = await run("prove");
  expect(code).toBe(0);
  expect(out).toMatch(/root +[0-9a-f]{64}/);
  expect(out).toMatch(/owed +1\.75 BTC/);
  expect(out).toMatch(/reserves +1\.75 BTC in 2 coins, each signed for/);
  expect(out).toMatch(/ratio +100 %/);
  const told = await json(0, "prove");
  expect(told).toMatchObject({
    root: { sums: { BTC: 175_000_000 } },
    totals: { owed: { BTC: "1.75" }, reserves: "1.75", cold: "0.00", percent: 100 },
  });
});

test("an account is checked by its key or from a file, with and without a node", async () => {
  const own = { account: { counted: { BTC: "1.50" } }, problems: [], totals: { percent: 100 } };
  const seen = await json(0, "prove", "check", "--as", "alice", ...node);
  expect(seen).toMatchObject({ ...own, reserves: { coins: 2, spent: [], wrong: [], coins_seen: true } });
  expect(seen.blocks_since).toBe(0);
  const file = join(at.folder, "proof.json");
  writeFileSync(file, (await run("call", "my-proof", "--as", "alice", "--json")).out);
  expect(await json(0, "prove", "check", "--file", file)).toMatchObject({
    ...own,
    reserves: { coins: 2, coins_seen: false },
  });
  const { out } = await run("prove", "check", "--as", "bob", "--root", seen.root, ...node);
  expect(out).toMatch(/account +counted: ac-[a-z2-7]{16}, with 0\.25 BTC/);
  expect(out).toContain("the one you got elsewhere");
  expect(out).toContain("2 coins, signed for and unspent at your node");
  expect(out).toContain("Everything that was checked holds.");
  // Who keeps no key checks the rest.
  const stranger = { ...env, COINHOLDER_KEYS: join(at.folder, "none.json") };
  const ran = await at.run(["prove", "check", ...node], { env: stranger });
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining("none was checked") });
});

test("what does not hold is told by a code, and the exit code is 1", async () => {
  const other = "ab".repeat(32);
  expect(await json(1, "prove", "check", "--as", "alice", "--root", other)).toMatchObject({
    problems: ["root_differs"],
  });
  const proof = JSON.parse((await run("call", "my-proof", "--as", "alice", "--json")).out);
  const file = join(at.folder, "changed.json");
  const check = async (changed: unknown) => {
    writeFileSync(file, JSON.stringify(changed));
    return (await json(1, "prove", "check", "--file", file)).problems;
  };
  expect(await check({ ...proof, leaf: { ...proof.leaf, sums: { BTC: 1 } } })).toEqual(["leaf_wrong"]);
  const older = { ...proof.root, hash: other };
  expect(await check({ ...proof, root: older, path: [] })).toEqual(["leaf_of_other_root"]);
}, 60_000);

test("what is no proof, and options that contradict each other, are refused", async () => {
  const file = join(at.folder, "nothing.json");
  writeFileSync(file, "{}");
  expect(await run("prove", "check", "--file", file)).toMatchObject({
    code: 1,
    err: expect.stringContaining("proof_malformed"),
  });
  expect((await run("prove", "check", "--file", join(at.folder, "gone.json"))).err).toContain("ENOENT");
  for (const words of [
    ["--as", "alice", "--file", file],
    ["--root", "abc"],
    ["--bitcoin-cookie", file],
  ])
    expect(await run("prove", "check", ...words), words.join(" ")).toMatchObject({ code: 2 });
  const wrong = await run("prove", "check", "--as", "alice", "--bitcoin-rpc", "http://u:secret@127.0.0.1:1");
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("node_unreachable") });
  expect(wrong.err).not.toContain("secret");
});

test("a coin that was spent since is told, and proven anew it is gone", async () => {
  const before = await json(0, "prove", "check", "--as", "alice", ...node);
  const outside = ["to_btc_address=bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "amount=1.4"];
  expect(await run("call", "send-btc", "--as", "alice", ...outside)).toMatchObject({ code: 0 });
  let checked = before;
  await expect
    .poll(
      async () => {
        await run("devchain", "mine", "1");
        checked = JSON.parse((await run("prove", "check", "--as", "alice", ...node, "--json")).out);
        return checked.problems;
      },
      { timeout: 30_000 },
    )
    .toEqual(["coins_spent"]);
  expect(checked.reserves.spent[0]).toMatchObject({ amount: 150_000_000 });
  expect(checked.totals.percent).toBeLessThan(100);
  expect(checked.account.counted).toEqual({ BTC: "1.50" });
  const { out } = await run("prove", "check", "--as", "alice", ...node);
  expect(out).toContain("coins_spent: There are coins that your node has no more, or never had.");
  // Without a node nobody sees it.
  expect(await json(0, "prove", "check", "--as", "alice")).toMatchObject({ problems: [] });
  await expect
    .poll(
      async () => {
        await run("prove");
        checked = JSON.parse((await run("prove", "check", "--as", "alice", ...node, "--json")).out);
        return checked.reserves.spent;
      },
      { timeout: 30_000 },
    )
    .toEqual([]);
  expect(checked.account.counted.BTC).toMatch(/^0\.09/);
  expect(checked.reserves.wrong).toEqual([]);
}, 90_000);

test("a hub that leaves an account out, shows another's leaf, or a root with other sums is told so", async () => {
  let answer: (asked: Asked) => Reply | undefined = () => undefined;
  const liar = await startSmallHub((asked) => answer(asked));
  try {
    const as = (...words: string[]) =>
      at.run(["prove", "check", "--as", "carol", "--json", ...words], {
        env: { COINHOLDER_HUB: liar.url },
      });
    await at.run(["call", "create-account", "--as", "carol"], { env: { COINHOLDER_HUB: liar.url } });
    const root = { hash: "cd".repeat(32), sums: { BTC: 5 } };
    const published = {
      root,
      t: 1,
      journal_seq: 1,
      accounts: 1,
      reserves: {
        network: "regtest",
        height: 1,
        hash: "ab".repeat(32),
        owed: 5,
        amount: 0,
        coins: 0,
        batches: 0,
        cold: 0,
      },
    };
    const leaf = { account: keyOf(1).account, salt: "11", sums: { BTC: 5 } };
    const hubOf = (proof: Reply, of: object = published) => {
      answer = ({ name }) =>
        name === "proof-root" ? { answer: of } : name === "my-proof" ? proof : undefined;
    };
    hubOf({ status: 404, code: "proof_unknown" });
    expect(JSON.parse((await as()).out).problems).toEqual(["leaf_missing", "reserves_short"]);
    hubOf({ answer: { root, leaf: { ...leaf, account: keyOf(2).account }, path: [] } });
    expect(JSON.parse((await as()).out).problems[0]).toBe("leaf_of_other_account");
    hubOf({ answer: { root, leaf, path: [] } });
    expect(JSON.parse((await as()).out).problems[0]).toBe("leaf_wrong");
    hubOf({ answer: { root, leaf, path: [] } }, { ...published, root: { ...root, sums: { BTC: 4 } } });
    expect(await as()).toMatchObject({ code: 1, err: expect.stringContaining("answer_malformed") });
    hubOf({ answer: { root, leaf, path: [] } }, { ...published, root: { ...root, hash: "ef".repeat(32) } });
    expect(await as()).toMatchObject({ code: 1, err: expect.stringContaining("published_anew") });
  } finally {
    await liar.close();
  }
});
