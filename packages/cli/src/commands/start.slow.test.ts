import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HubProcess, startHubProcess } from "../demo/hub-process.ts";
import { commandLine, PROGRAM } from "../testing.ts";

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
    err: expect.stringMatching(/^error insufficient_funds: .*\n {2}available: 1\.50\n/),
  });

  expect((await run("verify")).err).toContain("another process uses the journal");
  await hub.stop();
  const verified = JSON.parse((await run("verify", "--json")).out);
  expect(verified.state_hash).toMatch(/^[0-9a-f]{64}$/);
  expect(verified.totals).toMatchObject({ BTC: "1.50", USD: "100.00" });
  expect((await run("verify")).out).toContain(verified.state_hash);
  expect((await run("verify", "--data", join(at.folder, "nowhere"))).err).toContain("journal_missing");
});

const ended = async (child: ChildProcess): Promise<void> => {
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
};

test("a hub that listens everywhere warns that others need --public-url, and suggests lines that reach it", async () => {
  const words = ["start", "--host", "0.0.0.0", "--port", "0", "--devchain-port", "0", "--data"];
  for (const more of [[], ["--public-url", "https://hub.example.org"]]) {
    const child = spawn(process.execPath, [
      PROGRAM,
      ...words,
      join(at.folder, `data${more.length}`),
      ...more,
    ]);
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    const out: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      out.push(line);
      if (line.includes("Ctrl-C")) break;
    }
    await ended(child);
    expect(out.join("\n")).toMatch(/create-account --as alice --hub http:\/\/127\.0\.0\.1:[0-9]+/);
    expect(out.join("\n")).toContain("in the project's folder");
    expect(err.includes("--public-url")).toBe(more.length === 0);
  }
});
