import { functionRow, isFunctionName } from "@coinholder/protocol";
import { usageError } from "./failure.ts";

const isPair = (word: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*=/.test(word);

const neededBy = (name: string): string[] =>
  isFunctionName(name)
    ? Object.entries(functionRow(name).params)
        .filter(([, param]) => !param.optional)
        .map(([param]) => param)
    : [];

/**
 * The parameters of a call: `key=value`, and words without a name, which are those that the function needs and that are not
 * named, in the table's order. Throws CommandError (usage).
 */
export const readCallWords = (name: string, words: readonly string[]): Record<string, string> => {
  const pairs = new Map<string, string>();
  for (const word of words.filter(isPair)) {
    const equals = word.indexOf("=");
    const param = word.slice(0, equals);
    if (pairs.has(param)) throw usageError(`${param} is given twice`);
    pairs.set(param, word.slice(equals + 1));
  }
  const bare = words.filter((word) => !isPair(word));
  const open = neededBy(name).filter((param) => !pairs.has(param));
  if (bare.length > open.length) {
    const extra = JSON.stringify(bare[open.length]);
    throw usageError(
      open.length === 0
        ? `${extra} is not key=value; coinholder help ${name} shows the parameters`
        : `${extra} is one too many: ${name} needs ${open.join(", ")}`,
    );
  }
  for (const [i, word] of bare.entries()) pairs.set(open[i]!, word);
  return Object.fromEntries(pairs);
};
