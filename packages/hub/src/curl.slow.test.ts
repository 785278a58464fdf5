import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type FunctionName, functionNames, functionRow } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Key, startTestHub, type TestHub } from "./testing/harness.ts";

const SCRIPT = fileURLToPath(new URL("../../../examples/call.sh", import.meta.url));
const run = promisify(execFile);

let hub: TestHub;
let account: Key;
beforeAll(async () => {
  hub = await startTestHub();
  account = await hub.newAccount();
});
afterAll(() => hub.end());

const callByCurl = async (fn: string, params: Readonly<Record<string, unknown>>, key?: Key) => {
  const pairs = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  const env = { ...process.env, HUB: hub.url, ...(key ? { TOKEN: key.token, KEY: key.key } : {}) };
  // A refusal is told as one by the exit code, too.
  const refused = (error: { code?: unknown; stdout: string }) => {
    if (error.code !== 1) throw error;
    return error;
  };
  const { stdout } = await run("bash", [SCRIPT, fn, ...pairs], { env }).catch(refused);
  return JSON.parse(stdout) as { error?: { code: string } };
};

// What a function's example may be told on a fresh hub: its addresses, orders and invoices are not there.
const ownErrors = (fn: FunctionName): readonly string[] => functionRow(fn).errors;

test.each(functionNames)("%s can be called with curl and openssl alone", async (fn) => {
  const { access, example } = functionRow(fn);
  const key = access === "operator" ? hub.operator : access === "account" ? account : undefined;
  const { error } = await callByCurl(fn, example.request, key);
  if (error) expect([...ownErrors(fn)], `${fn} answered ${JSON.stringify(error)}`).toContain(error.code);
});

test("bytes beyond ASCII, ampersands and quotes arrive as they were given", async () => {
  const memo = 'Käse & "Brot" = 3€ 😀 +%';
  const answer = await callByCurl("new-invoice", { amount: "0.001", memo }, account);
  expect(answer).toMatchObject({ invoice: { info: { memo } } });
});
