import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { addAccounts } from "./commands/accounts.ts";
import { addCall } from "./commands/call.ts";
import { addChain } from "./commands/chain.ts";
import { addDevchain } from "./commands/devchain.ts";
import { addExport } from "./commands/export.ts";
import { addMessage } from "./commands/message.ts";
import { addOperator } from "./commands/operator.ts";
import { addOption } from "./commands/option.ts";
import { addPeers } from "./commands/peers.ts";
import { addProve } from "./commands/prove.ts";
import { addStart } from "./commands/start.ts";
import { addStatement } from "./commands/statement.ts";
import { addVerify } from "./commands/verify.ts";
import { addWallet } from "./commands/wallet.ts";

const version = (): string =>
  (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
    .version;

const EXAMPLES = `
A first hub, account and coin (start in one terminal, the rest in another):
  coinholder start
  coinholder call create-account --as alice
  coinholder devchain fund alice 1.5
  coinholder devchain mine 1
  coinholder accounts

Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong, 3 whether it took effect is not known.
Errors go to standard error, as "error code: message" or with --json as {"error":{"code","message",...}}.
Keys are kept in ~/.config/coinholder/keys.json (or where COINHOLDER_KEYS says), readable by you alone.`;

/** `json`: what is wrong with the command line is then told by the caller, not printed. */
export const buildProgram = (json: boolean): Command => {
  const program = new Command("coinholder")
    .description("A Bitcoin account hub that people run themselves, and a command line for every hub.")
    .addOption(
      new Option("--hub <url>", "the hub to talk to").default("http://127.0.0.1:8420").env("COINHOLDER_HUB"),
    )
    .option("--json", "print for programs: one line of JSON", false)
    .version(version(), "--version", "print the version")
    .helpOption("-h, --help", "show help")
    .configureHelp({ showGlobalOptions: true, helpWidth: process.stdout.columns || 110 })
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", EXAMPLES)
    .configureOutput(json ? { outputError: () => {}, writeErr: () => {} } : {})
    // Throws instead of ending the process, so that main.ts chooses the exit code.
    .exitOverride();
  addStart(program);
  addCall(program);
  addAccounts(program);
  addStatement(program);
  addExport(program);
  addDevchain(program);
  addOperator(program);
  addWallet(program);
  addChain(program);
  addPeers(program);
  addProve(program);
  addMessage(program);
  addOption(program);
  addVerify(program);
  return program;
};
