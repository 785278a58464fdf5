import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeForm, decodeJson, JSON_BODY } from "../encoding.ts";
import { NONCE_WINDOW_MS, SIGNATURE_HEADER, signCall, TOKEN_HEADER } from "../signing.ts";
import { exampleCaller } from "./examples.ts";
import { referencePages } from "./pages.ts";
import { firstSteps, hubSh, jsonCall, passwordCall } from "./shell.ts";

const { account, token, key } = exampleCaller;

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly signed: boolean;
  readonly pairs: Readonly<Record<string, unknown>>;
}
const seen: Seen[] = [];

// Reads a call as a hub does, and answers create-account as one does.
const server: Server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [path, query = ""] = request.url!.split("?");
  const bytes = request.method === "GET" ? Buffer.from(query, "latin1") : Buffer.concat(chunks);
  const decode = request.headers["content-type"] === JSON_BODY ? decodeJson : decodeForm;
  const decoded = decode(bytes.toString("utf8"));
  const head = (name: string): string | undefined => request.headers[name] as string | undefined;
  seen.push({
    method: request.method!,
    path: path!,
    token: head(TOKEN_HEADER),
    signed: head(SIGNATURE_HEADER) === signCall(key, bytes),
    pairs: "pairs" in decoded ? Object.fromEntries(decoded.pairs) : decoded,
  });
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ account, authkey: { type: "hmac-sha256", token, key } }));
});

let hub = "";
const folder = mkdtempSync(join(tmpdir(), "reference-"));
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(folder, "hub.sh"), hubSh);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const bash = async (script: string): Promise<readonly Seen[]> => {
  seen.length = 0;
  await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
    cwd: folder,
    env: { ...process.env, HUB: hub, ACCOUNT: account, TOKEN: token, KEY: key },
  });
  return [...seen];
};

const nonces = { nonce_ms: expect.any(String), nonce_random: expect.stringMatching(/^[0-9a-f]{32}$/) };

test("the scripts under test are those that the reader gets", () => {
  const page = referencePages().get("calls.md");
  for (const script of [hubSh, firstSteps, jsonCall, passwordCall]) expect(page).toContain(script);
});

test("from a new account to signed calls with curl and openssl alone", async () => {
  const script = firstSteps.replace("http://localhost:8420", hub);
  expect(await bash(script)).toMatchObject([
    { method: "POST", path: "/api/create-account", pairs: {} },
    { path: "/api/my-balance", token, signed: true, pairs: { f: "my-balance", account, ...nonces } },
    {
      path: "/api/new-btc-address",
      token,
      signed: true,
      pairs: { f: "new-btc-address", account, ...nonces },
    },
  ]);
});

test("values of any characters arrive as they were written, and each call has a nonce of its own and of now", async () => {
  const memo = `+ & = % # ? "quoted" 'single' \\ naïve ☕ [["a","b"]]`;
  const calls = await bash(`source hub.sh
    memo=$(cat <<'END'\n${memo}\nEND\n)
    call new-invoice "memo=$memo" amount=0.25 note=a=b empty=
    call new-invoice`);
  expect(calls).toMatchObject([
    { signed: true, pairs: { f: "new-invoice", memo, amount: "0.25", note: "a=b", empty: "" } },
    { signed: true, pairs: { f: "new-invoice" } },
  ]);
  const [first, second] = calls.map(({ pairs }) => pairs);
  expect(first!.nonce_random).not.toBe(second!.nonce_random);
  expect(Math.abs(Number(first!.nonce_ms) - Date.now())).toBeLessThan(NONCE_WINDOW_MS);
});

test("a signed GET signs the query string", async () => {
  expect(await bash("source hub.sh; get my-transfers limit=5")).toMatchObject([
    {
      method: "GET",
      path: "/api/my-transfers",
      token,
      signed: true,
      pairs: { f: "my-transfers", limit: "5" },
    },
  ]);
});

test("a signed JSON body", async () => {
  expect(await bash(`source hub.sh\n${jsonCall}`)).toMatchObject([
    {
      signed: true,
      pairs: {
        f: "batch",
        account,
        nonce_ms: expect.any(Number),
        calls: [{ function: "my-balance" }, { function: "my-transfers" }],
      },
    },
  ]);
});

test("a call with name and password carries no headers of authentication", async () => {
  const pass = "correct horse battery";
  expect(await bash(passwordCall)).toMatchObject([
    { path: "/api/create-account", token: undefined, pairs: { name: "alice", pass } },
    { path: "/api/my-balance", token: undefined, signed: false, pairs: { name: "alice", pass } },
  ]);
});
