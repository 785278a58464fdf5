import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { functions } from "@coinholder/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Asked, commandLine, keyOf, type Reply, startSmallHub } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let hub: Awaited<ReturnType<typeof startSmallHub>>;
let answer: (asked: Asked) => Reply | undefined;
const run = (words: string[], input = "", env: Record<string, string> = {}) =>
  at.run(words, { env: { COINHOLDER_HUB: hub.url, ...env }, input });

beforeEach(async () => {
  at = commandLine();
  // Whatever is asked, the hub answers as the reference says it might.
  answer = ({ name }) => ({ answer: functions[name as keyof typeof functions].example.answer });
  hub = await startSmallHub((asked) => answer(asked));
  mkdirSync(join(at.folder, "data"));
  writeFileSync(join(at.folder, "data", "operator-authkey.json"), JSON.stringify(keyOf(77)), { mode: 0o600 });
});
afterEach(async () => {
  await hub.close();
  at.remove();
});

test("wallet: what it holds, what is on its way, what it costs; --json has all of the answer", async () => {
  const { out, code, err } = await run(["wallet"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/wallet on regtest, p2wpkh, next address 14 \(change 6\)/);
  expect(out).toMatch(/confirmed +3\.20 /);
  expect(out).toMatch(/total +3\.80 .*owed to accounts: 3\.79/);
  expect(out).toMatch(/p12 +payment +0\.25 +0\.00000282 +2 +0 +61 s +1 +f0c1[0-9a-f]{60} +t417/);
  expect(out).toContain("waiting: none");
  expect(out).toContain("fees: 0.00000282 BTC to miners");
  const json = JSON.parse((await run(["wallet", "--json"])).out);
  expect(json).toEqual(functions["operator-wallet"].example.answer);
  expect(hub.asked).toEqual([
    expect.objectContaining({ name: "operator-wallet", account: keyOf(77).account }),
    expect.objectContaining({ name: "operator-wallet" }),
  ]);
});

test("chain: tip, lag, peers, mempool and alarms; a stranger's control characters in them do no harm", async () => {
  const { example } = functions["operator-chain"];
  const alarm = {
    name: "debt",
    level: "error",
    message: "bad\u001b[2Jtext",
    since_t: 0,
    particulars: { a: [1] },
  };
  answer = () => ({
    answer: {
      ...(example.answer as object),
      halt: { reason: "operator", t: 0, detail: "by the operator" },
      alarms: [alarm],
    },
  });
  const { out, code } = await run(["chain", "--data", "data"]);
  expect(code).toBe(0);
  expect(out).toMatch(/tip +104211 +0{15}2/);
  expect(out).toMatch(/lag +0 blocks/);
  expect(out).toMatch(/reachable, block 104211 of 104211, 10 peers/);
  expect(out).toMatch(/mempool +3120 transactions/);
  expect(out).toContain("stand still since 1970-01-01T00:00:00.000Z: operator");
  expect(out).toContain("debt  bad\ufffd[2Jtext");
  expect(out).toContain("a: [1]");
  expect(JSON.parse((await run(["chain", "--json"])).out)).toMatchObject({ alarms: [alarm] });
});

test("chain halt, resume and abandon are the operator's calls", async () => {
  expect((await run(["chain", "halt"])).out).toContain("stand still");
  expect((await run(["chain", "halt", "--reason", "p12 looks strange"])).out).toContain("stand still");
  expect((await run(["chain", "resume"])).out).toContain("go on");
  expect((await run(["chain", "resume", "--reason", "it was ours"])).out).toContain("go on");
  expect((await run(["chain", "abandon", "p12"])).out).toContain("reserved anew: t417");
  answer = () => ({ status: 409, code: "payout_alive" });
  expect(await run(["chain", "abandon", "p12"])).toMatchObject({
    code: 1,
    err: expect.stringContaining("payout_alive"),
  });
  expect(await run(["chain", "abandon"])).toMatchObject({ code: 2 });
  expect(hub.asked.map(({ name, params }) => [name, params])).toEqual([
    ["operator-halt-withdrawals", {}],
    ["operator-halt-withdrawals", { reason: "p12 looks strange" }],
    ["operator-resume-withdrawals", {}],
    ["operator-resume-withdrawals", { reason: "it was ours" }],
    ["operator-abandon-payout", { payout: "p12" }],
    ["operator-abandon-payout", { payout: "p12" }],
  ]);
});

test("sweep: the PSBT alone goes to standard output or into a new file, and comes back as text or as bytes", async () => {
  const { psbt } = functions["operator-sweep"].example.answer as { psbt: string };
  const plain = await run(["wallet", "sweep", "--amount", "2.5"]);
  expect(plain).toMatchObject({
    code: 0,
    out: `${psbt}\n`,
    err: expect.stringContaining("2.49999718 BTC to"),
  });
  expect(await run(["wallet", "sweep", "--out", "sweep.psbt"])).toMatchObject({ code: 0, out: "" });
  expect(readFileSync(join(at.folder, "sweep.psbt"), "utf8")).toBe(`${psbt}\n`);
  // Another one would be lost with it, perhaps signed already.
  expect((await run(["wallet", "sweep", "--out", "sweep.psbt"])).err).toContain("file_exists");
  for (const amount of ["0", "-1", "1e3", "0.000000001"])
    expect(await run(["wallet", "sweep", "--amount", amount])).toMatchObject({ code: 2 });

  expect((await run(["wallet", "sweep", "finish", "sweep.psbt"])).out).toContain("payout p13");
  writeFileSync(join(at.folder, "bytes.psbt"), Buffer.from(psbt, "base64"));
  await run(["wallet", "sweep", "finish", "bytes.psbt"]);
  await run(["wallet", "sweep", "finish", "-"], `${psbt.slice(0, 10)}\n${psbt.slice(10)}\n`);
  expect((await run(["wallet", "sweep", "finish", "nowhere"])).err).toContain("file_unreadable");
  expect(hub.asked.map(({ name, params }) => [name, params])).toEqual([
    ["operator-sweep", { amount: "2.5" }],
    ["operator-sweep", {}],
    ["operator-sweep", {}],
    ["operator-finish-sweep", { psbt }],
    ["operator-finish-sweep", { psbt }],
    ["operator-finish-sweep", { psbt }],
  ]);
});

test("cold-address", async () => {
  expect((await run(["wallet", "cold-address"])).out).toMatch(/^bcrt1q/);
});

const PHRASE =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

test("a phrase goes in by standard input, and the same comes out; never over a wallet that is there", async () => {
  const data = join(at.folder, "new");
  const env = { COINHOLDER_DATA: data, COINHOLDER_WALLET_PASSPHRASE: "correct horse" };
  expect(await run(["wallet", "restore"], PHRASE, env)).toMatchObject({ code: 2 });
  expect(await run(["wallet", "restore", "--network", "moonnet"], PHRASE, env)).toMatchObject({ code: 2 });
  const bad = await run(["wallet", "restore", "--network", "signet"], "abandon abandon", env);
  expect(bad).toMatchObject({ code: 1, err: expect.stringContaining("invalid_phrase") });
  expect(bad.err).not.toContain("abandon");
  expect((await run(["wallet", "phrase", "--yes"], "", env)).err).toContain("wallet_file_missing");

  const restored = await run(["wallet", "restore", "--network", "signet"], `${PHRASE}\n`, env);
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining("--rescan-from") });
  expect(restored.out + restored.err).not.toContain("abandon");
  const file = join(data, "wallet.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).not.toContain("abandon");
  expect((await run(["wallet", "restore", "--network", "signet"], PHRASE, env)).err).toContain(
    "wallet_file_exists",
  );

  expect(await run(["wallet", "phrase", "--yes"], "", env)).toMatchObject({ code: 0, out: `${PHRASE}\n` });
  expect(JSON.parse((await run(["wallet", "phrase", "--yes", "--json"], "", env)).out)).toEqual({
    phrase: PHRASE,
  });
  // Nobody can be asked, and nobody has said yes.
  expect(await run(["wallet", "phrase"], "show\n", env)).toMatchObject({ code: 2, out: "" });
  const wrong = { ...env, COINHOLDER_WALLET_PASSPHRASE: "wrong horse" };
  expect((await run(["wallet", "phrase", "--yes"], "", wrong)).err).toContain("wrong_passphrase");
});

test("without a passphrase in the environment nothing is restored, except on regtest, which has one made", async () => {
  const env = { COINHOLDER_DATA: join(at.folder, "new") };
  const refused = await run(["wallet", "restore", "--network", "mainnet"], PHRASE, env);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("COINHOLDER_WALLET_PASSPHRASE") });
  expect(existsSync(join(env.COINHOLDER_DATA, "wallet.json"))).toBe(false);
  expect(await run(["wallet", "restore", "--network", "regtest"], PHRASE, env)).toMatchObject({ code: 0 });
  expect(await run(["wallet", "phrase", "--yes"], "", env)).toMatchObject({ out: `${PHRASE}\n` });
});

test("help says what must be known", async () => {
  expect((await run(["wallet", "--help"])).out).toContain("cold-address");
  expect((await run(["wallet", "restore", "--help"])).out).toContain("--rescan-from");
  expect((await run(["wallet", "sweep", "--help"])).out).toContain("outdated");
  expect((await run(["chain", "--help"])).out).toContain("abandon");
});
