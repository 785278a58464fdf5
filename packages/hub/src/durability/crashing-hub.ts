import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { HubOptions } from "../options.ts";
import type { Key } from "../testing/harness.ts";

const program = fileURLToPath(new URL("./crashing-process.js", import.meta.url));

/** A hub in a process of its own that kills itself after so many writes. */
export interface CrashingHub {
  readonly url: string;
  readonly operator: Key;
  /** Resolves when the process counts. `journalMs`: for so long everything that the journal writes is held up from then on. */
  readonly crashAfter: (writes: number, journalMs?: number) => Promise<void>;
  /** What it wrote since it counts: see crash-points.ts. */
  readonly wrote: readonly string[];
  /** What it printed on standard error: its log. */
  readonly printed: () => string;
  readonly isGone: () => boolean;
  /** Resolves when the process has ended. */
  readonly gone: Promise<unknown>;
  /** Stops it in good order and answers its exit code. */
  readonly stop: () => Promise<number | null>;
  readonly kill: () => Promise<void>;
}

/** Starts it. Answers the writes alone when it crashed before it was up, which `crashAfter` asks for. */
export const startCrashingHub = async (
  options: HubOptions,
  crashAfter?: number,
): Promise<CrashingHub | readonly string[]> => {
  const words = crashAfter === undefined ? [] : [String(crashAfter)];
  const child = spawn(process.execPath, [program, JSON.stringify(options), ...words], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {}); // It may be gone before it is asked.
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  let isGone = false;
  const gone = once(child, "close").then((how) => {
    isGone = true;
    return how as [code: number | null, signal: string | null];
  });
  const wrote: string[] = [];
  let waiting: ((line: string) => void) | undefined;
  createInterface(child.stdout).on("line", (line) => {
    if (line.startsWith("wrote ")) wrote.push(line.slice("wrote ".length));
    else waiting?.(line);
  });
  const line = (): Promise<string> =>
    new Promise((resolve) => {
      waiting = resolve;
    });
  const first = await Promise.race([line(), gone.then(() => undefined)]);
  if (first === undefined) {
    const [, signal] = await gone;
    if (signal === "SIGKILL" && crashAfter !== undefined) return wrote;
    throw new Error(`the hub did not start: ${errors}`);
  }
  const { url, operatorAuthkeyFile } = JSON.parse(first) as Record<string, string>;
  const { account, authkey } = JSON.parse(readFileSync(operatorAuthkeyFile!, "utf8"));
  return {
    url: url!,
    operator: { account, token: authkey.token, key: authkey.key },
    crashAfter: async (writes, journalMs) => {
      const counting = line();
      child.stdin.write(`${[writes, journalMs ?? []].flat().join(" ")}\n`);
      await counting;
    },
    wrote,
    printed: () => errors,
    isGone: () => isGone,
    gone,
    stop: async () => {
      child.stdin.end();
      return (await gone)[0];
    },
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
};
