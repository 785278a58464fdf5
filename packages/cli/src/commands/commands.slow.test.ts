import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Asked, commandLine, keyOf, listen, type Reply, startSmallHub } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let hub: Awaited<ReturnType<typeof startSmallHub>>;
let answer: (asked: Asked) => Reply | undefined;
const run = (words: string[], env: Record<string, string> = {}) =>
  at.run(words, { env: { COINHOLDER_HUB: hub.url, ...env } });

beforeEach(async () => {
  at = commandLine();
  answer = () => undefined;
  hub = await startSmallHub((asked) => answer(asked));
});
afterEach(async () => {
  await hub.close();
  at.remove();
});

test("accounts: balances of all kept keys; one that was revoked hides nothing of the rest", async () => {
  expect((await run(["accounts"])).out).toContain("No keys");
  await run(["call", "create-account", "--as", "alice"]);
  await run(["call", "create-account", "--as", "bob"]);
  answer = ({ account }) =>
    account === keyOf(1).account
      ? { answer: { available: { btc: "1.10" }, pending: { usd: "3.00" }, held: {}, withdrawable: {} } }
      : { status: 401, code: "authentication_failed" };
  const { out, code } = await run(["accounts"]);
  expect(code).toBe(0);
  expect(out).toMatch(/alice +ac-a+b +1\.10 BTC +3\.00 USD/);
  expect(out).toMatch(/bob +ac-a+ba +\(authentication_failed\)/);
  const json = JSON.parse((await run(["accounts", "--json"])).out);
  expect(json).toMatchObject({ hub: hub.url, accounts: [{ alias: "alice" }, { alias: "bob" }] });
  expect(JSON.stringify(json)).not.toContain(keyOf(1).authkey.key);

  await run(["accounts", "--forget", "bob"]);
  expect((await run(["accounts"])).out).not.toContain("bob");
  expect(await run(["accounts", "--forget", "bob"])).toMatchObject({ code: 1 });
});

test("operator: credit, withdrawals, settle and status are the operator's calls", async () => {
  const data = join(at.folder, "data");
  mkdirSync(data);
  writeFileSync(join(data, "operator-authkey.json"), JSON.stringify(keyOf(77)), { mode: 0o600 });
  answer = ({ name }) =>
    name === "operator-fiat-withdrawals"
      ? { answer: { withdrawals: [] } }
      : { answer: name === "operator-credit" ? { transfer_id: "t1" } : {} };
  const credit = ["operator", "credit", "--account", "alice", "--currency", "USD", "--amount", "100.00"];
  expect(await run([...credit, "--reference", "wire 7"])).toMatchObject({
    code: 0,
    out: "transfer_id: t1\nto_account: alice\ncurrency: USD\namount: 100.00\nreference: wire 7\n",
  });
  expect(await run([...credit, "--reference", "wire 7", "--client-id", "w7"])).toMatchObject({ code: 0 });
  expect(await run(["operator", "withdrawals"])).toMatchObject({ code: 0, out: "withdrawals: none\n" });
  expect(await run(["operator", "settle", "t418", "refused", "--reference", "no such IBAN"])).toMatchObject({
    code: 0,
    out: "transfer_id: t418\noutcome: refused\nreference: no such IBAN\n",
  });
  expect(await run(["operator", "status"])).toMatchObject({ code: 0 });
  expect(await run(credit)).toMatchObject({ code: 2 });
  expect(await run(["operator", "settle", "t418", "perhaps", "--reference", "x"])).toMatchObject({ code: 2 });
  expect(hub.asked).toEqual([
    {
      name: "operator-credit",
      account: keyOf(77).account,
      params: {
        to_account: "alice",
        currency: "USD",
        amount: "100.00",
        reference: "wire 7",
        client_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    },
    expect.objectContaining({ params: expect.objectContaining({ client_id: "w7" }) }),
    expect.objectContaining({ name: "operator-fiat-withdrawals", account: keyOf(77).account }),
    expect.objectContaining({
      name: "operator-settle-fiat-withdrawal",
      params: { transfer_id: "t418", outcome: "refused", reference: "no such IBAN" },
    }),
    expect.objectContaining({ name: "operator-status" }),
  ]);
});

test("operator credit to an alias credits the account of its key, not whoever took that name at the hub", async () => {
  const data = join(at.folder, "data");
  mkdirSync(data);
  writeFileSync(join(data, "operator-authkey.json"), JSON.stringify(keyOf(77)), { mode: 0o600 });
  await run(["call", "create-account", "--as", "alice"]);
  answer = () => ({ answer: { transfer_id: "t1" } });
  const credit = ["operator", "credit", "--account", "alice", "--currency", "USD", "--amount", "1.00"];
  const json = await run([...credit, "--reference", "wire 7", "--json"]);
  expect(JSON.parse(json.out)).toEqual({
    transfer_id: "t1",
    to_account: keyOf(1).account,
    alias: "alice",
    currency: "USD",
    amount: "1.00",
    reference: "wire 7",
  });
  expect(hub.asked.at(-1)?.params.to_account).toBe(keyOf(1).account);
});

test("this machine's three names are one hub, so that a key made at one is found at the others", async () => {
  await run(["call", "create-account", "--as", "alice"]);
  const { port } = new URL(hub.url);
  for (const host of ["localhost", "[::1]"]) {
    const again = await run(["accounts", "--forget", "nobody", "--hub", `http://${host}:${port}`]);
    expect(again.err).toContain(`no key nobody for ${hub.url}.`);
  }
  answer = () => ({ status: 401, code: "authentication_failed" });
  expect((await run(["accounts", "--hub", `http://localhost:${port}`])).out).toContain(keyOf(1).account);
});

test("a key that may not see balances is told in words", async () => {
  await run(["call", "create-account", "--as", "till"]);
  answer = () => ({ status: 403, code: "permission_denied" });
  expect((await run(["accounts"])).out).toMatch(/till +ac-a+b +no permission to see balances/);
});

test("devchain: amounts travel as text, the password stays in its file, an alias gets an address of its account", async () => {
  const seen: unknown[] = [];
  const chain = await listen(
    createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      const { method, params } = JSON.parse(body);
      seen.push([request.headers.authorization, method, params]);
      const bad = params[1] === "90000000";
      const result = method === "devchain_mine" ? ["aa", "bb"] : "f0";
      response.writeHead(bad ? 500 : 200);
      response.end(
        JSON.stringify(
          bad
            ? { result: null, error: { code: -3, message: "Insufficient funds" } }
            : { result, error: null },
        ),
      );
    }),
  );
  const env = { COINHOLDER_DEVCHAIN_PORT: String(chain.port), COINHOLDER_DATA: join(at.folder, "elsewhere") };
  const address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
  expect((await run(["devchain", "mine", "2"], env)).err).toContain("devchain_password_missing");
  mkdirSync(join(env.COINHOLDER_DATA, "devchain"), { recursive: true });
  writeFileSync(join(env.COINHOLDER_DATA, "devchain", "rpc-password"), "hush\n");

  expect((await run(["devchain", "fund", address, "0.10000000"], env)).out).toContain("txid: f0");
  expect(JSON.parse((await run(["devchain", "mine", "2", "--json"], env)).out)).toEqual({
    hashes: ["aa", "bb"],
  });
  const refused = await run(["devchain", "fund", address, "90000000"], env);
  expect(refused).toMatchObject({ code: 1, err: "error devchain_refused: Insufficient funds\n" });
  for (const amount of ["abc", "0", "1e3", "0.000000001"])
    expect(await run(["devchain", "fund", address, amount], env)).toMatchObject({ code: 2 });
  for (const count of ["0", "10001", "1000000"])
    expect(await run(["devchain", "mine", count], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining("from 1 to 10000"),
    });
  await run(["call", "create-account", "--as", "alice"]);
  answer = () => ({ answer: { btc_address: address } });
  expect((await run(["devchain", "fund", "alice", "1.5"], env)).out).toContain(address);
  expect((await run(["devchain", "fund", "nobody", "1.5"], env)).err).toContain("alias_unknown");

  const authorization = `Basic ${Buffer.from("devchain:hush").toString("base64")}`;
  expect(seen).toEqual([
    [authorization, "devchain_fund", [address, "0.10000000"]],
    [authorization, "devchain_mine", [2]],
    [authorization, "devchain_fund", [address, "90000000"]],
    [authorization, "devchain_fund", [address, "1.5"]],
  ]);
  await chain.close();
  expect((await run(["devchain", "mine", "1"], env)).err).toContain("devchain_unreachable");
});

test.each([
  ["--port", "65536"],
  ["--port", "8e3"],
  ["--devchain-port", "-1"],
  ["--tls-cert", "cert.pem"],
  ["--public-url", "hub.example.org"],
  ["--public-url", "ftp://hub.example.org"],
  ["--public-url", "https://hub.example.org/?a=1"],
  ["--trust-proxy", "proxy.example.org"],
  ["--trust-proxy", "10.0.0.0/8,10.0.0.0/33"],
  ["--http-workers", "-1"],
  ["--http-workers", "65"],
])("start refuses what cannot be meant: %s %s", async (flag, value) => {
  expect(await run(["start", flag, value])).toMatchObject({ code: 2, out: "" });
});

test("start takes its flags from the environment, too", async () => {
  expect(await run(["start"], { COINHOLDER_PORT: "many" })).toMatchObject({ code: 2 });
  const { out } = await run(["start", "--help"]);
  for (const name of [
    "PORT",
    "DATA",
    "DEVCHAIN_PORT",
    "HOST",
    "PUBLIC_URL",
    "TLS_CERT",
    "TLS_KEY",
    "TRUST_PROXY",
    "HTTP_WORKERS",
    "MTGOX",
    "CONFIG",
  ])
    expect(out).toContain(`COINHOLDER_${name}`);
  expect(out).toContain("COINHOLDER_WALLET_PASSPHRASE_FILE");
});

test("before it is built the program says how to build it", () => {
  const folder = mkdtempSync(join(tmpdir(), "coinholder-unbuilt-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const program = join(folder, "bin", "coinholder.js");
  copyFileSync(fileURLToPath(new URL("../../bin/coinholder.js", import.meta.url)), program);
  const { status, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("npm run build");
  rmSync(folder, { recursive: true });
});
