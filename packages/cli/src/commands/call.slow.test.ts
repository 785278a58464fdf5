import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Asked, commandLine, keyOf, type Reply, startSmallHub } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let hub: Awaited<ReturnType<typeof startSmallHub>>;
let answer: (asked: Asked) => Reply | "cut" | undefined;
const call = (...words: string[]) => at.run(["call", ...words], { env: { COINHOLDER_HUB: hub.url } });

beforeEach(async () => {
  at = commandLine();
  answer = () => undefined;
  hub = await startSmallHub((asked) => answer(asked));
});
afterEach(async () => {
  await hub.close();
  at.remove();
});

const SECRET = keyOf(1).authkey.key;

describe("keys", () => {
  test("a new account's key is kept where only its owner reads it, and is not shown", async () => {
    const made = await call("create-account", "--as", "alice");
    expect(made).toMatchObject({ code: 0, err: "" });
    expect(made.out).toContain(keyOf(1).account);
    expect(made.out).not.toContain(SECRET);
    expect(statSync(at.keys).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(at.keys)).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(at.keys, "utf8"))).toEqual({
      version: 1,
      hubs: { [hub.url]: { alice: keyOf(1) } },
    });
  });

  test("a password need not stand in the command line, where others and the shell's history see it", async () => {
    const words = ["call", "create-account", "--as", "bob", "name=bob", "pass=-"];
    const made = await at.run(words, { env: { COINHOLDER_HUB: hub.url }, input: "a long password\n" });
    expect(made).toMatchObject({ code: 0, err: "" });
    expect(hub.asked[0]?.params).toMatchObject({ name: "bob", pass: "a long password" });
  });

  test("a taken alias is refused before an account is made for nothing", async () => {
    await call("create-account", "--as", "alice");
    const again = await call("create-account", "--as", "alice");
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toContain("alias_taken");
    expect(hub.asked).toHaveLength(1);
  });

  test("a key that would be neither kept nor shown is not made", async () => {
    expect(await call("create-account")).toMatchObject({ code: 2 });
    expect(hub.asked).toEqual([]);
  });

  test("a keyring that cannot be written is noticed before the account is made", async () => {
    mkdirSync(dirname(at.keys), { recursive: true });
    writeFileSync(at.keys, "{}", { mode: 0o600 });
    const made = await call("create-account", "--as", "alice");
    expect(made.code).toBe(1);
    expect(made.err).toContain("keyring_malformed");
    expect(hub.asked).toEqual([]);
    expect(readFileSync(at.keys, "utf8")).toBe("{}");
  });

  test("the secret is shown when asked for", async () => {
    expect((await call("create-account", "--show-key")).out).toContain(SECRET);
    const json = await call("create-account", "--json", "--as", "alice");
    expect(JSON.parse(json.out)).toEqual(keyOf(2));
  });

  test("many at once lose none of each other's keys", async () => {
    const aliases = ["a", "b", "c", "d", "e"];
    await Promise.all(aliases.map((alias) => call("create-account", "--as", alias)));
    const kept = JSON.parse(readFileSync(at.keys, "utf8")).hubs[hub.url];
    expect(Object.keys(kept).sort()).toEqual(aliases);
  });

  test("a lock left by a process that was killed does not stop the next one", async () => {
    mkdirSync(dirname(at.keys), { recursive: true });
    writeFileSync(`${at.keys}.lock`, "999999999");
    expect(await call("create-account", "--as", "alice")).toMatchObject({ code: 0 });
  });

  test("a further key of an account is kept under its own alias", async () => {
    await call("create-account", "--as", "alice");
    const made = await call("create-authkey", "--save", "till", "label=till");
    expect(made).toMatchObject({ code: 0 });
    expect(made.out).not.toContain(keyOf(2).authkey.key);
    await call("my-balance", "--as", "till");
    expect(JSON.parse(readFileSync(at.keys, "utf8")).hubs[hub.url].till).toEqual({
      account: keyOf(1).account,
      authkey: keyOf(2).authkey,
    });
    expect(hub.asked.at(-1)).toMatchObject({ name: "my-balance", account: keyOf(1).account });
  });

  test("with one key nobody has to be named; with two the alias decides; an unknown one is refused", async () => {
    expect((await call("my-balance")).err).toContain("alias_needed");
    await call("create-account", "--as", "alice");
    expect(await call("my-balance")).toMatchObject({ code: 0 });
    await call("create-account", "--as", "bob");
    expect((await call("my-balance")).err).toContain("there are: alice, bob");
    await call("my-balance", "--as", "bob");
    expect(hub.asked.at(-1)?.account).toBe(keyOf(2).account);
    expect((await call("my-balance", "--as", "carol")).err).toContain("alias_unknown");
  });

  test("keys of one hub are never used at another", async () => {
    await call("create-account", "--as", "alice");
    const other = await at.run(["call", "my-balance", "--as", "alice", "--hub", "http://localhost:1"]);
    expect(other.err).toContain("alias_unknown");
  });
});

describe("answers", () => {
  test("a balance is a table for people, the hub's own JSON for programs", async () => {
    await call("create-account", "--as", "alice");
    const balance = {
      available: { btc: "17.50", usd: "0.02" },
      pending: { btc: "5000.00" },
      held: {},
      withdrawable: { btc: "17.50" },
    };
    answer = () => ({ answer: balance });
    expect((await call("my-balance")).out.split("\n").map((line) => line.trimEnd())).toEqual([
      "     available  pending  held  withdrawable",
      "BTC      17.50  5000.00               17.50",
      "USD       0.02",
      "",
    ]);
    expect(JSON.parse((await call("my-balance", "--json")).out)).toEqual(balance);
  });

  test("a list is a table with readable times", async () => {
    answer = () => ({
      answer: { trades: [{ trade_id: "x77", t: 1_795_348_800_000, price: "65000.00" }], more_exist: false },
    });
    expect((await call("trades", "market=BTC/USD")).out).toBe(
      "trade_id  t                        price\nx77       2026-11-22 12:00:00Z  65000.00\n",
    );
  });

  test("in a table an id that the client made takes 12 characters, elsewhere it is whole", async () => {
    const id = "0123456789abcdef0123456789abcdef";
    answer = () => ({ answer: { trades: [{ oid: "o1", client_id: id }], client_id: id } });
    const { out } = await call("ticker", "market=BTC/USD");
    expect(out).toBe(`trades:\n  oid  client_id\n  o1   ${id.slice(0, 12)}…\nclient_id: ${id}\n`);
  });

  test("a stranger's text cannot speak to the terminal", async () => {
    answer = () => ({ answer: { memo: "\u001b[2Jgone\u202etfel" } });
    expect((await call("ticker", "market=BTC/USD")).out).toBe("memo: \ufffd[2Jgone\ufffdtfel\n");
  });

  test("parameters arrive as given: spaces, equals signs, other alphabets", async () => {
    await call("search-invoices", "random=a=b c", "lat=-33.8", "lng=151.2", "after=кофе");
    expect(hub.asked[0]?.params).toEqual({ random: "a=b c", lat: "-33.8", lng: "151.2", after: "кофе" });
  });
});

describe("failures", () => {
  test("a refusal: code and message on standard error, exit code 1", async () => {
    await call("create-account", "--as", "alice");
    answer = () => ({ status: 409, code: "insufficient_funds", message: "Not enough.", available: "0.05" });
    expect(await call("send-btc", "to_btc_address=x", "amount=1")).toEqual({
      code: 1,
      out: "",
      err: "error insufficient_funds: Not enough.\n  available: 0.05\n",
    });
    const json = await call("send-btc", "to_btc_address=x", "amount=1", "--json");
    expect(json).toMatchObject({ code: 1, out: "" });
    expect(JSON.parse(json.err)).toEqual({
      error: {
        code: "insufficient_funds",
        message: "Not enough.",
        status: 409,
        unknown: false,
        available: "0.05",
      },
    });
  });

  test("an unknown outcome: exit code 3, and the client_id to go on with", async () => {
    await call("create-account", "--as", "alice");
    answer = () => "cut";
    const sent = await call("send-btc", "to_btc_address=x", "amount=1");
    expect(sent.code).toBe(3);
    expect(sent.err).toContain(`client_id=${hub.asked.at(-1)?.params.client_id} does it at most once`);
  });

  test.each([
    [["my-balance", "nonsense"]],
    [["search-invoices", "t=1", "t=2"]],
    [["create-account", "--save", "x", "--as", "y"]],
    [["--no-such-flag"]],
    [["nonsense", "--help"]],
    [[]],
  ])("a wrong command line: exit code 2, nothing is sent: %j", async (words) => {
    expect(await call(...words)).toMatchObject({ code: 2, out: "" });
    const json = await call(...words, "--json");
    expect(json).toMatchObject({ code: 2, out: "" });
    expect(JSON.parse(json.err).error.code).toBe("usage");
    expect(hub.asked).toEqual([]);
  });

  test("no hub: says how to start one", async () => {
    const gone = await startSmallHub();
    await gone.close();
    const ran = await at.run(["call", "ticker", "market=BTC/USD", "--hub", gone.url]);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain("coinholder start");
  });
});

test("the operator's functions are signed with the key in the data folder", async () => {
  const folder = join(at.folder, "hub-data");
  const words = ["operator-registration", "open=false", "--data", folder];
  expect((await call(...words)).err).toContain("operator_key_missing");
  mkdirSync(folder);
  writeFileSync(join(folder, "operator-authkey.json"), JSON.stringify(keyOf(77)));
  expect((await call(...words)).err).toContain("operator_key_exposed");
  chmodSync(join(folder, "operator-authkey.json"), 0o600);
  expect(await call(...words)).toMatchObject({ code: 0, out: "done\n" });
  await call("create-account", "--operator", "--as", "alice", "--data", folder);
  expect(hub.asked.map(({ account }) => account)).toEqual([keyOf(77).account, keyOf(77).account]);
});

test("every function is listed, and has a page of its own", async () => {
  const list = await call("--list", "--json");
  const names = JSON.parse(list.out).map((row: { function: string }) => row.function);
  expect(names).toContain("pay-invoice");
  expect((await call("--list")).out).toContain("pay-invoice");
  const page = await call("send-btc", "--help");
  expect(page).toMatchObject({ code: 0, err: "" });
  expect(page.out).toContain("insufficient_funds");
  expect(page.out).toContain("to_btc_address");
  for (const form of ["true or false", "decimal amount", "at most 100 characters", "^q-[a-z2-7]{16}$"])
    expect(page.out).toContain(form);
  expect((await call("create-authkey", "--help")).out).toMatch(/type: .*hmac-sha256, /);
  expect((await call("batch", "--help")).out).toContain("JSON list of at most 100");
  const row = JSON.parse((await call("send-btc", "--help", "--json")).out);
  expect(row).toMatchObject({ name: "send-btc", summary: expect.any(String), access: "account" });
  expect(row.params[1]).toEqual({
    name: "amount",
    required: true,
    schema: expect.objectContaining({ format: "decimal" }),
    meaning: expect.any(String),
  });
  expect(row.errors[0]).toEqual({ code: "amount_invalid", meaning: expect.any(String) });
  expect((await call("--help")).out).toContain("Examples:");
});
