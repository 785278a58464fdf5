import { existsSync } from "node:fs";
import type { Command } from "commander";
import { CommandError } from "../failure.ts";
import { print } from "../output.ts";
import { showProgress } from "../progress.ts";
import { dataOption, type Globals, storeOption } from "../settings.ts";
import { green } from "../terminal.ts";

const ABOUT = `
Reads the journal of a stopped hub from its first entry, carries every command out anew, checks every invariant, and
compares the outcome with what the hub's snapshot gives. The same journal gives the same hash on every machine.
The journal is sealed with a key of the wallet, so that nobody else can change it unnoticed: the wallet's passphrase is
read as a start reads it, from COINHOLDER_WALLET_PASSPHRASE, or from the file that COINHOLDER_WALLET_PASSPHRASE_FILE names.
Exit code 0: all is well. 1: something is not, and the message says what.

Example:
  coinholder verify --data ./data`;

/** What the wallet itself says of its file or passphrase keeps its code. */
const walletFailure = (error: unknown): Error => {
  const { code, message = String(error) } = error as { code?: unknown; message?: string };
  const isOurs = typeof code === "string" && /^[a-z]+(?:_[a-z]+)*$/.test(code);
  return isOurs && error instanceof Error ? error : new CommandError("passphrase_missing", message);
};

export const addVerify = (program: Command): void => {
  program
    .command("verify")
    .addOption(dataOption("the hub's data folder"))
    .addOption(storeOption())
    .addHelpText("after", ABOUT)
    .action(async (_options: unknown, command: Command) => {
      const { data, store, json } = command.optsWithGlobals<{ data: string; store?: string } & Globals>();
      const { journalKey, paths, verifyData } = await import("@coinholder/hub");
      if (!existsSync(paths(data).journal))
        throw new CommandError("journal_missing", `There is no hub's journal in ${data}: give --data.`);
      const key = await journalKey(data).catch((error: unknown) => {
        throw walletFailure(error);
      });
      const progress = showProgress("entries replayed");
      const found = await verifyData(data, key, progress.count, store).catch((error: unknown) => {
        progress.end();
        throw new CommandError("verification_failed", error instanceof Error ? error.message : String(error));
      });
      progress.end();
      print(
        {
          entries: found.entries,
          groups: found.groups,
          accounts: found.accounts,
          totals: found.totals,
          in_debt: found.inDebt,
          snapshot_seq: found.snapshotSeq,
          state_hash: found.stateHash,
        },
        json,
      );
      if (!json) console.log(green("Every entry, sum and invariant is as it must be."));
    });
};
