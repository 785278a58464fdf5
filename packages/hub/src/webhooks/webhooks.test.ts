import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Answered,
  call,
  type Key,
  must,
  startTestHub,
  type TestHub,
  until,
} from "../testing/harness.ts";
import { addWebhook, credit, type Receiver, startReceiver, verified } from "./testing.ts";

type Account = Key & { account: string };
let hub: TestHub;
const receivers: Receiver[] = [];
const receiver = async (answer?: number): Promise<Receiver> => {
  const made = await startReceiver(answer);
  receivers.push(made);
  return made;
};

beforeAll(async () => {
  hub = await startTestHub({ metricsPort: 0 });
});
afterAll(async () => {
  await hub.end();
  for (const { close } of receivers) close();
});

const outcome = ({ status, code }: Answered) => [status, code];
const limited = async (of: Account, permissions: string[]) => {
  const pairs = JSON.stringify(permissions.map((one) => [of.account, one]));
  const { authkey } = await must(hub.url, "create-authkey", { permissions: pairs }, of);
  return { account: of.account, token: authkey.token, key: authkey.key! };
};
const log = (webhook_id: string, key: Key) => must(hub.url, "my-webhook-log", { webhook_id }, key);
const settledLog = (webhook_id: string, key: Key, count: number) =>
  until(
    () => log(webhook_id, key),
    ({ events }) => events.length >= count && events.every(({ status }) => status !== "waiting"),
    60_000,
  );

test("what happens to an account is posted, signed, as the stream tells it, and the cursor lists just that", async () => {
  const alice = await hub.fundedAccount("2");
  const bob = await hub.newAccount();
  await credit(hub, bob, "1000");
  const to = await receiver();
  const { secret, webhook_id } = await addWebhook(
    hub.url,
    to.url,
    ["balances", "fills", "transfers", "invoices"],
    alice,
  );
  const sell = { trade_amt: "0.5", trade_cur: "BTC", for_amt: "50", for_cur: "USD" };
  await must(hub.url, "place-order", sell, alice);
  const buy = { trade_amt: "30", trade_cur: "USD", for_amt: "0.3", for_cur: "BTC" };
  await must(hub.url, "place-order", buy, bob);
  const { trades } = await must(hub.url, "my-trades", {}, alice);
  const { invoice } = await must(hub.url, "new-invoice", { amount: "0.01" }, alice);
  await hub.rpc("devchain_fund", invoice.btc_address, "0.01");
  const seen = await until(
    async () => to.got.find(({ message }) => message.data.pending?.length > 0),
    (got) => got !== undefined,
    60_000,
  );
  expect(seen?.message.data.pending).toMatchObject([{ status: "pending", amount: "0.01" }]);
  await hub.rpc("devchain_mine", 1);
  await until(
    async () => to.got.find(({ message }) => message.data.transfers?.[0]?.kind === "deposit"),
    (got) => got !== undefined,
    60_000,
  );
  const told = to.got.flatMap(({ message }) => (message.type === "invoices" ? message.data.invoices : []));
  expect(told[0]).toMatchObject({ invoice, state: "open" });
  const fills = to.got.filter(({ message }) => message.type === "fills");
  expect(fills.map(({ message }) => message.data)).toEqual([{ trades }]);

  // What is known to have happened has been posted, too.
  const { events, missed, more_exist } = await until(
    () => must(hub.url, "my-events", {}, alice),
    ({ events }) => events.length === new Set(to.got.map(({ id }) => id)).size,
    60_000,
  );
  expect([missed, more_exist]).toEqual([false, false]);
  const byNumber = [...to.got].sort((a, b) => a.message.event - b.message.event);
  expect(events).toEqual(byNumber.map((got) => verified(secret, got)));
  for (const { id, message } of byNumber) expect(id).toBe(`${alice.account}-${message.event}`);
  const balances = events.filter(({ type }) => type === "balances");
  expect(balances.at(-1)?.data).toEqual(await must(hub.url, "my-balance", {}, alice));
  expect(new Set(events.map(({ type }) => type))).toEqual(
    new Set(["balances", "fills", "transfers", "invoices"]),
  );

  const half = await must(hub.url, "my-events", { limit: "2" }, alice);
  expect([half.events, half.more_exist]).toEqual([events.slice(0, 2), true]);
  const rest = await must(hub.url, "my-events", { after: String(half.next_after) }, alice);
  expect([rest.events, rest.more_exist]).toEqual([events.slice(2), false]);
  const logged = await settledLog(webhook_id, alice, events.length);
  expect(logged.events.map(({ event }) => event)).toEqual(events.map(({ event }) => event).reverse());
  for (const row of logged.events)
    expect(row).toMatchObject({ status: "delivered", tries: [{ status: 204 }] });
});

test("the cursor tells a key only what its my-... functions would", async () => {
  const alice = await hub.newAccount();
  const to = await receiver();
  await addWebhook(hub.url, to.url, ["balances", "transfers"], alice);
  await credit(hub, alice);
  await to.posts(2);
  const reader = await limited(alice, ["my-events", "my-balance"]);
  const { events } = await must(hub.url, "my-events", {}, reader);
  expect(events.map(({ type }) => type)).toEqual(["balances"]);
  const nobody = await limited(alice, ["my-events"]);
  expect((await must(hub.url, "my-events", {}, nobody)).events).toEqual([]);
  const stranger = await hub.newAccount();
  expect((await must(hub.url, "my-events", {}, stranger)).events).toEqual([]);
});

test("a webhook carries only what its key may read, and is silent when it may no more", async () => {
  const alice = await hub.newAccount();
  const to = await receiver();
  const shop = await limited(alice, ["add-webhook", "my-webhook-log", "my-transfers", "my-balance"]);
  const fills = { url: to.url, events: '["transfers","fills"]' };
  expect(outcome(await call(hub.url, "add-webhook", fills, shop))).toEqual([403, "permission_denied"]);
  const { webhook_id } = await addWebhook(hub.url, to.url, ["balances", "transfers"], shop);
  await credit(hub, alice);
  await to.posts(2);
  const remove = JSON.stringify([[alice.account, "my-transfers"]]);
  await must(hub.url, "change-authkey-permissions", { authkey_token: shop.token, remove }, alice);
  expect((await must(hub.url, "my-webhooks", {}, alice)).webhooks).toMatchObject([
    { webhook_id, state: "denied", denied: ["transfers"], authkey_token: shop.token },
  ]);
  // Sent again by hand it is not told either.
  const { events } = await must(hub.url, "my-events", {}, alice);
  const transfer = events.find(({ type }) => type === "transfers")!;
  await must(hub.url, "resend-webhook", { webhook_id, event: String(transfer.event) }, alice);
  await credit(hub, alice);
  await to.posts(3);
  const { events: rows } = await settledLog(webhook_id, alice, 3);
  expect(rows.find(({ event }) => event === transfer.event)).toMatchObject({
    status: "denied",
    tries: [{ status: 204 }],
  });
  expect(to.got.map(({ message }) => message.type).sort()).toEqual(["balances", "balances", "transfers"]);

  await must(hub.url, "revoke-authkey", { authkey_token: shop.token }, alice);
  expect((await must(hub.url, "my-webhooks", {}, alice)).webhooks).toEqual([]);
  await credit(hub, alice);
  const other = await receiver();
  await addWebhook(hub.url, other.url, ["balances"], alice);
  await credit(hub, alice);
  await other.posts(1);
  expect(to.got).toHaveLength(3);
});

test("a removed webhook never posts again, not what is under way either; its log is gone with it", async () => {
  const alice = await hub.newAccount();
  const hanging = await receiver();
  hanging.answer = undefined;
  const { webhook_id } = await addWebhook(hub.url, hanging.url, ["balances"], alice);
  for (let i = 0; i < 3; i++) await credit(hub, alice);
  await hanging.posts(1);
  const bob = await hub.newAccount();
  expect(outcome(await call(hub.url, "remove-webhook", { webhook_id }, bob))).toEqual([
    404,
    "webhook_unknown",
  ]);
  await must(hub.url, "remove-webhook", { webhook_id }, alice);
  hanging.answer = 204;
  const other = await receiver();
  await addWebhook(hub.url, other.url, ["balances"], alice);
  await credit(hub, alice);
  await other.posts(1);
  expect(hanging.got).toHaveLength(1);
  for (const fn of ["remove-webhook", "my-webhook-log"])
    expect(outcome(await call(hub.url, fn, { webhook_id }, alice))).toEqual([404, "webhook_unknown"]);
});

test("an event is sent again, with its own id, also to a webhook that is younger", async () => {
  const alice = await hub.newAccount();
  const first = await receiver();
  const { webhook_id } = await addWebhook(hub.url, first.url, ["balances", "transfers"], alice);
  await credit(hub, alice);
  const [got] = await first.posts(2);
  const event = String(got!.message.event);
  const { event_id } = await must(hub.url, "resend-webhook", { webhook_id, event }, alice);
  await first.posts(3);
  expect([first.got[2]!.id, first.got[2]!.text]).toEqual([event_id, got!.text]);
  const later = await receiver();
  const young = await addWebhook(hub.url, later.url, ["balances"], alice);
  const ofBalances = String(first.got.find(({ message }) => message.type === "balances")!.message.event);
  const ofTransfers = String(first.got.find(({ message }) => message.type === "transfers")!.message.event);
  await must(hub.url, "resend-webhook", { webhook_id: young.webhook_id, event: ofBalances }, alice);
  const [again] = await later.posts(1);
  verified(young.secret, again!);
  const refusedOnes = [
    { webhook_id: young.webhook_id, event: ofTransfers },
    { webhook_id: young.webhook_id, event: "8" },
    { webhook_id: young.webhook_id, event: "15" },
    { webhook_id: young.webhook_id, event: String(Number.MAX_SAFE_INTEGER) },
  ];
  for (const params of refusedOnes)
    expect(outcome(await call(hub.url, "resend-webhook", params, alice))).toEqual([404, "event_unknown"]);
  const bob = await hub.newAccount();
  const strange = { webhook_id, event };
  expect(outcome(await call(hub.url, "resend-webhook", strange, bob))).toEqual([404, "webhook_unknown"]);
});

test("a receiver that says it is gone is posted to no more", async () => {
  const alice = await hub.newAccount();
  const to = await receiver(410);
  const { webhook_id } = await addWebhook(hub.url, to.url, ["balances"], alice);
  await credit(hub, alice);
  await to.posts(1);
  await until(
    () => must(hub.url, "my-webhooks", {}, alice),
    ({ webhooks }) => webhooks[0]?.state === "gone",
  );
  await credit(hub, alice);
  const { events } = await settledLog(webhook_id, alice, 1);
  expect(events).toMatchObject([{ status: "given_up", tries: [{ status: 410 }] }]);
  expect(to.got).toHaveLength(1);
});

test("ten receivers that never answer hold up nobody else", async () => {
  const slow = await Promise.all(Array.from({ length: 10 }, () => receiver()));
  const owners = await Promise.all(slow.map(() => hub.newAccount()));
  for (const [i, to] of slow.entries()) {
    to.answer = undefined;
    await addWebhook(hub.url, to.url, ["balances", "transfers"], owners[i]!);
    await credit(hub, owners[i]!);
  }
  await Promise.all(slow.map((to) => to.posts(1)));
  const alice = await hub.newAccount();
  const quick = await receiver();
  await addWebhook(hub.url, quick.url, ["balances"], alice);
  for (let i = 0; i < 50; i++) await credit(hub, alice);
  await quick.posts(50);
  expect(new Set(quick.got.map(({ id }) => id)).size).toBe(50);
});

test("the operator's figures tell how many events wait", async () => {
  const waiting = async (): Promise<number> => {
    const text = await (await fetch(hub.metricsUrl!)).text();
    return Number(/^coinholder_webhook_events_waiting ([0-9]+)$/m.exec(text)![1]);
  };
  const alice = await hub.newAccount();
  const down = await receiver(500);
  const { webhook_id } = await addWebhook(hub.url, down.url, ["balances"], alice);
  await credit(hub, alice);
  await until(waiting, (events) => events > 0, 60_000);
  await must(hub.url, "remove-webhook", { webhook_id }, alice);
});

test("an account has at most ten webhooks, and none at an address that cannot be one", async () => {
  const alice = await hub.newAccount();
  const events = '["fills"]';
  for (const [url, reason] of [
    ["no-url", "malformed"],
    ["ftp://example.com/", "not_https"],
    ["file:///etc/passwd", "malformed"],
    ["https://user:pass@example.com/", "credentials"],
  ] as const) {
    const { body, code } = await call(hub.url, "add-webhook", { url, events }, alice);
    expect([code, (body.error as { reason: string }).reason], url).toEqual(["webhook_url_refused", reason]);
  }
  for (const wrong of ["[]", '["fills","fills"]', '["orders"]', '["all"]', "{}", '"fills"', "[1]"])
    expect(
      outcome(await call(hub.url, "add-webhook", { url: "https://example.com/", events: wrong }, alice)),
    ).toEqual([400, "param_invalid"]);
  for (let i = 0; i < 10; i++) await addWebhook(hub.url, "https://example.com/", ["fills"], alice);
  expect(outcome(await call(hub.url, "add-webhook", { url: "https://example.com/", events }, alice))).toEqual(
    [409, "webhook_limit_reached"],
  );
});
