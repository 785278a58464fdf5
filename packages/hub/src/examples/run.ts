import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The tests of the examples run the very files, as their reader would. */
export const example = (file: string): string =>
  fileURLToPath(new URL(`../../../../examples/${file}`, import.meta.url));

const PROGRAMS: Readonly<Record<string, string>> = { mjs: process.execPath, sh: "bash", py: "python3" };

export interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Waits until the output has it, and answers what matched; throws when the program ends without. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<number | null>;
}

/** Starts an example with that environment and nothing else of the surroundings. */
export const startExample = (
  file: string,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Started => {
  const child = spawn(PROGRAMS[file.split(".").pop()!]!, [example(file), ...words], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    child,
    out: () => out,
    err: () => err,
    ended,
    says: async (pattern) => {
      let over = false;
      void ended.then(() => {
        over = true;
      });
      for (;;) {
        const found = pattern.exec(out);
        if (found !== null) return found;
        if (over) throw new Error(`${file} ended without saying ${pattern}:\n${out}\n${err}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
};

/** Runs an example to its end. */
export const runExample = async (
  file: string,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; out: string; err: string }> => {
  const { child, ended, out, err } = startExample(file, words, env);
  child.stdin!.end();
  return { code: await ended, out: out(), err: err() };
};
