import { CommanderError } from "commander";
import { type CommandError, EXIT, report, usageError } from "./failure.ts";
import { buildProgram } from "./program.ts";
import { type Line, readLine } from "./words.ts";

const noSuchCommand = async (name: string): Promise<CommandError> => {
  const [{ commands }, { functionNames }, { closest }] = await Promise.all([
    import("./commands.ts"),
    import("@coinholder/protocol"),
    import("./closest.ts"),
  ]);
  const meant = closest(name, [...commands.map((row) => row.name), ...functionNames]);
  const advice = meant === undefined ? "coinholder --help shows what there is" : `do you mean ${meant}?`;
  return usageError(`there is no command or function ${JSON.stringify(name)}; ${advice}`);
};

const carryOut = async ({ name, words }: Line, json: boolean): Promise<void> => {
  const { commandRow } = await import("./commands.ts");
  if (name !== undefined && commandRow(name) === undefined) throw await noSuchCommand(name);
  await (await buildProgram(json, name)).parseAsync(words, { from: "user" });
};

/** Runs one command line. Answers the exit code. */
export const main = async (words: readonly string[]): Promise<number> => {
  const json = words.includes("--json");
  // Whoever reads our output may stop reading (`| head`): that ends us without a word.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(EXIT.pipe);
      throw error;
    });
  try {
    await carryOut(await readLine(words), json);
    return typeof process.exitCode === "number" ? process.exitCode : EXIT.done;
  } catch (error) {
    // Commander has said what is wrong with the command line, or printed the help that was asked for.
    if (error instanceof CommanderError && (error.exitCode === 0 || !json))
      return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return report(
      error instanceof CommanderError ? usageError(error.message.replace(/^error: /, "")) : error,
      json,
    );
  }
};
