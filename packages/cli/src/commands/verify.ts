import type { Command } from "commander";
import { EXIT } from "../failure.ts";
import { verifyData } from "../hub-package.ts";
import { print } from "../output.ts";
import { dataOption, type Globals } from "../settings.ts";

const ABOUT = `
Reads the journal from its first entry, carries every command out anew, checks every invariant after it, and prints
the hash of the state that comes out. The same journal gives the same hash on every machine.
Exit code 0: all is well. 1: something is not.

Example:
  coinholder verify --data ./data`;

export const addVerify = (program: Command): void => {
  program
    .command("verify")
    .description("replay a hub's journal, check every invariant, print the state hash")
    .addOption(dataOption("the hub's data folder"))
    .addHelpText("after", ABOUT)
    .action(async (_options: unknown, command: Command) => {
      const { data, json } = command.optsWithGlobals<{ data: string } & Globals>();
      const found = await verifyData(data);
      print(found, json);
      if (found.problems.length > 0) process.exitCode = EXIT.failed;
    });
};
