import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Key, must, newFolder, startTestHub, type TestHub, until } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";

// What a client of 2011 sends, and what it reads: forms and JSON, with nothing of ours in between.

interface Old {
  readonly name: string;
  readonly pass: string;
}
type Account = Key & { account: string };

let hub: TestHub;
let alice: Account;
let bob: Account;
const ALICE = { name: "alice", pass: "Tr0ub4dor & three" };
const BOB = { name: "bob", pass: "correct horse battery" };

const register = async ({ name, pass }: Old, btc: string, usd: string): Promise<Account> => {
  const { account, authkey } = await must(hub.url, "create-account", { name, pass });
  const key = { account, token: authkey.token, key: authkey.key! };
  const { btc_address } = await must(hub.url, "new-btc-address", {}, key);
  await hub.rpc("devchain_fund", btc_address, btc);
  await hub.rpc("devchain_mine", 1);
  const credit = { to_account: account, currency: "USD", amount: usd, reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  await until(
    () => must(hub.url, "my-balance", {}, key),
    ({ available }) => available.btc !== undefined,
    60_000,
  );
  return key;
};

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const text = async (
  path: string,
  form: Readonly<Record<string, string>> = {},
  who?: Old,
): Promise<{ status: number; text: string; headers: Headers }> => {
  const body = new URLSearchParams({ ...who, ...form }).toString();
  const response = await fetch(`${hub.url}${path}`, { method: "POST", body, headers: FORM });
  return { status: response.status, text: await response.text(), headers: response.headers };
};
const ask = async (script: string, form: Readonly<Record<string, string>> = {}, who: Old = ALICE) => {
  const answered = await text(`/code/${script}.php`, form, who);
  expect(answered.status, answered.text).toBe(200);
  return JSON.parse(answered.text);
};
const look = async (path: string) => {
  const response = await fetch(`${hub.url}/code/data/${path}`);
  expect(response.status).toBe(200);
  return (await response.text()) as string;
};
const trade = (who: Key, give: string, giveCur: string, want: string, wantCur: string) =>
  must(hub.url, "place-order", { trade_amt: give, trade_cur: giveCur, for_amt: want, for_cur: wantCur }, who);

beforeAll(async () => {
  hub = await startTestHub({ mtgox: true });
  alice = await register(ALICE, "22", "1000.70");
  bob = await register(BOB, "50", "5000");
});
afterAll(() => hub.end());

test("an empty market: all that clients read is there, as numbers", async () => {
  expect(await look("ticker.php")).toBe('{"ticker":{"high":0,"low":0,"vol":0,"buy":0,"sell":0,"last":0}}');
  expect(await look("getDepth.php")).toBe('{"asks":[],"bids":[]}');
  expect(await look("getTrades.php")).toBe("[]");
});

test("funds are numbers with just the digits that they have", async () => {
  const { text: told, headers } = await text("/code/getFunds.php", {}, ALICE);
  expect(told).toBe('{"usds":1000.7,"btcs":22}');
  expect(headers.get("access-control-allow-origin")).toBe(null);
  expect(headers.get("cache-control")).toBe("no-store");
});

test("orders: placed, listed as in the summer of 2011, and cancelled", async () => {
  const bought = await ask("buyBTC", { amount: "0.1", price: "6", dark: "0" });
  expect(bought).toEqual({
    status: "Your order has been queued for execution",
    oid: expect.stringMatching(/^o[0-9]+$/),
    usds: 1000.1,
    btcs: 22,
    orders: [
      {
        oid: bought.oid,
        currency: "USD",
        item: "BTC",
        type: 2,
        amount: 0.1,
        price: 6,
        status: 1,
        dark: 0,
        date: expect.any(Number),
        priority: expect.stringMatching(/^[0-9]{16}$/),
      },
    ],
  });
  const sold = await ask("sellBTC", { amount: "1.5", price: "99.25" });
  const { orders, usds, btcs } = await ask("getOrders");
  expect([usds, btcs]).toEqual([1000.1, 20.5]);
  expect(orders).toMatchObject([
    { oid: bought.oid, type: 2, amount: 0.1, price: 6 },
    { oid: sold.oid, type: 1, amount: 1.5, price: 99.25 },
  ]);
  const own = await must(hub.url, "my-open-orders", {}, alice);
  expect(own.orders).toMatchObject([
    { oid: bought.oid, side: "buy", price: "6.00", trade_amt: "0.60", for_amt: "0.10" },
    { oid: sold.oid, side: "sell", price: "99.25", trade_amt: "1.50" },
  ]);
  expect(await look("getDepth.php")).toBe('{"asks":[[99.25,1.5]],"bids":[[6,0.1]]}');
  // Partly filled: the list has what is left.
  await trade(bob, "99.25", "USD", "1", "BTC");
  expect((await ask("getOrders")).orders[1]).toMatchObject({ oid: sold.oid, amount: 0.5 });
  const afterFirst = await ask("cancelOrder", { oid: sold.oid, type: "1" });
  expect(afterFirst).toMatchObject({ usds: 1099.35, btcs: 21, orders: [{ oid: bought.oid }] });
  expect(await ask("cancelOrder", { oid: bought.oid, type: "2" })).toEqual({
    usds: 1099.95,
    btcs: 21,
    orders: [],
  });
  for (const oid of [bought.oid, "6f2ab1f4-97b5-4a1a-a4a5-0ba1a1ba5b6e", "1042", "o0", "';drop"])
    expect(await ask("cancelOrder", { oid, type: "2" })).toMatchObject({ code: "order_unknown" });
  // Nor does the protocol's own door know ids of other forms.
  const other = { oid: "6f2ab1f4-97b5-4a1a-a4a5-0ba1a1ba5b6e" };
  const amounts = { trade_amt: "1.00", for_amt: "1.00" };
  expect((await call(hub.url, "cancel-order", other, alice)).code).toBe("order_unknown");
  expect((await call(hub.url, "amend-order", { ...other, ...amounts }, alice)).code).toBe("order_unknown");
});

test("both sides of the book rise, trades come oldest first, and `since` goes on from a tid", async () => {
  for (const price of ["7", "9", "8"]) await ask("buyBTC", { amount: "1", price });
  for (const price of ["12", "10", "11"]) await ask("sellBTC", { amount: "1", price }, BOB);
  expect(await look("getDepth.php")).toBe('{"asks":[[10,1],[11,1],[12,1]],"bids":[[7,1],[8,1],[9,1]]}');
  const sold = await ask("sellBTC", { amount: "2.5", price: "7.5" }, BOB);
  expect(sold.orders.at(-1)).toMatchObject({ oid: sold.oid, amount: 0.5, price: 7.5 });
  const trades = JSON.parse(await look("getTrades.php"));
  expect(trades.slice(-2)).toEqual([
    {
      date: expect.any(Number),
      price: "9.00",
      amount: "1.00",
      price_int: "900000",
      amount_int: "100000000",
      tid: expect.stringMatching(/^[0-9]+$/),
    },
    expect.objectContaining({ price: "8.00" }),
  ]);
  expect(JSON.parse(await look(`getTrades.php?since=${trades.at(-2).tid}`))).toEqual(trades.slice(-1));
  expect(JSON.parse(await look("getTrades.php?since=0"))).toEqual(trades);
  expect(await look("getTrades.php?since=9999999999999999")).toBe("[]");
  expect(JSON.parse(await look("getTrades.php?since=-1"))).toMatchObject({ code: "param_invalid" });
  const { ticker } = JSON.parse(await look("ticker.php"));
  expect(ticker).toEqual({ high: 99.25, low: 8, vol: 3, buy: 7, sell: 7.5, last: 8 });
});

test("withdrawals and addresses", async () => {
  const { addr } = await ask("btcAddress", { description: "savings" });
  const other = JSON.parse((await text("/api/0/btcAddress.php", {}, BOB)).text).addr;
  expect(addr).not.toBe(other);
  const before = await ask("getFunds");
  const bobs = await ask("getFunds", {}, BOB);
  const sent = await ask("withdraw", { group1: "BTC", btca: other, amount: "0.25" });
  expect(sent).toEqual({
    usds: before.usds,
    btcs: before.btcs - 0.25,
    status: "Your funds are on their way...",
  });
  expect((await ask("getFunds", {}, BOB)).btcs).toBe(bobs.btcs + 0.25);
  const wrong = (form: Record<string, string>) => ask("withdraw", { group1: "BTC", btca: other, ...form });
  expect(await wrong({ amount: "0.25", group1: "USD" })).toEqual({
    error: "Not available yet",
    code: "unsupported",
  });
  expect(await wrong({ amount: "1", btca: "171dQDNQKVtxx6JvJMBgpZnSFxDkDWxF8Z" })).toMatchObject({
    code: "address_invalid",
  });
  expect(await wrong({ amount: "1000000", btca: outsideKey().address })).toMatchObject({
    code: "insufficient_funds",
  });
  expect((await ask("getFunds")).btcs).toBe(before.btcs - 0.25);
});

test("amounts that are none are told so in Mt Gox's words, and change nothing", async () => {
  const before = await ask("getOrders");
  const where = { group1: "BTC", btca: outsideKey().address };
  const error = { error: "Please enter a valid amount", code: "amount_invalid" };
  for (const amount of [
    "",
    "0",
    "-1",
    "1e9",
    "0.123456789",
    "NaN",
    "1,5",
    "0x1",
    "9".repeat(60),
    "9".repeat(400),
  ]) {
    expect(await ask("buyBTC", { amount, price: "1" }), amount).toEqual(error);
    expect(await ask("sellBTC", { amount, price: "1" }), amount).toEqual(error);
    expect(await ask("withdraw", { ...where, amount }), amount).toEqual(error);
  }
  for (const price of ["", "0", "-5", "0.001", "1e99", "many"])
    expect(await ask("buyBTC", { amount: "1", price }), price).toMatchObject({ error: error.error });
  expect(await ask("buyBTC", { amount: "1" })).toEqual(error);
  expect(await ask("buyBTC", { amount: "1", price: "1", dark: "1" })).toMatchObject({ code: "unsupported" });
  expect(await ask("buyBTC", { amount: "100000", price: "10" })).toMatchObject({
    code: "insufficient_funds",
  });
  expect(await ask("getOrders")).toEqual(before);
  // What a program's arithmetic makes of 0.3 is 0.3.
  const { orders } = await ask("buyBTC", { amount: "0.30000000000000004", price: "1" });
  expect(orders.at(-1)).toMatchObject({ amount: 0.3, price: 1 });
});

test("prices and orders of another currency, which later clients name, are not told and placed in USD", async () => {
  const unsupported = { error: "Not available yet", code: "unsupported" };
  for (const currency of [{ Currency: "EUR" }, { currency: "jpy" }])
    expect(await ask("buyBTC", { amount: "0.1", price: "6", ...currency })).toEqual(unsupported);
  expect(JSON.parse(await look("ticker.php?Currency=EUR"))).toEqual(unsupported);
  expect(JSON.parse(await look("ticker.php?Currency=USD"))).toHaveProperty("ticker");
  const { oid } = await ask("buyBTC", { amount: "0.1", price: "6", Currency: "USD" });
  await ask("cancelOrder", { oid, type: "2" });
});

test("wrong passwords, unknown names and none at all answer alike; no password is taken in a URL", async () => {
  const answers = [
    await text("/code/getFunds.php", {}, { ...BOB, pass: "wrong" }),
    await text("/code/getFunds.php", {}, { ...BOB, name: "nobody" }),
    await text("/code/getFunds.php", {}, { name: "", pass: "" }),
  ];
  for (const { status, text: told } of answers)
    expect([status, JSON.parse(told)]).toEqual([
      200,
      { error: "Not logged in.", code: "authentication_failed" },
    ]);
  for (const form of [{}, { name: BOB.name }, { pass: BOB.pass }])
    expect(JSON.parse((await text("/code/getFunds.php", form)).text).error).toBe("Not logged in.");
  const query = new URLSearchParams({ ...BOB });
  for (const script of ["/code/getFunds", "/code/buyBTC", "/code/withdraw", "/api/0/btcAddress"]) {
    const got = await fetch(`${hub.url}${script}.php?${query}`);
    expect([got.status, await got.json()]).toMatchObject([200, { code: "authentication_type_refused" }]);
    // In the URL of a POST it counts no more than that.
    const posted = await fetch(`${hub.url}${script}.php?${query}`, { method: "POST" });
    expect(await posted.json()).toMatchObject({ error: "Not logged in." });
  }
  // Nor does a signature open this door.
  const signed = await fetch(`${hub.url}/code/getFunds.php`, {
    method: "POST",
    headers: { ...FORM, "x-authkey-token": alice.token, "x-signature": "AAAA" },
    body: "",
  });
  expect(await signed.json()).toMatchObject({ error: "Not logged in." });
});

test("wrong passwords are limited, together with those of the hub's own door", async () => {
  const carl = { name: "carl", pass: "a password to guess" };
  await register(carl, "1", "1");
  const wrong = { ...carl, pass: "not that one" };
  for (let i = 0; i < 5; i++) await call(hub.url, "my-balance", { ...wrong });
  for (let i = 0; i < 5; i++)
    expect(await ask("getFunds", {}, wrong)).toMatchObject({ code: "authentication_failed" });
  // Not even the right one tells a guesser that it is right.
  for (const pass of [wrong.pass, carl.pass])
    expect(await ask("getFunds", {}, { ...carl, pass })).toMatchObject({ code: "rate_limited" });
  expect((await call(hub.url, "my-balance", { ...carl })).code).toBe("rate_limited");
});

test("a password does what its permissions say, and is told no more than they let it know", async () => {
  const pass = "only for the bot";
  const permissions = JSON.stringify([[bob.account, "place-order"]]);
  await must(hub.url, "create-authkey", { type: "password", pass, permissions }, bob);
  const bot = { name: BOB.name, pass };
  const placed = await ask("sellBTC", { amount: "0.5", price: "50" }, bot);
  expect(Object.keys(placed)).toEqual(["status", "oid"]);
  for (const [script, form] of [
    ["getFunds", {}],
    ["getOrders", {}],
    ["cancelOrder", { oid: placed.oid }],
    ["withdraw", { group1: "BTC", btca: outsideKey().address, amount: "0.1" }],
    ["btcAddress", {}],
  ] as const)
    expect(await ask(script, form, bot), script).toMatchObject({ code: "permission_denied" });
  const { orders } = await must(hub.url, "my-open-orders", {}, bob);
  expect(orders.map(({ oid }) => oid)).toContain(placed.oid);
  // Nor does it reach into another account's orders.
  expect(await ask("cancelOrder", { oid: placed.oid })).toMatchObject({ code: "order_unknown" });
});

test("forms that are none, bodies without end and scripts that there are not", async () => {
  const raw = async (body: string, headers: Record<string, string> = FORM) => {
    const response = await fetch(`${hub.url}/code/getFunds.php`, { method: "POST", headers, body });
    return [response.status, await response.json()];
  };
  expect(await raw("name=alice&name=bob&pass=x")).toMatchObject([200, { code: "param_repeated" }]);
  expect(await raw("name=%zz&pass=x")).toMatchObject([200, { code: "body_malformed" }]);
  expect(await raw("a", { "content-type": "multipart/form-data; boundary=x" })).toMatchObject([
    200,
    { code: "content_type_unsupported" },
  ]);
  expect(await raw(`name=alice&pass=${"x".repeat(300)}`)).toMatchObject([200, { code: "param_too_long" }]);
  expect(await raw(`name=alice&pass=${"x".repeat(70_000)}`)).toMatchObject([200, { code: "body_too_large" }]);
  const unknown = await fetch(`${hub.url}/code/redeemCode.php`, { method: "POST" });
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: "Not available yet" }]);
  const preflight = await fetch(`${hub.url}/code/getFunds.php`, { method: "OPTIONS" });
  expect(preflight.headers.get("access-control-allow-origin")).toBe(null);
});

test("without the flag there is nothing there, and without the market the hub does not start", async () => {
  const plain = await startTestHub();
  expect((await fetch(`${plain.url}/code/data/ticker.php`)).status).toBe(404);
  expect((await fetch(`${plain.url}/code/getFunds.php`, { method: "POST" })).status).toBe(404);
  await plain.end();
  const data = newFolder();
  const config = join(data, "euros.json");
  const currencies = [
    { code: "BTC", decimals: 8 },
    { code: "EUR", decimals: 2 },
  ];
  writeFileSync(config, JSON.stringify({ currencies, markets: [{ base: "BTC", quote: "EUR" }] }));
  await expect(startTestHub({ mtgox: true, config }, data)).rejects.toThrow("--mtgox needs a market BTC/USD");
});
