import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Answered, accountOf, must, newFolder, nonce, post, signed, until } from "../testing/harness.ts";
import { journalKey, verifyData } from "../verify.ts";
import { type ChildHub, startChildHub } from "./child-hub.ts";

const HOUR = 3_600_000;
const clockModule = new URL("./skewed-clock.js", import.meta.url).href;

let data: string;
let hub: ChildHub;
beforeEach(() => {
  data = newFolder();
});
afterEach(async () => {
  await hub.kill();
  rmSync(data, { recursive: true, force: true });
});

test("a hub's clock an hour ahead, an hour behind, frozen, and right again: its time never goes back, and a replay gives the same", {
  timeout: 180_000,
}, async () => {
  const clock = join(data, "clock");
  const set = async (to: string): Promise<void> => {
    writeFileSync(clock, to);
    await sleep(50); // It reads that every now and then.
  };
  await set("+0");
  hub = await startChildHub(data, undefined, [
    "env",
    `SKEWED_CLOCK=${clock}`,
    `NODE_OPTIONS=--import=${clockModule}`,
  ]);
  const [alice, bob] = [await accountOf(hub.url), await accountOf(hub.url)];
  const { btc_address: to } = await must(hub.url, "new-btc-address", {}, bob);
  const { btc_address } = await must(hub.url, "new-btc-address", {}, alice);
  await hub.rpc("devchain_fund", btc_address, "1");
  await hub.rpc("devchain_mine", 1);
  await until(
    () => must(hub.url, "my-balance", {}, alice),
    ({ available }) => available.btc !== undefined,
    60_000,
  );

  /** What time it is in the hub: it tells whoever signs for another time. */
  const hubTime = async (): Promise<number> => {
    const { code, body } = await post(hub.url, "my-balance", signed("my-balance", {}, alice, nonce(1)));
    expect(code).toBe("nonce_stale");
    return (body as { error: { now: number } }).error.now;
  };
  let made = 0;
  const payAt = (nowMs: number): Promise<Answered> => {
    const params = { to_btc_address: to, amount: "0.01", client_id: `pay-${++made}` };
    return post(hub.url, "send-btc", signed("send-btc", params, alice, nonce(nowMs)));
  };
  const pay = async (): Promise<void> => {
    const { status, body } = await payAt((await hubTime()) + 1000);
    expect(status, JSON.stringify(body)).toBe(200);
  };
  const times = async (): Promise<number[]> => {
    const asked = signed("my-transfers", { limit: "100" }, bob, nonce((await hubTime()) + 1000));
    const { status, body } = await post(hub.url, "my-transfers", asked);
    expect(status, JSON.stringify(body)).toBe(200);
    return (body.transfers as { t: number }[]).map(({ t }) => t).reverse();
  };

  await pay();
  await set(`+${HOUR}`);
  await pay();
  // Behind what the hub has done already its time stands still: who signs for the right time is told so.
  for (const says of [`-${HOUR}`, String(Date.now() + HOUR / 2), "+0"]) {
    await set(says);
    await pay();
    expect((await payAt(Date.now())).code).toBe("nonce_stale");
  }
  const before = await times();
  expect(before).toHaveLength(5);
  expect(before).toEqual([...before].sort((a, b) => a - b));
  expect(before[1]! - before[0]!).toBeGreaterThan(HOUR / 2);
  await hub.kill();
  const key = await journalKey(data);
  const { stateHash, entries } = await verifyData(data, key);

  // Under the right clock, an hour behind the journal.
  hub = await startChildHub(data);
  await pay();
  const after = await times();
  expect(after.slice(0, -1)).toEqual(before);
  expect(after.at(-1)!).toBeGreaterThanOrEqual(before.at(-1)!);
  expect(await hub.stop()).toBe(0);
  const verified = await verifyData(data, key);
  expect(verified.snapshotSeq).toBe(verified.entries);
  expect(verified.entries).toBeGreaterThan(entries);
  expect(verified.stateHash).not.toBe(stateHash);
});
