import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chainRpc, type Key } from "../testing/harness.ts";

const program = fileURLToPath(new URL("./hub-process.js", import.meta.url));

/** A hub in a process of its own. */
export interface ChildHub {
  readonly url: string;
  readonly pid: number;
  readonly operator: Key;
  readonly rpc: (method: string, ...params: unknown[]) => Promise<unknown>;
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** Asks it to stop, without waiting. */
  readonly askToStop: () => void;
  /** Stops it and answers its exit code; null when it was killed before it had stopped. */
  readonly stop: () => Promise<number | null>;
}

/**
 * Starts the hub of that folder. Rejects with what it printed on standard error when it does not start.
 * @param under a program that runs it, with its first arguments; it must become the hub or hand on its signals
 */
export const startChildHub = async (
  data: string,
  store?: string,
  under: readonly string[] = [],
): Promise<ChildHub> => {
  const config = join(data, "config.json");
  writeFileSync(config, JSON.stringify({ accounts_per_hour: 1_000_000 }));
  const words = [process.execPath, program, data, config, ...(store === undefined ? [] : [store])];
  const [command, ...rest] = [...under, ...words] as [string, ...string[]];
  const child = spawn(command, rest, { stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  child.stdin.on("error", () => {}); // It may be gone before it is asked to stop.
  const exited = once(child, "close") as Promise<[code: number | null]>;
  const line = once(createInterface(child.stdout), "line") as Promise<[string]>;
  const printed = await Promise.race([line, exited.then(() => undefined)]);
  if (!printed) throw new Error(`the hub did not start: ${errors}`);
  const { url, devchainUrl, operatorAuthkeyFile } = JSON.parse(printed[0]) as Record<string, string>;
  const { account, authkey } = JSON.parse(readFileSync(operatorAuthkeyFile!, "utf8"));
  const askToStop = (): void => void child.stdin.end();
  return {
    url: url!,
    pid: child.pid!,
    operator: { account, token: authkey.token, key: authkey.key },
    rpc: (method, ...params) => chainRpc(devchainUrl!, data, method, params),
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    askToStop,
    stop: async () => {
      askToStop();
      return (await exited)[0];
    },
  };
};
