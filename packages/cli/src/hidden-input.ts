import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { EXIT, usageError } from "./failure.ts";

/** Swallows what readline would echo. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

const wholeInput = async (): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8").trim();
};

const stop = (): never => {
  process.stderr.write("\n");
  process.exit(EXIT.interrupted);
};

/** Asks on the terminal without showing what is typed; without a terminal it takes all of standard input. */
export const askHidden = async (question: string): Promise<string> => {
  if (!process.stdin.isTTY) return wholeInput();
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output: nowhere(), terminal: true });
  // The terminal is in raw mode now: Ctrl-C is a key like others, and Ctrl-D closes the question without an answer.
  lines.on("SIGINT", () => {
    lines.close();
    stop();
  });
  lines.on("close", () => {
    if (!answered) stop();
  });
  let answered = false;
  try {
    const text = await lines.question("");
    answered = true;
    return text.trim();
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
};

/** Asks for one exact word. Without a terminal nobody can be asked: `otherwise` says what to do then. */
export const confirm = async (question: string, word: string, otherwise: string): Promise<boolean> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw usageError(otherwise);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim() === word;
  } finally {
    lines.close();
  }
};
