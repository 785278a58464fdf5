import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answered, call, type Key, must, startTestHub, type TestHub } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";

let hub: TestHub;
let alice: Key & { account: string };
const DAY = 86_400_000;

beforeAll(async () => {
  hub = await startTestHub();
  alice = await hub.fundedAccount("1");
});
afterAll(() => hub.end());

const outcome = ({ status, code }: Answered) => [status, code];
const send = (to_btc_address: string, by: Key = alice, amount = "0.001") =>
  call(hub.url, "send-btc", { to_btc_address, amount }, by);
const change = (params: Record<string, string>, by: Key = alice) =>
  must(hub.url, "change-allowlist", params, by);
const list = (...addresses: string[]): string => JSON.stringify(addresses);

test("an account without a list pays anybody, and says so", async () => {
  expect(await must(hub.url, "my-allowlist", {}, alice)).toEqual({ on: false, addresses: [] });
  expect((await send(outsideKey().address)).status).toBe(200);
});

test("with the list on a thief with the key pays nobody else: not outside, not inside, and not who was just added", async () => {
  const friend = outsideKey().address;
  const thief = outsideKey("p2tr").address;
  const { addresses, on } = await change({ add: list(friend), on: "true" });
  expect([on, addresses.map(({ address }) => address)]).toEqual([true, [friend]]);
  expect((await send(friend)).status).toBe(200);
  expect(outcome(await send(thief))).toEqual([403, "address_not_allowed"]);
  const mallory = await hub.newAccount();
  const { btc_address } = await must(hub.url, "new-btc-address", {}, mallory);
  expect(outcome(await send(btc_address))).toEqual([403, "address_not_allowed"]);

  const added = await change({ add: list(thief) });
  const from = added.addresses.find(({ address }) => address === thief)!.from_t;
  expect(from).toBeGreaterThan(Date.now() + DAY - 60_000);
  expect((await send(thief)).body.error).toMatchObject({ code: "address_not_allowed", from_t: from });
  // Put on once more it keeps its time; nothing is gained by asking again and again, or lost.
  expect((await change({ add: list(thief) })).addresses).toEqual(added.addresses);

  const ending = await change({ on: "false" });
  expect([ending.on, (ending.off_t ?? 0) > Date.now() + DAY - 60_000]).toEqual([true, true]);
  expect(outcome(await send(thief))).toEqual([403, "address_not_allowed"]);
  expect(await change({ on: "true" })).not.toHaveProperty("off_t");

  // What makes it stricter counts at once.
  await change({ remove: list(thief, friend) });
  expect(outcome(await send(friend))).toEqual([403, "address_not_allowed"]);
  expect((await must(hub.url, "my-allowlist", {}, alice)).addresses).toEqual([]);
});

test("an address is one address however it is written, and nothing that cannot be paid is put on", async () => {
  const bob = await hub.newAccount();
  const { address } = outsideKey();
  await change({ add: list(address.toUpperCase(), address) }, bob);
  expect((await must(hub.url, "my-allowlist", {}, bob)).addresses).toMatchObject([{ address }]);
  const wrong = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
  const refused = await call(hub.url, "change-allowlist", { add: list(address, wrong) }, bob);
  expect(refused.body.error).toMatchObject({
    code: "address_invalid",
    reason: "wrong_network",
    address: wrong,
    param: "add",
  });
  await change({ remove: list(address.toUpperCase()) }, bob);
  expect(outcome(await call(hub.url, "change-allowlist", { remove: list(address) }, bob))).toEqual([
    404,
    "address_unknown",
  ]);
});

test("a list has an end, and a retry with the same client_id is the same call", async () => {
  const carol = await hub.newAccount();
  const hundred = Array.from({ length: 100 }, () => outsideKey().address);
  const first = await change({ add: list(...hundred), client_id: "a" }, carol);
  expect(await change({ add: list(...hundred), client_id: "a" }, carol)).toEqual(first);
  const full = await call(hub.url, "change-allowlist", { add: list(outsideKey().address) }, carol);
  expect(outcome(full)).toEqual([409, "allowlist_full"]);
  await change({ remove: list(hundred[0]!), add: list(outsideKey().address) }, carol);
  for (const add of ["{}", "[1]", '["a","a"', JSON.stringify([...hundred, ...hundred]), '[""]'])
    expect(outcome(await call(hub.url, "change-allowlist", { add }, carol))).toEqual([400, "param_invalid"]);
});

test("a restart keeps the list", async () => {
  await change({ add: list(outsideKey().address), on: "true" });
  const before = await must(hub.url, "my-allowlist", {}, alice);
  hub = await hub.restart();
  expect(await must(hub.url, "my-allowlist", {}, alice)).toEqual(before);
});
