import type { Argument, Command, Option } from "commander";
import { commandRow, commands } from "../commands.ts";
import { hubName, keyringPath, readKeyring } from "../keyring.ts";
import { readProfiles, targetOf } from "../profiles.ts";
import { commandPlace } from "../words.ts";

/** What the word under the cursor may become. */
export interface Candidate {
  readonly value: string;
  readonly about?: string;
}

/** Candidates, or files, which the shell knows best. */
export type Completed = readonly Candidate[] | "files";

const values = (of: Iterable<string>): Candidate[] => [...of].map((value) => ({ value }));

/** Nothing may be said while a line is typed: what cannot be read completes to nothing. */
const quietly = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

const valueAfter = (words: readonly string[], flag: string): string | undefined => {
  const at = words.lastIndexOf(flag);
  return at >= 0
    ? words[at + 1]
    : words.findLast((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
};

const profileNames = (): Candidate[] =>
  quietly(() => Object.entries(readProfiles().byName).map(([value, { hub }]) => ({ value, about: hub })), []);

const aliases = (words: readonly string[]): Candidate[] =>
  quietly(() => {
    const hubFlag = valueAfter(words, "--hub");
    const profileFlag = valueAfter(words, "--profile");
    const { COINHOLDER_HUB: hubEnv, COINHOLDER_PROFILE: profileEnv } = process.env;
    const { hub } = targetOf({
      ...(hubFlag === undefined ? {} : { hubFlag }),
      ...(profileFlag === undefined ? {} : { profileFlag }),
      ...(hubEnv ? { hubEnv } : {}),
      ...(profileEnv ? { profileEnv } : {}),
    });
    return values(Object.keys(readKeyring(keyringPath())[hubName(hub)] ?? {}));
  }, []);

const hubs = (): Candidate[] =>
  quietly(
    () =>
      values(
        new Set([
          ...Object.keys(readKeyring(keyringPath())),
          ...Object.values(readProfiles().byName).map(({ hub }) => hub),
        ]),
      ),
    [],
  );

const IS_FILE = /<(file|folder)>/;

const optionValues = (option: Option, words: readonly string[]): Completed => {
  if (option.argChoices) return values(option.argChoices);
  if (option.long === "--profile") return profileNames();
  if (option.long === "--hub") return hubs();
  if (option.long === "--as" || option.long === "--forget") return aliases(words);
  return IS_FILE.test(option.flags) ? "files" : [];
};

const argumentValues = (
  command: Command,
  argument: Argument | undefined,
  words: readonly string[],
): Completed => {
  if (argument === undefined) return [];
  if (argument.argChoices) return values(argument.argChoices);
  const name = argument.name();
  if (command.parent?.name() === "profile" && command.name() !== "add" && name === "name")
    return profileNames();
  if (name === "address" && command.name() === "fund") return aliases(words);
  return name === "file" ? "files" : [];
};

/** All options that stand for this command, those of its parents too. */
const optionsOf = (command: Command): Option[] => {
  const all: Option[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent)
    all.push(...at.options.filter((option) => !option.hidden));
  return all;
};

const optionNames = (command: Command): Candidate[] => [
  ...optionsOf(command).map((option) => ({
    value: option.long ?? option.short ?? "",
    about: option.description,
  })),
  { value: "--help", about: "show help" },
];

/** Parameters that are not given yet as `name=`, and the values of the one that is being given. */
const parameters = async (name: string, given: readonly string[], partial: string): Promise<Candidate[]> => {
  const { functionRow, isFunctionName } = await import("@coinholder/protocol");
  if (!isFunctionName(name)) return [];
  const { params } = functionRow(name);
  const equals = partial.indexOf("=");
  if (equals < 0)
    return Object.entries(params)
      .filter(([param]) => !given.some((word) => word.startsWith(`${param}=`)))
      .map(([param, { about }]) => ({ value: `${param}=`, about }));
  const param = partial.slice(0, equals);
  const { enum: choices, type } = (params[param]?.schema ?? {}) as { enum?: string[]; type?: string };
  const known = type === "boolean" ? ["true", "false"] : (choices ?? []);
  return values(known.map((value) => `${param}=${value}`));
};

const functionsAndCommands = async (): Promise<Candidate[]> => {
  const { functionNames, functionRow } = await import("@coinholder/protocol");
  return [
    ...commands.map(({ about, name }) => ({ value: name, about })),
    { value: "help", about: "what a command or function does" },
    ...functionNames.map((name) => ({ value: name, about: functionRow(name).summary })),
  ];
};

/** The command that the words lead to, and those of them that are its arguments. */
const descend = (
  program: Command,
  words: readonly string[],
): { readonly command: Command; readonly args: readonly string[]; readonly open: Option | undefined } => {
  let command = program;
  let args: string[] = [];
  let open: Option | undefined;
  for (const word of words) {
    if (open !== undefined) {
      open = undefined;
      continue;
    }
    if (word.startsWith("-")) {
      const option = optionsOf(command).find((one) => one.long === word || one.short === word);
      open = option?.required || option?.optional ? option : undefined;
      continue;
    }
    const below = args.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
    if (below === undefined) args = [...args, word];
    else command = below;
  }
  return { command, args, open };
};

/** What the last word may become, after the others. The first word is the one after the program's name. */
export const complete = async (words: readonly string[]): Promise<Completed> => {
  const partial = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const place = commandPlace(before);
  const first = before[place];
  if (first === "help") return complete([...before.slice(0, place), ...before.slice(place + 1), partial]);
  const { buildProgram } = await import("../program.ts");
  const isCommand = first !== undefined && commandRow(first) !== undefined;
  const program = await buildProgram(true, isCommand ? first : undefined);
  // A function's name alone is a call of it.
  const line = first === undefined || isCommand ? before : before.toSpliced(place, 0, "call");
  if (line !== before) return complete([...line, partial]);
  const { args, command, open } = descend(program, before);
  if (open !== undefined) return optionValues(open, before);
  if (partial.startsWith("-")) return optionNames(command);
  if (command === program) return functionsAndCommands();
  if (command.name() === "call" && args.length > 0) return parameters(args[0]!, args.slice(1), partial);
  if (command.name() === "call") {
    const { functionNames, functionRow } = await import("@coinholder/protocol");
    return functionNames.map((name) => ({ value: name, about: functionRow(name).summary }));
  }
  if (command.commands.length > 0 && args.length === 0)
    return command.commands.map((below) => ({ value: below.name(), about: below.description() }));
  return argumentValues(command, command.registeredArguments[args.length], before);
};

/** The candidates that begin so, one a line with a tab before what it is; `:files` leaves it to the shell. */
export const completionLines = async (words: readonly string[]): Promise<string[]> => {
  const found = await complete(words);
  if (found === "files") return [":files"];
  const partial = words.at(-1) ?? "";
  return found
    .filter(({ value }) => value.startsWith(partial))
    .map(({ about = "", value }) => (about === "" ? value : `${value}\t${about.replace(/\s+/g, " ")}`));
};
