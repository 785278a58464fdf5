import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HubProcess, startHubProcess } from "../demo/hub-process.ts";
import { commandLine } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let hub: HubProcess;
let env: Record<string, string>;
const run = (...words: string[]) => at.run(words, { env });

beforeEach(async () => {
  at = commandLine();
  hub = await startHubProcess();
  env = {
    COINHOLDER_HUB: hub.url,
    COINHOLDER_DATA: hub.data,
    COINHOLDER_DEVCHAIN_PORT: new URL(hub.devchainUrl).port,
  };
});
afterEach(() => at.remove());

test("the lines that a started hub suggests work, and verify agrees with what was done", async () => {
  expect(await run("call", "create-account", "--as", "alice")).toMatchObject({ code: 0 });
  expect(await run("devchain", "fund", "alice", "1.5")).toMatchObject({ code: 0 });
  expect(await run("devchain", "mine", "1")).toMatchObject({ code: 0 });
  await expect
    .poll(async () => (await run("accounts")).out, { timeout: 20_000 })
    .toMatch(/alice +ac-[a-z2-7]{16} +1\.50 BTC/);
  const { account } = JSON.parse((await run("accounts", "--json")).out).accounts[0];
  const credit = ["operator", "credit", "--account", account, "--currency", "USD", "--amount", "100.00"];
  expect(await run(...credit, "--reference", "wire 7")).toMatchObject({ code: 0, err: "" });
  expect((await run("operator", "status")).out).toContain("usd: 100.00");
  const outside = ["to_btc_address=bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "amount=99"];
  expect(await run("call", "send-btc", ...outside)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error insufficient_funds: .*\n {2}available: 1\.50\n$/),
  });

  expect((await run("verify")).err).toContain("another process uses the journal");
  await hub.stop();
  const verified = JSON.parse((await run("verify", "--json")).out);
  expect(verified.state_hash).toMatch(/^[0-9a-f]{64}$/);
  expect(verified.totals).toMatchObject({ BTC: "1.50", USD: "100.00" });
  expect((await run("verify")).out).toContain(verified.state_hash);
  expect((await run("verify", "--data", join(at.folder, "nowhere"))).err).toContain("journal_missing");
});
