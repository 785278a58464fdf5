import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { commandRow, commands } from "./commands.ts";
import { DEFAULT_HUB, type Said, targetOf } from "./profiles.ts";
import { bold, cyan, hasColour } from "./terminal.ts";

const version = (): string =>
  (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
    .version;

const EXAMPLES = `
Every function of the hub is a command, too; what a function needs may be given by name or in its order:
  coinholder my-balance --as alice
  coinholder ticker BTC/USD
  coinholder send-btc bcrt1q... 0.25            the same as to_btc_address=bcrt1q... amount=0.25
  coinholder place-order 65 USD 0.001 BTC       «I give 65 USD for 0.001 BTC»
  coinholder help place-order                   what one does, takes, answers and refuses
  coinholder call --list                        all of them

A first hub, account and coin (start in one terminal, the rest in another):
  coinholder start
  coinholder create-account --as alice
  coinholder devchain fund alice 1.5
  coinholder devchain mine 1
  coinholder accounts

Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong, 3 whether it took effect is not known,
130 stopped by Ctrl-C, 141 whoever read the output went away.
Errors go to standard error, as "error code: message" or with --json as {"error":{"code","message",...}}.
Colours: NO_COLOR=1 takes them away, FORCE_COLOR=1 keeps them without a terminal.
Keys are kept in ~/.config/coinholder/keys.json (or where COINHOLDER_KEYS says), readable by you alone; profiles beside it.`;

const said = (program: Command): Said => {
  const of = <N extends string>(name: string, flag: N, env: N): { [K in N]?: string } => {
    const source = program.getOptionValueSource(name);
    const value = program.getOptionValue(name) as string;
    return (source === "cli" ? { [flag]: value } : source === "env" ? { [env]: value } : {}) as {
      [K in N]?: string;
    };
  };
  return { ...of("hub", "hubFlag", "hubEnv"), ...of("profile", "profileFlag", "profileEnv") };
};

/** Puts the hub that is meant where all commands look for it. */
const aim = (program: Command): void => {
  const given = said(program);
  if (given.hubFlag !== undefined && given.profileFlag !== undefined)
    program.error("error: --hub and --profile exclude each other");
  const { as, hub } = targetOf(given);
  program.setOptionValue("hub", hub);
  program.setOptionValue("profileAs", as);
};

/**
 * The program with the command of that name in full, all others by name and description only.
 * `json`: what is wrong with the command line is then told by the caller, not printed.
 */
export const buildProgram = async (json: boolean, name?: string): Promise<Command> => {
  const program = new Command("coinholder")
    .usage("[options] command|function ...")
    .description("A Bitcoin account hub that people run themselves, and a command line for every hub.")
    .addOption(
      new Option("--hub <url>", "the hub to talk to; also ccxt:kraken or mtgox:https://...")
        .default(DEFAULT_HUB)
        .env("COINHOLDER_HUB"),
    )
    .addOption(
      new Option("--profile <name>", "the hub and key to use, by profile; see coinholder profile").env(
        "COINHOLDER_PROFILE",
      ),
    )
    .option("--json", "print for programs: one line of JSON", false)
    .version(version(), "--version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: process.stdout.columns || 110,
      styleTitle: (text) => bold(text),
      styleSubcommandTerm: (text) => cyan(text),
      styleOptionTerm: (text) => cyan(text),
    })
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", EXAMPLES)
    .configureOutput({
      getOutHasColors: () => hasColour(process.stdout),
      getErrHasColors: () => hasColour(process.stderr),
      ...(json ? { outputError: () => {}, writeErr: () => {} } : {}),
    })
    // Throws instead of ending the process, so that main.ts chooses the exit code.
    .exitOverride();
  for (const row of commands) {
    if (row.name === name) (await row.load())(program);
    else program.command(row.name);
    const added = program.commands.find((command) => command.name() === row.name)!;
    added.description(row.about).helpGroup(row.group);
  }
  program.hook("preAction", () => {
    if (name !== undefined && commandRow(name)?.isLocal !== true) aim(program);
  });
  return program;
};
