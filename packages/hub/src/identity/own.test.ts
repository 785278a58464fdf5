import { newPhrase, openWallet, seedFromPhrase } from "@coinholder/bitcoin";
import { emptyState, type Option, type Payout, type Withdrawal } from "@coinholder/engine";
import {
  MAX_PREVIOUS_KEYS,
  type Overview,
  optionHash,
  readIdentity,
  type TimeMs,
} from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, must, startTestHub, type TestHub } from "../testing/harness.ts";
import { makeOwnIdentity } from "./own.ts";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
}, 60_000);
afterAll(() => hub.end());

const read = async (path: string): Promise<string> => (await fetch(`${hub.url}${path}`)).text();
const published = async () => JSON.parse(await read("/identity.js"));
const overviewKey = async (): Promise<string> =>
  (JSON.parse(await read("/api/overview.js")) as Overview).identity!.public_key;

test("each rotation publishes the next key, signed by those before, in the overview too, and after a restart", async () => {
  const keys = [(await published()).public_key];
  expect(readIdentity(await read("/identity.js"))).toMatchObject({ identity: { previous: [] } });
  for (const rotations of [1, 2]) {
    const done = await must(hub.url, "operator-rotate-identity", {}, hub.operator);
    expect(done).toEqual({ public_key: expect.any(String), rotations });
    keys.push(done.public_key);
  }
  expect(new Set(keys).size).toBe(3);
  const isPublished = async (): Promise<void> => {
    const { identity } = readIdentity(await read("/identity.js")) as {
      identity: { publicKey: Uint8Array; previous: Uint8Array[] };
    };
    const all = [...identity.previous, identity.publicKey].map((key) => Buffer.from(key).toString("base64"));
    expect(all).toEqual(keys);
    expect(await overviewKey()).toBe(keys[2]);
  };
  await isPublished();
  hub = await hub.restart();
  await isPublished();
});

test("a retry of a rotation is none, and nobody but the operator rotates", async () => {
  const before = await overviewKey();
  const once = { client_id: "rotate-1" };
  const first = await must(hub.url, "operator-rotate-identity", once, hub.operator);
  expect(await must(hub.url, "operator-rotate-identity", once, hub.operator)).toEqual(first);
  expect(await overviewKey()).toBe(first.public_key);
  expect(first.public_key).not.toBe(before);
  const { code } = await call(hub.url, "operator-rotate-identity", {}, await hub.newAccount());
  expect(code).toBe("permission_denied");
});

test("however often it was rotated, no more is published than others read", () => {
  const state = emptyState();
  state.ownKey = MAX_PREVIOUS_KEYS + 5;
  const wallet = openWallet(seedFromPhrase(newPhrase(), "regtest"));
  const own = makeOwnIdentity(wallet, { state, now: () => 0 as TimeMs });
  const { publicKey } = wallet.identityKeyAt(state.ownKey);
  expect(own.published().previous).toHaveLength(MAX_PREVIOUS_KEYS);
  expect(readIdentity(JSON.stringify(own.published()))).toMatchObject({ identity: { publicKey } });
});

test("what the hub stands for is told, the newest hundred of it", () => {
  const state = emptyState();
  const wallet = openWallet(seedFromPhrase(newPhrase(), "regtest"));
  const texts = Array.from({ length: 150 }, (_, i) => `option ${i}`);
  for (const [i, json] of texts.entries()) {
    const option = { id: `op-${i}`, json, state: "open", expires: i === 149 ? 5 : 20 };
    state.options.open.set(option.id, option as unknown as Option);
    const withdrawal = { transfer: i, pledged: i % 2 === 0, payout: i < 10 ? 0 : i };
    state.withdrawals.set(i, withdrawal as unknown as Withdrawal);
    state.chain.payouts.set(i, { number: i, versions: [{ txid: `tx-${i}` }] } as unknown as Payout);
  }
  const { options, transfers } = makeOwnIdentity(wallet, { state, now: () => 10 as TimeMs }).published();
  expect(options).toHaveLength(100);
  const hash = Buffer.from(optionHash("option 148")).toString("hex");
  expect(options.at(-1)).toEqual({ option_id: "op-148", hash });
  expect(transfers).toEqual(Array.from({ length: 70 }, (_, i) => `tx-${10 + 2 * i}`));
});
