import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Kraken, startKraken } from "../../../client/dist/ccxt/testing.js";
import type { KeyEntry } from "../keyring.ts";
import { commandLine, PROGRAM } from "../testing.ts";

const CALL = fileURLToPath(new URL("../../../../examples/call.sh", import.meta.url));

let at: ReturnType<typeof commandLine>;
let kraken: Kraken;
let children: ChildProcess[];
let written: string;

const file = (name: string, content: unknown, mode = 0o600): string => {
  const path = join(at.folder, name);
  writeFileSync(path, JSON.stringify(content), { mode });
  return path;
};

beforeEach(async () => {
  at = commandLine();
  kraken = await startKraken();
  children = [];
  written = "";
});
afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await kraken.close();
  at.remove();
});

interface Ready {
  readonly url: string;
  readonly key_file: string;
  readonly token: string;
}

// ccxt is large: on a busy machine each start takes its time.
vi.setConfig({ testTimeout: 180_000 });

/** Starts a wrapper of the emulated Kraken; ready when it says so. */
const start = async (more: readonly string[], input = ""): Promise<{ child: ChildProcess; ready: Ready }> => {
  const words = ["wrap", "ccxt:kraken", "--json", "--port", "0", "--data", join(at.folder, "wrap"), ...more];
  const options = file("ccxt.json", kraken.ccxt);
  const child = spawn(process.execPath, [PROGRAM, ...words, "--ccxt-options", options], {
    cwd: at.folder,
    env: { PATH: process.env.PATH },
  });
  children.push(child);
  child.stdin.end(input);
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    written += text;
  });
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", () => reject(new Error(`it ended: ${written}`)));
  });
  const line = await ready;
  written += line;
  return { child, ready: JSON.parse(line) as Ready };
};

const callSh = async (ready: Ready, ...words: string[]): Promise<Record<string, unknown>> => {
  const { authkey } = JSON.parse(readFileSync(ready.key_file, "utf8")) as KeyEntry;
  const env = { PATH: process.env.PATH, HUB: ready.url, TOKEN: authkey.token, KEY: authkey.key };
  for (;;) {
    // It ends with 1 or 3 for what is refused or unknown; the answer is told all the same.
    const { stdout } = await promisify(execFile)("bash", [CALL, ...words], { env }).catch(
      (error: unknown) => error as { stdout: string },
    );
    const answer = JSON.parse(stdout) as { error?: { code: string } };
    // Its clock has whole seconds: within the one of a restart it is behind.
    if (answer.error?.code !== "nonce_stale") return answer;
    await sleep(200);
  }
};

const ORDER = ["place-order", "trade_amt=600", "trade_cur=USD", "for_amt=0.01", "for_cur=BTC"];
const placed = () => kraken.calls.filter(({ endpoint }) => endpoint === "AddOrder").length;

test("curl and openssl trade at a wrapped exchange; its keys are seen nowhere", async () => {
  const { child, ready } = await start(["--keys", file("keys.json", kraken.keys)]);
  expect(statSync(ready.key_file).mode & 0o777).toBe(0o600);
  expect(await callSh(ready, "my-balance")).toHaveProperty("available.btc");
  const { oid } = await callSh(ready, ...ORDER, "client_id=mine");
  expect(await callSh(ready, ...ORDER, "client_id=mine")).toMatchObject({ oid });
  expect(await callSh(ready, "my-open-orders")).toMatchObject({ orders: [{ oid }] });
  expect(placed()).toBe(1);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  for (const secret of [kraken.keys.apiKey, kraken.keys.secret]) expect(written).not.toContain(secret);
});

test("killed between sending an order and its answer, it never sends it again by itself", async () => {
  const keys = ["--ask-keys"];
  const { child, ready } = await start(keys, JSON.stringify(kraken.keys));
  kraken.failNext("AddOrder", "silent");
  const cut = callSh(ready, ...ORDER, "client_id=mine").catch((error: unknown) => error);
  await expect.poll(placed, { timeout: 60_000 }).toBe(1);
  child.kill("SIGKILL");
  await once(child, "exit");
  await cut;
  const second = await start(keys, JSON.stringify(kraken.keys));
  expect(second.ready.token).toBe(ready.token);
  const again = await callSh(second.ready, ...ORDER, "client_id=mine");
  expect(again).toMatchObject({ error: { code: "outcome_unknown", client_id: "mine" } });
  expect(await callSh(second.ready, ...ORDER, "client_id=other")).toHaveProperty("oid");
  expect(placed()).toBe(2);
});

test("what would give keys away, or let others in unseen, is refused before anything is served", async () => {
  const run = (...words: string[]) => at.run(["wrap", ...words]);
  const keys = file("keys.json", kraken.keys, 0o644);
  expect(await run("ccxt:kraken", "--keys", keys)).toMatchObject({
    code: 1,
    err: expect.stringContaining("keys_exposed"),
  });
  expect(await run("ccxt:kraken", "--host", "0.0.0.0")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--tls-cert"),
  });
  expect(await run("mtgox:https://anna:secret@mtgox.example")).toMatchObject({
    code: 2,
    err: expect.stringContaining("do not belong into the URL"),
  });
  expect(await run("kraken")).toMatchObject({ code: 2 });
  const password = file("password.json", { name: "anna", pass: "open sesame" });
  const other = await run("ccxt:kraken", "--keys", password);
  expect(other).toMatchObject({ code: 2, err: expect.stringContaining("apiKey") });
  expect(other.err).not.toContain("sesame");
  const options = file("options.json", { apiKey: "abc-def" });
  expect(await run("ccxt:kraken", "--ccxt-options", options)).toMatchObject({
    code: 1,
    err: expect.not.stringContaining("abc-def"),
  });
});
