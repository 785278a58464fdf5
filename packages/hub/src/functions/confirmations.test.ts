import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
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

const newest = async (account: Key) => (await must(hub.url, "my-transfers", {}, account)).transfers[0];
const depthOf = (row: Awaited<ReturnType<typeof newest>>): unknown[] => [
  row?.status,
  row?.confirmations,
  row?.confirmations_needed,
];

/** One more block; resolves once the newest transfer is told so. Its status may follow its depth a moment later. */
const isAfterBlock = async (account: Key, depth: readonly unknown[]): Promise<void> => {
  await hub.rpc("devchain_mine", 1);
  await until(
    () => newest(account),
    (row) => isDeepStrictEqual(depthOf(row), depth),
    60_000,
  );
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
  expect(depthOf(seen.transfers[0])).toEqual(["pending", 0, undefined]);
  await isAfterBlock(alice, ["pending", 1, 2]);
  await isAfterBlock(alice, ["done", undefined, undefined]);

  const to = outsideKey().address;
  await must(hub.url, "send-btc", { to_btc_address: to, amount: "0.3" }, alice);
  const sent = await until(
    () => newest(alice),
    (row) => row?.status === "broadcast",
    60_000,
  );
  expect(depthOf(sent)).toEqual(["broadcast", undefined, undefined]);
  await isAfterBlock(alice, ["confirmed", 1, 3]);
  await isAfterBlock(alice, ["confirmed", 2, 3]);
  await isAfterBlock(alice, ["final", undefined, undefined]);
});
