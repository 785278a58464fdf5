import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "@coinholder/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HubProcess, startHubProcess } from "../demo/hub-process.ts";
import { commandLine, PROGRAM, startSmallHub } from "../testing.ts";
import { checkInvoice } from "../watch/check-invoice.ts";

let at: ReturnType<typeof commandLine>;
let hub: HubProcess;
let env: Record<string, string>;
const run = (line: string) => at.run(line.split(" "), { env });

beforeAll(async () => {
  at = commandLine();
  hub = await startHubProcess();
  env = { COINHOLDER_HUB: hub.url, COINHOLDER_DATA: hub.data };
  for (const name of ["alice", "bob"]) {
    await run(`create-account --as ${name}`);
    const credit = `operator credit --account ${name} --currency USD --amount 1000.00 --reference start`;
    expect(await run(credit)).toMatchObject({ code: 0 });
  }
});
afterAll(async () => {
  await hub?.stop();
  at.remove();
});

/** A command that goes on until it is ended, with what it has written. */
const running = (command: string, words: readonly string[], more: Record<string, string> = {}) => {
  const child = spawn(command, words, {
    cwd: at.folder,
    env: { PATH: process.env.PATH, TZ: "UTC", COINHOLDER_KEYS: at.keys, ...env, ...more },
  });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.err += text;
  });
  const closed = once(child, "close");
  return {
    child,
    said,
    seen: (what: RegExp | string) =>
      expect.poll(() => said.out + said.err, { timeout: 25_000 }).toMatch(what),
    ended: async () => (await closed)[0] as number | null,
  };
};
const watching = (line: string, more: Record<string, string> = {}) =>
  running(process.execPath, [PROGRAM, "watch", ...line.split(" ")], more);

test("a pipe gets a line for what is new; Ctrl-C ends with 130", async () => {
  const balances = watching("balances --as bob");
  const book = watching("book BTC/USD");
  await balances.seen(/USD available {2}0 -> 1000\.00/);
  await book.seen("bid none");
  await run("place-order 600 USD 0.01 BTC --as bob");
  await balances.seen(/USD available {2}1000\.00 -> 400\.00/);
  await balances.seen(/USD held {2}0 -> 600\.00/);
  await book.seen(/bid 60000\.00 \(0\.01\) {2}ask none/);
  for (const one of [balances, book]) {
    one.child.kill("SIGINT");
    expect(await one.ended()).toBe(130);
  }
});

test("programs get the stream's messages, one a line, and whether it is live", async () => {
  const book = watching("book btc/usd --json");
  await book.seen('"type":"snapshot"');
  book.child.kill("SIGINT");
  expect(await book.ended()).toBe(130);
  const lines = book.said.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ type: "state", state: "live" });
  expect(lines[1]).toMatchObject({ type: "snapshot", channel: "book:BTC/USD", data: { asks: [] } });
  expect(book.said.err).toBe("");
});

test("invoices nearby are checked here: what was signed, and by whom", async () => {
  const near = watching("nearby 45.5089 -73.5617 --code 417");
  const asJson = watching("nearby 45.5089 -73.5617 --json");
  await near.seen("live");
  await asJson.seen("snapshot");
  await run("new-invoice 2.10 currency=USD memo=Espresso lat=45.5089 lng=-73.5617 random=417 --as alice");
  await near.seen(/new {2}2\.10 USD {2}code 417 {2}«Espresso» {2}0 m {2}bcrt1\w+ {2}\(confirmed\)/);
  await asJson.seen('"signature_valid":true');
  await run("new-invoice 2.10 currency=USD memo=Copy lat=45.5090 lng=-73.5617 random=417 --as bob");
  await near.seen(/changed {2}.*«Espresso».*ambiguous/);
  for (const one of [near, asJson]) {
    one.child.kill("SIGINT");
    expect(await one.ended()).toBe(130);
  }
  const { invoices } = await (await connect(hub.url)).call("search-invoices", {
    lat: "45.5089",
    lng: "-73.5617",
  });
  const [invoice, copy] = invoices;
  expect(checkInvoice(invoice!)).toBe(true);
  expect(checkInvoice({ ...invoice!, amount: "21.00" })).toBe(false);
  expect(checkInvoice({ ...invoice!, info: { ...invoice!.info, memo: "Cake" } })).toBe(false);
  expect(checkInvoice({ ...invoice!, btc_address: copy!.btc_address })).toBe(false);
  expect(checkInvoice({ ...invoice!, signature: copy!.signature })).toBe(false);
  expect(checkInvoice({ ...invoice!, invoice_json: "{}" })).toBe(false);
});

const hasScript = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

test.runIf(hasScript)("a terminal is redrawn in place, and is as before after Ctrl-C", async () => {
  const line = `trap : INT; stty cols 60 rows 12; '${process.execPath}' '${PROGRAM}' watch book BTC/USD; echo "ended $?"`;
  const terminal = running("script", ["-qec", line, "/dev/null"], { TERM: "xterm", SHELL: "/bin/sh" });
  await terminal.seen("● live");
  await terminal.seen("60000.00");
  terminal.child.stdin.write("\u0003");
  await terminal.seen("ended 130");
  await terminal.ended();
  const { out } = terminal.said;
  expect(out.indexOf("\u001b[?1049h")).toBeGreaterThanOrEqual(0);
  expect(out.indexOf("\u001b[?1049l")).toBeGreaterThan(out.lastIndexOf("\u001b[H"));
  expect(out).toContain("\u001b[32m60000.00");
});

test.runIf(hasScript)("colours: on a terminal; not with NO_COLOR; without one by FORCE_COLOR", async () => {
  const ticker = `'${process.execPath}' '${PROGRAM}' depth BTC/USD`;
  const onTerminal = async (more: Record<string, string>) => {
    const ran = running("script", ["-qec", ticker, "/dev/null"], {
      TERM: "xterm",
      SHELL: "/bin/sh",
      ...more,
    });
    await ran.ended();
    return ran.said.out;
  };
  expect(await onTerminal({})).toContain("\u001b[");
  expect(await onTerminal({ NO_COLOR: "1" })).not.toContain("\u001b[");
  expect(await onTerminal({ FORCE_COLOR: "0" })).not.toContain("\u001b[");
  const piped = (more: Record<string, string>) => at.run(["depth", "BTC/USD"], { env: { ...env, ...more } });
  expect((await piped({})).out).not.toContain("\u001b[");
  expect((await piped({ FORCE_COLOR: "1" })).out).toContain("\u001b[");
  expect((await piped({ FORCE_COLOR: "1", NO_COLOR: "1" })).out).not.toContain("\u001b[");
});

test("a hub without a stream is asked again and again; one that is gone is told as not live", async () => {
  const balance = (btc: string) => ({ available: { btc }, pending: {}, held: {}, withdrawable: {} });
  let now = balance("1.00");
  const small = await startSmallHub(({ name }) => (name === "my-balance" ? { answer: now } : undefined));
  await at.run(["create-account", "--as", "carol", "--hub", small.url]);
  const watcher = watching("balances", { COINHOLDER_HUB: small.url });
  await watcher.seen("asked again and again");
  await watcher.seen("0 -> 1.00");
  now = balance("2.00");
  await watcher.seen("1.00 -> 2.00");
  await small.close();
  await watcher.seen("not live: reconnecting");
  watcher.child.kill("SIGINT");
  expect(await watcher.ended()).toBe(130);
});

test("a kept password signs, too; its balances are asked for, since the stream takes signatures only", async () => {
  expect(await run("create-account --as erin name=erin pass=correct-horse-battery")).toMatchObject({
    code: 0,
  });
  const input = JSON.stringify({ name: "erin", pass: "correct-horse-battery" });
  expect(await at.run(["accounts", "add", "erin-pw"], { env, input })).toMatchObject({ code: 0 });
  expect(await at.run(["accounts", "add", "erin-pw"], { env, input })).toMatchObject({ code: 1 });
  expect(await run("my-balance --as erin-pw")).toEqual({ code: 0, out: "nothing yet\n", err: "" });
  expect((await run("accounts")).out).toMatch(/erin-pw +erin +-/);
  const watcher = watching("balances --as erin-pw");
  await watcher.seen("asked again and again");
  watcher.child.kill("SIGINT");
  expect(await watcher.ended()).toBe(130);
});

test("whoever reads goes away: a quiet end, code 141", async () => {
  const words = [PROGRAM, "call", "--list"];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const [code] = await once(child, "close");
  expect({ code, err }).toEqual({ code: 141, err: "" });
});

test("Ctrl-C during a payment: what is not known is said, with the client_id to go on with", async () => {
  const small = await startSmallHub(({ name }) => (name === "send-btc" ? "silent" : undefined));
  await at.run(["create-account", "--as", "dora", "--hub", small.url]);
  const sending = running(process.execPath, [
    PROGRAM,
    "send-btc",
    "x",
    "1",
    "--hub",
    small.url,
    "--as",
    "dora",
  ]);
  await expect
    .poll(() => small.asked.some(({ name }) => name === "send-btc"), { timeout: 20_000 })
    .toBe(true);
  sending.child.kill("SIGINT");
  expect(await sending.ended()).toBe(130);
  expect(sending.said.err).toMatch(/client_id=[0-9a-f]{32} does it at most once/);
  await small.close();
});

test.each([
  ["watch", 2],
  ["watch book", 2],
  ["watch book nonsense", 2],
  ["watch nearby 91 0", 2],
  ["watch nearby 45 -73 --radius 0", 2],
  ["watch balances --as nobody", 1],
  ["watch book XXX/YYY", 1],
])("%s ends with %d", async (line, code) => {
  expect((await run(line)).code).toBe(code);
});
