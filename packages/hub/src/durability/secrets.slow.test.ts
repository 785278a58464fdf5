import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { openSeedFile, openWallet, type Seed } from "@coinholder/bitcoin";
import { startDevchainNode, type TestNode } from "@coinholder/bitcoin/testing";
import { functionNames } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import type { HubOptions } from "../options.ts";
import { startHub } from "../start.ts";
import { accountOf, must, newFolder, post, signed, until } from "../testing/harness.ts";
import { validParams } from "../testing/valid-params.ts";
import { journalKey, verifyData } from "../verify.ts";
import { type CrashingHub, startCrashingHub } from "./crashing-hub.ts";
import { findSecrets, type Secret, secretsOf } from "./secrets.ts";
import { ELSEWHERE } from "./workload.ts";

const PASSPHRASE = "open, sesame, but 1 time only";
const ENV = "COINHOLDER_WALLET_PASSPHRASE";

let chain: TestNode;
let data: string;
let other: string;
let seed: Seed;
let secrets: Secret[];
/** Everything that left the hub, by where it was seen. */
const seen = new Map<string, Buffer>();

const see = (where: string, what: unknown): void => {
  const text = typeof what === "string" ? what : inspect(what, { depth: 20, showHidden: true });
  seen.set(`${seen.size} ${where}`, Buffer.from(text));
};

const seeFiles = (when: string): string[] => {
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  for (const { parentPath, name } of files)
    seen.set(`${when}: ${name}`, readFileSync(join(parentPath, name)));
  return files.map(({ name }) => name);
};

const optionsOf = (folder: string): HubOptions => ({
  port: 0,
  host: "127.0.0.1",
  devchainPort: 0,
  data: folder,
  config: join(data, "config.json"),
  bitcoinRpc: chain.rpcUrl,
  logLevel: "trace",
});
const start = async (): Promise<CrashingHub> => (await startCrashingHub(optionsOf(data))) as CrashingHub;

beforeAll(async () => {
  process.env[ENV] = PASSPHRASE;
  chain = await startDevchainNode();
  [data, other] = [newFolder(), newFolder()];
  writeFileSync(join(data, "config.json"), JSON.stringify({ final_after: 2 }));
});
afterAll(async () => {
  delete process.env[ENV];
  await chain.stop();
  for (const folder of [data, other]) rmSync(folder, { recursive: true, force: true });
});

const nodePassword = (): Secret => {
  const { user, password } = chain;
  return {
    name: "the password of the node",
    forms: [password, encodeURIComponent(password), Buffer.from(`${user}:${password}`).toString("base64")],
  };
};

/** A deposit, a withdrawal that becomes final, and every function there is; the answers are kept. */
const liveThrough = async (hub: CrashingHub): Promise<void> => {
  const alice = await accountOf(hub.url);
  const { btc_address } = await must(hub.url, "new-btc-address", {}, alice);
  await chain.fund(btc_address, 200_000_000);
  await chain.mine();
  const book = () => must(hub.url, "my-balance", {}, alice);
  await until(book, ({ available }) => available.btc === "2.00");
  await must(hub.url, "send-btc", { to_btc_address: ELSEWHERE, amount: "0.5" }, alice);
  await until(
    async () => {
      await chain.mine();
      return (await must(hub.url, "my-transfers", {}, alice)).transfers;
    },
    ([newest]) => newest?.status === "final",
  );
  const params = validParams({ account: alice.account, token: alice.token, oid: "o1" });
  for (const fn of functionNames) {
    const key = fn.startsWith("operator-") ? hub.operator : alice;
    see(`the answer of ${fn}`, JSON.stringify(await post(hub.url, fn, signed(fn, params[fn], key))));
  }
};

/** What stands in the way of a start or of a verification is told without telling more. */
const seeFailure = async (where: string): Promise<unknown> => {
  const failures = await Promise.all([
    startHub(optionsOf(other), () => {}).catch((error) => error),
    startCrashingHub(optionsOf(other)).catch((error) => error),
    journalKey(other).catch((error) => error),
  ]);
  for (const failure of failures) {
    see(where, failure);
    see(`${where}, as text`, `${failure.stack} ${JSON.stringify(failure)}`);
  }
  return failures[0];
};

test("no file, log, answer or error has the phrase, the seed, a key or the passphrase", {
  timeout: 120_000,
}, async () => {
  const hub = await start();
  seed = await openSeedFile(paths(data).wallet, PASSPHRASE);
  secrets = [...secretsOf(seed, PASSPHRASE), nodePassword()];
  await liveThrough(hub);
  seeFiles("while it runs");
  await hub.kill();
  see("the log of the first hub", hub.printed());

  cpSync(data, other, { recursive: true });
  process.env[ENV] = "guessed";
  expect(await seeFailure("a wrong passphrase")).toMatchObject({ code: "wrong_passphrase" });
  process.env[ENV] = PASSPHRASE;
  const file = readFileSync(paths(data).wallet, "utf8");
  writeFileSync(paths(other).wallet, file.replace(/"ciphertext": "./, '"ciphertext": "*'));
  expect(await seeFailure("a damaged wallet")).toMatchObject({ code: "wallet_file_damaged" });
  rmSync(paths(other).wallet);
  expect(await seeFailure("a missing wallet")).toBeInstanceOf(Error);

  const again = await start();
  chain.line.cut();
  await until(
    async () => again.printed(),
    (log) => log.includes("node_unreachable"),
  );
  expect(await again.stop()).toBe(0);
  see("the log of a hub without a node", again.printed());
  expect(seeFiles("after a stop")).toEqual(
    expect.arrayContaining([
      "journal.db",
      "journal.head",
      "history.db",
      "signer.log",
      "wallet.json",
      expect.stringMatching(/^snapshot-/),
    ]),
  );
  const wallet = openWallet(seed);
  see("a wallet and a seed printed", [wallet, seed, JSON.stringify([wallet, seed]), String(wallet)]);
  see("what verify answers", await verifyData(data, await journalKey(data)));

  for (const [where, bytes] of seen) expect(findSecrets(secrets, bytes), where).toEqual([]);
});

test("the search would have found every one of them", () => {
  for (const { name, forms } of secrets)
    for (const form of forms) {
      const hidden = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(form as string), Buffer.from('"}')]);
      expect(findSecrets(secrets, hidden)).toContain(name);
    }
  const key =
    "tprv8ZgxMBicQKsPeDgjzdC36fs6bMjGApWDNLR9erAXMs5skhMv36j9MV5ecvfavji5khqjWaWSFhN3YcCUUdiKH6isR4Pwy3U5y5egddBr16m";
  expect(findSecrets(secrets, Buffer.from(`key ${key}.`))).toEqual(["an extended private key"]);
});
