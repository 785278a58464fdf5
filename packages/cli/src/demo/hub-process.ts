import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface HubProcess {
  readonly url: string;
  /** Empty where it was given a node. */
  readonly devchainUrl: string;
  readonly data: string;
  /** Asks it to stop and waits until it has. Throws unless it ended well. */
  readonly stop: () => Promise<void>;
}

interface Ready {
  readonly ready: true;
  readonly url: string;
  readonly devchain_url?: string;
}

export interface HubProcessOptions {
  /** A regtest node's RPC, with user and password; else a development chain of its own. */
  readonly bitcoinRpc?: string;
  /** What stands in its configuration file. */
  readonly config?: object;
}

const PROGRAM = fileURLToPath(new URL("../../bin/coinholder.js", import.meta.url));
const LAST_WORDS = 4_000;
const PASSPHRASE = "COINHOLDER_WALLET_PASSPHRASE";

// Nothing that the surroundings say about other hubs may reach this one.
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("COINHOLDER_")));

const firstLine = async (child: ChildProcess): Promise<string | undefined> => {
  const lines = createInterface({ input: child.stdout! });
  const line = await Promise.race([once(lines, "line"), once(lines, "close")]);
  // What comes later is read and dropped, so that the hub never waits for us.
  return line[0];
};

/** Starts `coinholder start` on free ports with a fresh data folder, both gone when this process ends, however it ends. */
export const startHubProcess = async ({
  bitcoinRpc,
  config = {},
}: HubProcessOptions = {}): Promise<HubProcess> => {
  const folder = mkdtempSync(join(tmpdir(), "coinholder-demo-"));
  const data = join(folder, "data");
  const file = join(folder, "config.json");
  writeFileSync(file, JSON.stringify(config));
  const node = bitcoinRpc === undefined ? ["--devchain-port", "0"] : ["--bitcoin-rpc", bitcoinRpc];
  const words = [PROGRAM, "start", "--port", "0", ...node, "--data", data, "--config", file, "--json"];
  const child = spawn(process.execPath, words, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...cleanEnvironment(), ...(bitcoinRpc === undefined ? {} : { [PASSPHRASE]: randomUUID() }) },
  });
  process.once("exit", () => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));

  let lastWords = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  const exited = once(child, "exit");
  const line = await firstLine(child);
  if (line === undefined) {
    await exited;
    throw new Error(`the hub did not start:\n${lastWords}`);
  }
  const { url, devchain_url = "" } = JSON.parse(line) as Ready;
  return {
    url,
    devchainUrl: devchain_url,
    data,
    stop: async () => {
      child.kill("SIGTERM");
      const [code, signal] = await exited;
      if (code !== 0) throw new Error(`the hub ended with ${code ?? signal}:\n${lastWords}`);
    },
  };
};
