import { CommanderError } from "commander";
import { EXIT, report, usageError } from "./failure.ts";
import { buildProgram } from "./program.ts";

/** Runs one command line. Answers the exit code. */
export const main = async (words: readonly string[]): Promise<number> => {
  const json = words.includes("--json");
  const program = buildProgram(json);
  // Whoever reads our output may stop reading (`| head`): that ends us without a word.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.failed);
    throw error;
  });
  try {
    await program.parseAsync(words, { from: "user" });
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
