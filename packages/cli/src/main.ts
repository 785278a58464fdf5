import { CommanderError } from "commander";
import { EXIT, report } from "./failure.ts";
import { buildProgram } from "./program.ts";

/** Runs one command line. Answers the exit code. */
export const main = async (words: readonly string[]): Promise<number> => {
  const program = buildProgram();
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
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return report(error, words.includes("--json"));
  }
};
