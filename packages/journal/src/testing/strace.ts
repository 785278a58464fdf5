import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** What the system was asked, and answered. */
export type SystemCall = {
  readonly name: string;
  /** Of the file or socket, where it has one. */
  readonly on: string;
  /** All that was printed of the call. */
  readonly text: string;
  /** -1 for errors. */
  readonly result: number;
  /** Whether it was not carried out but answered so. */
  readonly injected: boolean;
};

/**
 * Linux alone has it. Where CI is set it must be there: nothing that only CI proves may be left out in silence.
 */
export const hasStrace =
  Boolean(process.env.CI && process.platform === "linux") ||
  spawnSync("strace", ["--version"], { stdio: "ignore" }).status === 0;

/**
 * The words before a command that have its system calls written to a file. The command stays the child that was started, with
 * its own signals and exit code. Works on all threads.
 * @param only on these files alone, by path
 * @param inject in strace's words: what is not carried out and answered with an error instead
 */
export const underStrace = (
  file: string,
  { trace, only = [], inject = [] }: { trace: string; only?: readonly string[]; inject?: readonly string[] },
): string[] => [
  "strace",
  "-D",
  "-f",
  "--seccomp-bpf",
  "-q",
  "-yy",
  ...["-s", "16"],
  ...["-o", file],
  ...["-e", `trace=${trace}`],
  ...only.flatMap((path) => ["-P", path]),
  ...inject.flatMap((one) => ["-e", `inject=${one}`]),
];

/** The calls of the process in the order in which they were over. Waits until its end is written, too. */
export const callsIn = async (file: string, pid: number): Promise<SystemCall[]> => {
  const isOver = new RegExp(`^${pid} +\\+\\+\\+ (?:exited|killed)`, "m");
  for (let tries = 0; tries < 1200; tries++) {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (isOver.test(text)) return parse(text.split("\n"));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the trace in ${file} does not end`);
};

const parse = (lines: readonly string[]): SystemCall[] => {
  const calls: SystemCall[] = [];
  const begun = new Map<string, string>();
  for (const line of lines) {
    const [, thread, said] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined || said === undefined || /^(?:\+\+\+|---)/.test(said)) continue;
    if (said.endsWith("<unfinished ...>")) {
      begun.set(thread, said.slice(0, -"<unfinished ...>".length));
      continue;
    }
    const text = said.startsWith("<...")
      ? `${begun.get(thread)}${said.replace(/^<\.\.\. \w+ resumed>/, "")}`
      : said;
    const name = /^\w+/.exec(text)?.[0];
    const result = /= (-?\d+)[^=]*$/.exec(text)?.[1];
    if (name === undefined || result === undefined) continue;
    const on = /^\w+\(\d+<((?:->|[^>])*)>/.exec(text)?.[1] ?? "";
    calls.push({ name, on, text, result: Number(result), injected: text.includes("(INJECTED)") });
  }
  return calls;
};
