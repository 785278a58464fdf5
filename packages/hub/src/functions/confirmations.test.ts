import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Key, must, newFolder, startTestHub, type TestHub, until } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";

let hub: TestHub;
beforeAll(async () => {
  const data = newFolder();
  const config = join(data, "deep.json");
  writeFileSync(config, JSON.stringify({ accounts_per_hour: 1000, confirmations: 2, final_after: 3 }));
  hub = await startTestHub({ config }, data);
});
afterAll(() => hub.end());

const newest = async (account: Key) => (await must(hub.url, "my-transfers", {}, account)).transfers[0]!;
const depthOf = ({
  confirmations,
  confirmations_needed,
  status,
}: Awaited<ReturnType<typeof newest>>): unknown[] => [status, confirmations, confirmations_needed];

/** The depth of the newest transfer after one more block, once the hub has it. */
const afterBlock = async (account: Key, before: number | undefined): Promise<unknown[]> => {
  await hub.rpc("devchain_mine", 1);
  const now = await until(
    () => newest(account),
    ({ confirmations }) => confirmations !== before,
    60_000,
  );
  return depthOf(now);
};

test("a deposit and a withdrawal tell how deep they are, and how deep they must be, until that is reached", async () => {
  const alice = await hub.newAccount();
  const { btc_address } = await must(hub.url, "new-btc-address", {}, alice);
  await hub.rpc("devchain_fund", btc_address, "1");
  const seen = await until(
    () => must(hub.url, "my-transfers", {}, alice),
    ({ transfers }) => transfers.length > 0,
    60_000,
  );
  expect(depthOf(seen.transfers[0]!)).toEqual(["pending", 0, undefined]);
  expect(await afterBlock(alice, 0)).toEqual(["pending", 1, 2]);
  expect(await afterBlock(alice, 1)).toEqual(["done", undefined, undefined]);

  const to = outsideKey().address;
  await must(hub.url, "send-btc", { to_btc_address: to, amount: "0.3" }, alice);
  const sent = await until(
    () => newest(alice),
    ({ status }) => status === "broadcast",
    60_000,
  );
  expect(depthOf(sent)).toEqual(["broadcast", undefined, undefined]);
  expect(await afterBlock(alice, undefined)).toEqual(["confirmed", 1, 3]);
  expect(await afterBlock(alice, 1)).toEqual(["confirmed", 2, 3]);
  expect(await afterBlock(alice, 2)).toEqual(["final", undefined, undefined]);
});
