import { commandRow } from "./commands.ts";

/** Options of the whole program that take a value. */
const WITH_VALUE = ["--hub", "--profile"];

/** Where the command's name stands among the words; -1 where there is none. */
export const commandPlace = (words: readonly string[]): number => {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (WITH_VALUE.includes(word)) i++;
    else if (word === "--") return -1;
    else if (!word.startsWith("-")) return i;
  }
  return -1;
};

/** The command line as it is carried out, and its command's name. */
export interface Line {
  readonly words: readonly string[];
  readonly name: string | undefined;
}

/** `help x y` is `x y --help`, and a function's name alone is a call of it. */
export const readLine = async (words: readonly string[]): Promise<Line> => {
  const place = commandPlace(words);
  const name = words[place];
  if (name === undefined) return { words, name };
  if (name === "help") {
    const rest = [...words.slice(0, place), ...words.slice(place + 1)];
    return readLine([...rest, "--help"]);
  }
  if (commandRow(name) !== undefined) return { words, name };
  const { isFunctionName } = await import("@coinholder/protocol");
  if (!isFunctionName(name)) return { words, name };
  return { words: [...words.slice(0, place), "call", ...words.slice(place)], name: "call" };
};
