import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import { type ChildHub, startChildHub } from "../durability/child-hub.ts";
import { accountOf, type Key, must, newFolder, until } from "../testing/harness.ts";
import { addWebhook, credit, type Receiver, startReceiver, verified } from "./testing.ts";

let data: string;
let hub: ChildHub;
let receiver: Receiver;
beforeAll(async () => {
  data = newFolder();
  hub = await startChildHub(data);
  receiver = await startReceiver();
});
afterAll(async () => {
  await hub.kill();
  receiver.close();
  rmSync(data, { recursive: true, force: true });
});

const allEvents = async (key: Key) => {
  const events = [];
  for (let after = 0; ; ) {
    const page = await must(hub.url, "my-events", { after: String(after), limit: "500" }, key);
    events.push(...page.events);
    if (!page.more_exist) return events;
    after = page.next_after!;
  }
};
const allPosted = (key: Key) =>
  until(
    async () => ({ events: await allEvents(key), posted: new Set(receiver.got.map(({ id }) => id)) }),
    ({ events, posted }) => events.every(({ account, event }) => posted.has(`${account}-${event}`)),
    120_000,
  );

test("a hub that is killed again and again loses no event, and none changes its number", async () => {
  const alice = await accountOf(hub.url);
  const { secret, webhook_id } = await addWebhook(hub.url, receiver.url, ["balances", "transfers"], alice);
  let answered = 0;
  let sent = 0;
  for (const how of ["kill", "kill", "stop", "kill"] as const) {
    let over = false;
    const calls = Array.from({ length: 4 }, async () => {
      while (!over) {
        sent++;
        try {
          await credit(hub, alice);
          answered++;
        } catch {
          return; // It is gone.
        }
      }
    });
    await sleep(300);
    // Some are under way to a receiver that does not answer.
    receiver.answer = undefined;
    await sleep(100);
    if (how === "kill") await hub.kill();
    else {
      over = true;
      await Promise.all(calls);
      expect(await hub.stop()).toBe(0);
    }
    over = true;
    await Promise.all(calls);
    receiver.answer = 204;
    hub = await startChildHub(data);
  }
  const { events } = await allPosted(alice);
  const transfers = events.filter(({ type }) => type === "transfers");
  expect(answered).toBeGreaterThan(0);
  expect(transfers.length).toBeGreaterThanOrEqual(answered);
  expect(transfers.length).toBeLessThanOrEqual(sent);
  expect(events).toHaveLength(2 * transfers.length);
  // Just as many as the account's own books have: each once.
  const { transfers: newest } = await must(hub.url, "my-transfers", { limit: "50" }, alice);
  // biome-ignore lint/suspicious/noExplicitAny: what is told of transfers
  const told = transfers.flatMap(({ data }) => (data as any).transfers);
  expect(told.slice(-newest.length).reverse()).toEqual(newest);
  const byId = new Map<string, string>();
  for (const got of receiver.got) {
    expect(byId.get(got.id) ?? got.text, "what comes twice is the same").toBe(got.text);
    byId.set(got.id, got.text);
    verified(secret, got);
  }
  expect(events.map((event) => JSON.stringify(event))).toEqual(
    [...byId.values()].sort((a, b) => JSON.parse(a).event - JSON.parse(b).event),
  );

  // An outbox that was lost, or is damaged, is made again from the journal: the same events.
  expect(await hub.stop()).toBe(0);
  rmSync(paths(data).webhooks, { recursive: true });
  const before = receiver.got.length;
  hub = await startChildHub(data);
  expect(await allEvents(alice)).toEqual(events);
  await until(
    async () => new Set(receiver.got.slice(before).map(({ id }) => id)).size,
    (posted) => posted === events.length,
    120_000,
  );

  // A removed one stays removed.
  await must(hub.url, "remove-webhook", { webhook_id }, alice);
  await hub.kill();
  hub = await startChildHub(data);
  const posts = receiver.got.length;
  await credit(hub, alice);
  await sleep(500);
  expect(receiver.got).toHaveLength(posts);
  expect((await must(hub.url, "my-webhooks", {}, alice)).webhooks).toEqual([]);
}, 300_000);
