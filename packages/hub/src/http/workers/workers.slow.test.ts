import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { get as httpsGet } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startHub } from "../../start.ts";
import {
  call,
  type Key,
  must,
  newFolder,
  post,
  signed,
  startTestHub,
  type TestHub,
  until,
} from "../../testing/harness.ts";
import { exchange, requestText } from "../../testing/raw-http.ts";

// Workers before the hub: what can go wrong between them. That everything else works with them, too, is suites.slow.test.ts.
let hub: TestHub;
let alice: Key & { account: string };

beforeAll(async () => {
  process.env.TOLD_TO_THE_HUB_ALONE = "a passphrase";
  hub = await startTestHub({ httpWorkers: 2 });
  alice = await hub.fundedAccount("1");
});
afterAll(() => hub.end());

/** Process ids of this process's workers. */
const workers = (): number[] =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("workers/worker.js"))
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === process.pid)
    .map(([pid]) => pid!);

test("pages, names in other letters, what is no function and what is too long are answered as without workers", async () => {
  for (const path of ["/", "/api/overview.js", "/api/docs", "/api/openapi.json", "/proof"]) {
    const page = await fetch(`${hub.url}${path}`);
    expect([path, page.status]).toEqual([path, 200]);
    expect((await page.text()).length).toBeGreaterThan(100);
  }
  const { status } = await fetch(`${hub.url}/api/%74icker?market=BTC/USD`);
  expect(status).toBe(200);
  expect((await call(hub.url, "no-such")).code).toBe("function_unknown");
  const long = requestText("POST", "/api/no-such", {}, "a".repeat(70_000));
  expect((await exchange(hub.url, long)).status).toBe(413);
  const head = await fetch(`${hub.url}/api/my-balance`, { method: "HEAD" });
  expect(head.status).toBe(405);
});

test("who calls, a worker says: a header of the caller's own changes nothing", async () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const claims = (source: string) => ({ ...headers, "x-coinholder-source": source });
  // By a name in other letters, which goes through the hub's own server.
  const ask = (source: string) =>
    post(hub.url, "%62roadcast-invoice", { body: "invoice_json=x&signature=x", headers: claims(source) });
  for (let i = 0; i < 60; i++) await ask(`203.0.113.${i}`);
  const more = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(`198.51.100.${i}`)));
  expect(more.map(({ code }) => code)).toContain("rate_limited");
});

test("a revoked key is refused from then on, by every worker that knew it, also while its calls are flying", async () => {
  const { authkey } = await must(
    hub.url,
    "create-authkey",
    { permissions: JSON.stringify([[alice.account, "my-balance"]]) },
    alice,
  );
  const key = { account: alice.account, token: authkey.token, key: authkey.key! };
  const ask = () => call(hub.url, "my-balance", {}, key);
  const many = () => Promise.all(Array.from({ length: 40 }, ask));
  for (const { status } of await many()) expect(status).toBe(200);
  const flying = many();
  await must(hub.url, "revoke-authkey", { authkey_token: key.token }, alice);
  for (const { code } of await many()) expect(code).toBe("authentication_failed");
  for (const { code } of await flying) expect([undefined, "authentication_failed"]).toContain(code);
});

test("a signed call that is sent again is refused, whichever worker it comes to", async () => {
  const request = signed("my-balance", {}, alice);
  const headers = { ...request.headers, connection: "close" };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => post(hub.url, "my-balance", { body: request.body, headers })),
  );
  expect(answers.map(({ code }) => code ?? "ok").sort()).toEqual([...Array(7).fill("nonce_used"), "ok"]);
});

test("workers are told nothing that they need not know", () => {
  for (const pid of workers()) {
    const args = execFileSync("ps", ["-p", String(pid), "-o", "args="], { encoding: "utf8" });
    expect(args).not.toContain(hub.data);
    const environment = `/proc/${pid}/environ`;
    if (existsSync(environment)) expect(readFileSync(environment, "utf8")).not.toContain("passphrase");
  }
});

test("workers that are killed are replaced; their callers get no answer, everything is carried out once", async () => {
  const bob = await hub.newAccount();
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bob);
  const pay = (i: number) => ({ to_btc_address: btc_address, amount: "0.0001", client_id: `pay-${i}` });
  const before = workers();
  expect(before).toHaveLength(2);
  const waiting = connect(Number(new URL(hub.url).port), "127.0.0.1");
  const ended = once(waiting, "close");
  waiting.on("error", () => {});
  waiting.write(`GET /api/ticker?market=BTC/USD HTTP/1.1\r\nhost: h\r\n\r\n`);
  await once(waiting, "data");
  const { invoice } = await must(hub.url, "new-invoice", { amount: "0.001" }, bob);
  const query = `btc_address=${invoice.btc_address}&wait_ms=30000&than=open`;
  waiting.write(`GET /api/invoice-status?${query} HTTP/1.1\r\nhost: h\r\n\r\n`);
  const sent = Array.from({ length: 40 }, (_, i) =>
    call(hub.url, "send-btc", pay(i), alice).catch(() => "no answer" as const),
  );
  await Promise.race(sent);
  for (const pid of before) process.kill(pid, "SIGKILL");
  await ended;
  for (const [i, answer] of (await Promise.all(sent)).entries()) {
    const again = await until(
      () => call(hub.url, "send-btc", pay(i), alice).catch(() => undefined),
      (one) => one !== undefined,
    );
    expect(again!.status).toBe(200);
    if (answer !== "no answer") expect(again!.body).toEqual(answer.body);
  }
  expect((await must(hub.url, "my-balance", {}, bob)).available.btc).toBe("0.004");
  await until(
    async () => workers(),
    (now) => now.length === 2 && now.every((pid) => !before.includes(pid)),
  );
});

test("workers speak TLS: to callers, for pages, and for the stream", async () => {
  const data = newFolder();
  const [tlsCert, tlsKey] = [join(data, "cert.pem"), join(data, "key.pem")];
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=hub"];
  const files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tlsKey, "-out", tlsCert];
  execFileSync("openssl", ["req", "-x509", ...ec, ...files], { stdio: "ignore" });
  const options = { port: 0, host: "127.0.0.1", devchainPort: 0, data, tlsCert, tlsKey, httpWorkers: 1 };
  const own = await startHub(options, (error) => {
    throw error;
  });
  const ca = readFileSync(tlsCert);
  const get = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      httpsGet(`${own.url}${path}`, { ca }, (answer) => resolve(answer.resume().statusCode)).on(
        "error",
        reject,
      );
    });
  expect(own.url).toMatch(/^https:/);
  expect(await get("/api/overview.js")).toBe(200);
  expect(await get("/api/ticker?market=BTC/USD")).toBe(200);
  const socket = new WebSocket(`${own.url.replace("https", "wss")}/api/stream`, { ca });
  await once(socket, "open");
  socket.send(JSON.stringify({ body: "f=subscribe&channels=book:BTC/USD" }));
  const [first] = (await once(socket, "message")) as [Buffer];
  expect(JSON.parse(first.toString())).toMatchObject({ type: "subscribed" });
  socket.terminate();
  await own.close();
  rmSync(data, { recursive: true });
});
