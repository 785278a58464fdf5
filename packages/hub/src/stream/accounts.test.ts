import type { StreamMessage, StreamUpdate } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Key, must, startTestHub, type TestHub } from "../testing/harness.ts";
import { isOf, openSocket, readSse } from "./testing.ts";

type Account = Key & { account: string };
let hub: TestHub;
let alice: Account;
let bob: Account;

beforeAll(async () => {
  hub = await startTestHub();
  alice = await hub.fundedAccount("2");
  bob = await hub.newAccount();
  const credit = { to_account: bob.account, currency: "USD", amount: "1000", reference: "wire" };
  await must(hub.url, "operator-credit", { ...credit, client_id: "usd" }, hub.operator);
});
afterAll(() => hub.end());

const limited = async (permissions: string[], of = alice): Promise<Account> => {
  const pairs = JSON.stringify(permissions.map((one) => [of.account, one]));
  const { authkey } = await must(hub.url, "create-authkey", { permissions: pairs }, of);
  return { account: of.account, token: authkey.token, key: authkey.key! };
};
// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every kind
const dataOf = (message: StreamMessage): any => (message as StreamUpdate).data;
const sell = { trade_amt: "0.5", trade_cur: "BTC", for_amt: "50", for_cur: "USD" };
const buy = { trade_amt: "30", trade_cur: "USD", for_amt: "0.3", for_cur: "BTC" };

test("each channel of an account tells what its function answers, as it changes", async () => {
  const channels = "balances,orders,fills,transfers,invoices";
  const reader = await readSse(hub.url, channels, alice);
  const first = await reader.until(isOf("balances", "snapshot"));
  expect(dataOf(first)).toEqual(await must(hub.url, "my-balance", {}, alice));
  await reader.until(isOf("invoices", "snapshot"));
  const upTo = reader.messages.length;

  const { oid } = await must(hub.url, "place-order", sell, alice);
  const placed = await must(hub.url, "my-open-orders", {}, alice);
  const opened = await reader.until(isOf("orders", "update"));
  expect(dataOf(opened)).toEqual({ ...placed, closed: [] });
  const { oid: taker } = await must(hub.url, "place-order", buy, bob);
  const filled = await reader.until(isOf("fills", "update"));
  expect(dataOf(filled)).toEqual({ trades: (await must(hub.url, "my-trades", {}, alice)).trades });
  expect(JSON.stringify(reader.messages)).not.toContain(JSON.stringify(taker));
  await must(hub.url, "cancel-order", { oid }, alice);
  const closed = await reader.until((one) => isOf("orders", "update")(one) && dataOf(one).closed.length > 0);
  expect(dataOf(closed).closed).toMatchObject([{ oid, state: "cancelled", filled_trade_amt: "0.30" }]);

  const { btc_address } = await must(hub.url, "new-btc-address", {}, alice);
  await hub.rpc("devchain_fund", btc_address, "0.1");
  const seen = await reader.until(
    (one) => isOf("transfers", "update")(one) && dataOf(one).pending?.length > 0,
  );
  expect(dataOf(seen).pending).toMatchObject([{ status: "pending", amount: "0.10", btc_address }]);
  await hub.rpc("devchain_mine", 1);
  const arrived = await reader.until(
    (one) => isOf("transfers", "update")(one) && dataOf(one).transfers?.[0]?.kind === "deposit",
  );
  expect(dataOf(arrived)).toMatchObject({ pending: [], transfers: [{ amount: "0.10", btc_address }] });

  const { invoice } = await must(hub.url, "new-invoice", { amount: "0.01" }, alice);
  const { invoices } = await must(hub.url, "my-invoices", {}, alice);
  const posted = await reader.until(isOf("invoices", "update"));
  expect(dataOf(posted)).toEqual({ invoices: invoices.map(({ transfers: _, ...told }) => told) });
  expect(dataOf(posted).invoices[0]).toMatchObject({ invoice, state: "open" });
  await must(hub.url, "withdraw-invoice", { invoice_bitcoin_address: invoice.btc_address }, alice);
  const withdrawn = await reader.until(
    (one) => isOf("invoices", "update")(one) && dataOf(one).invoices[0].state === "withdrawn",
  );
  expect(dataOf(withdrawn).invoices[0].invoice).toEqual(invoice);
  const outside = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
  const sent = await must(hub.url, "send-btc", { to_btc_address: outside, amount: "0.2" }, alice);
  await reader.until(
    (one) =>
      isOf("transfers", "update")(one) &&
      dataOf(one).changed?.some(
        ({ transfer_id, status }: { transfer_id: string; status: string }) =>
          transfer_id === sent.transfer_id && status === "broadcast",
      ),
  );
  const now = JSON.stringify(await must(hub.url, "my-balance", {}, alice));
  await reader.until((one) => isOf("balances", "update")(one) && JSON.stringify(dataOf(one)) === now);

  const last = new Map<string, number>();
  for (const message of reader.messages) {
    if (message.type === "snapshot") last.set(message.channel, message.seq);
    if (message.type !== "update") continue;
    expect(message.first, message.channel).toBe(last.get(message.channel)! + 1);
    last.set(message.channel, message.last);
  }
  // The channel of somebody else has told nothing of all this.
  expect(reader.messages.length).toBeGreaterThan(upTo);
  expect(reader.messages.every((one) => !("account" in one) || one.account === alice.account)).toBe(true);
  reader.close();
});

test("who comes back to an account's channel is told what came meanwhile, once", async () => {
  const socket = await openSocket(hub.url);
  socket.send("subscribe", "orders", bob);
  const snapshot = await socket.until(isOf("orders", "snapshot"));
  const seq = "seq" in snapshot ? snapshot.seq : 0;
  socket.close();
  const placed: string[] = [];
  for (let i = 0; i < 3; i++)
    placed.push((await must(hub.url, "place-order", { ...buy, trade_amt: "1" }, bob)).oid);
  const back = await readSse(hub.url, `orders@${seq}`, bob);
  await back.until((one) => one.type === "update" && dataOf(one).orders[0]?.oid === placed[2]);
  expect(back.messages.slice(1, 2)).toMatchObject([{ type: "resumed", seq }]);
  const told = back.messages.filter((one) => one.type === "update").flatMap((one) => dataOf(one).orders);
  expect(told.map(({ oid }) => oid)).toEqual(placed);
  const fresh = await readSse(hub.url, "orders", bob);
  expect(dataOf(await fresh.until(isOf("orders", "snapshot")))).toEqual({
    ...(await must(hub.url, "my-open-orders", {}, bob)),
    closed: [],
  });
  hub = await hub.restart();
  const after = await readSse(hub.url, `orders@${seq}`, bob);
  await after.until(isOf("orders", "gap"));
  expect(dataOf(await after.until(isOf("orders", "snapshot"))).orders).toHaveLength(3);
  for (const one of [back, fresh, after]) one.close();
});

test("an account's channel needs the permission of its function, and a signature", async () => {
  const till = await limited(["my-invoices", "new-invoice"]);
  const refusedBy = async (channels: string, key?: Key): Promise<[number | undefined, string]> => {
    const { response } = await readSse(hub.url, channels, key);
    let text = "";
    for await (const part of response) text += part;
    const { channel, code } = JSON.parse(text).error;
    // Of a key that is good, which channel it is.
    if (response.statusCode === 403) expect(channel).toBe(channels.split(",").at(-1));
    return [response.statusCode, code];
  };
  expect(await refusedBy("balances")).toEqual([401, "authentication_missing"]);
  expect(await refusedBy("balances", till)).toEqual([403, "permission_denied"]);
  expect(await refusedBy("invoices,balances", till)).toEqual([403, "permission_denied"]);
  expect(await refusedBy("invoices", { ...till, account: bob.account })).toEqual([403, "permission_denied"]);
  expect(await refusedBy("invoices", { ...till, key: bob.key })).toEqual([401, "authentication_failed"]);
  const allowed = await readSse(hub.url, "invoices", till);
  await allowed.until(isOf("invoices", "snapshot"));
  allowed.close();
});

test("a signed subscription is good once, and for subscribing only", async () => {
  const socket = await openSocket(hub.url);
  let sent = "";
  const original = socket.socket.send.bind(socket.socket);
  socket.socket.send = ((data: string) => {
    sent = data;
    original(data);
  }) as typeof socket.socket.send;
  socket.send("subscribe", "balances", alice, "one");
  await socket.until((one) => one.type === "subscribed" && one.id === "one");
  original(sent);
  await socket.until((one) => one.type === "error" && one.id === "one" && one.error.code === "nonce_used");
  const { body, ...headers } = JSON.parse(sent);
  original(JSON.stringify({ ...headers, body: body.replace("f=subscribe", "f=my-balance"), id: "two" }));
  await socket.until(
    (one) => one.type === "error" && one.id === "two" && one.error.code === "function_unknown",
  );
  socket.close();
});

test("a key that is revoked or loses the permission is told, and told nothing more", async () => {
  const key = await limited(["my-balance", "my-trades"]);
  const socket = await openSocket(hub.url);
  socket.send("subscribe", "balances,fills", key);
  const sse = await readSse(hub.url, "balances", key);
  for (const one of [socket, sse]) await one.until(isOf("balances", "snapshot"));
  const remove = JSON.stringify([[alice.account, "my-balance"]]);
  await must(hub.url, "change-authkey-permissions", { authkey_token: key.token, remove }, alice);
  await must(hub.url, "place-order", sell, alice);
  for (const one of [socket, sse]) {
    const ended = await one.until(isOf("balances", "ended"));
    expect(ended).toMatchObject({ account: alice.account, error: { code: "permission_denied" } });
    const told = one.messages.filter(isOf("balances")).map((message) => dataOf(message).held.btc);
    expect(told).not.toContain("0.50");
  }
  await sse.gone;
  expect(sse.messages.at(-1)).toMatchObject({ type: "closing", reason: "nothing_subscribed" });
  await must(hub.url, "revoke-authkey", { authkey_token: key.token }, alice);
  await socket.until(isOf("fills", "ended"));
  await socket.gone;
});
