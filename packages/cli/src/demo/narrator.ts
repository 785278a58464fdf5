import { HubError } from "@coinholder/client";
import { parseAmount } from "@coinholder/protocol";
import { bold, clean, cyan, dim, green, red } from "../terminal.ts";

let chapters = 0;

export const chapter = (title: string): void => {
  chapters++;
  console.log(`\n${bold(`${chapters}. ${title}`)}`);
};

/** Words of the story; `{...}` marks what a hub or a chain really answered. */
export const say = (text: string): void => {
  console.log(`   ${clean(text).replace(/\{([^}]*)\}/g, (_, value: string) => cyan(value))}`);
};

export const aside = (text: string): void => console.log(`   ${dim(clean(text))}`);

/** Asserts a step of the story, and says so. */
export const check = (what: string, actual: unknown, expected: unknown = true): void => {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, but it is ${JSON.stringify(actual)}`);
  console.log(`   ${green("✓")} ${what}`);
};

/** Asks until there is an answer. Throws after half a minute. */
export const until = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: it did not happen within half a minute`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** A decimal of the hub in smallest units, zero included. */
export const units = (text: string | undefined, decimals = 8): number => {
  const read = parseAmount(text ?? "0", decimals);
  if ("amount" in read) return read.amount;
  if (read.problem === "not_positive") return 0;
  throw new Error(`${text} is no amount`);
};

/** The code by which a hub refuses a call; «nothing» where it does not. */
export const refusalCode = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return "nothing";
  } catch (error) {
    if (error instanceof HubError) return error.code;
    throw error;
  }
};

/** Plays a whole story, and ends the program. */
export const tell = async (story: () => Promise<void>): Promise<never> => {
  try {
    await story();
    process.exit(0);
  } catch (error) {
    console.error(
      `\n${red("The story breaks here:", process.stderr)} ${error instanceof Error ? error.message : error}`,
    );
    if (error instanceof Error && error.stack !== undefined) console.error(error.stack);
    process.exit(1);
  }
};
