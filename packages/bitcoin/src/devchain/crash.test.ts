import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PASSWORD, rpc, testKey, USER } from "./testing.ts";

/** Starts the chain in a process of its own and gives its URL. */
async function startProcess(dataDir: string): Promise<{ child: ChildProcess; url: string }> {
  const options = JSON.stringify({ port: 0, dataDir, user: USER, password: PASSWORD });
  const program = `
    const { startDevchain } = await import(${JSON.stringify(new URL("./start.js", import.meta.url).href)});
    console.log((await startDevchain(${options})).url);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout!, "data");
  return { child, url: String(line).trim() };
}

test("kill -9 loses no block and no accepted transaction", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "devchain-crash-"));
  const { address } = testKey("p2wpkh", "alice");
  const first = await startProcess(dataDir);
  await rpc(first.url, "devchain_fund", address, "1");
  const mined = await rpc(first.url, "devchain_mine", 3);
  const waiting = [
    (await rpc(first.url, "devchain_fund", address, "2")).result,
    (await rpc(first.url, "devchain_fund", address, "3")).result,
  ];
  first.child.kill("SIGKILL");
  await once(first.child, "exit");

  const second = await startProcess(dataDir);
  expect((await rpc(second.url, "getbestblockhash")).result).toBe((mined.result as string[])[2]);
  expect((await rpc(second.url, "getrawmempool")).result).toEqual(waiting);
  second.child.kill("SIGKILL");
  await once(second.child, "exit");
  rmSync(dataDir, { recursive: true });
});
