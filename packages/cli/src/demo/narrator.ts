import { parseAmount } from "@coinholder/protocol";
import { bold, clean, cyan, dim, green } from "../terminal.ts";

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
