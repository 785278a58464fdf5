import { afterAll, beforeAll, expect, test } from "vitest";
import { type Key, must, startTestHub, type TestHub } from "../testing/harness.ts";
import { isOf, openSocket } from "./testing.ts";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.end());

/** A channel of a place waits for its reader and its turn, and what was asked for after it waits with it. */
const PLACES = Array.from({ length: 99 }, (_, i) => `nearby:45.5:-73.5:${i + 1}`);
const last = PLACES.at(-1)!;

test("a key that is revoked while its subscription waits is told nothing more of the account", async () => {
  for (;;) {
    const alice = await hub.newAccount();
    const permissions = JSON.stringify([[alice.account, "my-balance"]]);
    const { authkey } = await must(hub.url, "create-authkey", { permissions }, alice);
    const key: Key = { account: alice.account, token: authkey.token, key: authkey.key! };
    const reader = await openSocket(hub.url);
    reader.send("subscribe", [...PLACES, "balances"].join(","), key);
    await reader.until(({ type }) => type === "subscribed");
    await must(hub.url, "revoke-authkey", { authkey_token: authkey.token }, alice);
    const isWaiting = !reader.messages.some(isOf(last));
    await reader.until(isOf("balances", "snapshot", "ended"));
    reader.close();
    if (!isWaiting) continue;
    expect(reader.messages.filter(isOf("balances", "snapshot"))).toEqual([]);
    expect(reader.messages.filter(isOf(last, "snapshot")), "the others are read on").toHaveLength(1);
    return;
  }
});
