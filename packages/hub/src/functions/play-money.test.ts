import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import { call, must, newFolder, startTestHub, type TestHub, until } from "../testing/harness.ts";

let hub: TestHub;
const data = newFolder();
beforeAll(async () => {
  hub = await startTestHub({}, data);
});
afterAll(() => hub.end());

const supported = async (url: string): Promise<string[]> =>
  ((await (await fetch(`${url}/api/overview.js`)).json()) as { supported_functions: string[] })
    .supported_functions;

test("who has just started a hub has coins to try it with, confirmed, as often as is good for trying", async () => {
  expect(await supported(hub.url)).toContain("play-money");
  const alice = await hub.newAccount();
  const given = await must(hub.url, "play-money", {}, alice);
  expect(given).toMatchObject({ amount: "1.5", txid: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const balance = () => must(hub.url, "my-balance", {}, alice);
  await until(balance, ({ available }) => available.btc === "1.50");
  await must(hub.url, "play-money", {}, alice);
  await must(hub.url, "play-money", {}, alice);
  await until(balance, ({ available }) => available.btc === "4.50");
  expect((await call(hub.url, "play-money", {}, alice)).code).toBe("rate_limited");
});

test("a hub on somebody's node gives nothing away, even where that is a development chain", async () => {
  const password = readFileSync(paths(data).devchainPassword, "utf8").trim();
  const bitcoinRpc = hub.devchainUrl!.replace("://", `://devchain:${password}@`);
  const other = await startTestHub({ bitcoinRpc });
  try {
    expect(await supported(other.url)).not.toContain("play-money");
    const bob = await other.newAccount();
    expect(await call(other.url, "play-money", {}, bob)).toMatchObject({
      status: 404,
      code: "function_unknown",
    });
  } finally {
    await other.end();
  }
});
