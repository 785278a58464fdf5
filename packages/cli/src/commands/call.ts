import { type Credentials, connect, type ExchangeKeys } from "@coinholder/client";
import { type Answer, functionNames, functionRow, isFunctionName } from "@coinholder/protocol";
import type { Command } from "commander";
import { readCallWords } from "../call-words.ts";
import { EXIT, report, usageError } from "../failure.ts";
import { functionAsJson, functionHelp, functionList } from "../function-help.ts";
import { askHidden } from "../hidden-input.ts";
import { onInterrupt } from "../interrupt.ts";
import {
  accountOf,
  credentialsFrom,
  hubName,
  type KeptKey,
  type KeyEntry,
  keepNewKey,
  keyringPath,
} from "../keyring.ts";
import { operatorCredentials } from "../operator-key.ts";
import { print } from "../output.ts";
import { keyFor } from "../session.ts";
import { dataOption, type Globals } from "../settings.ts";
import { answerLines } from "../views/views.ts";

type Options = Globals & {
  readonly as?: string;
  readonly save?: string;
  readonly showKey: boolean;
  readonly operator: boolean;
  readonly list: boolean;
  readonly help: boolean;
  readonly data: string;
};

const EXAMPLES = `
What a function needs may be given by name, or without names in the order in which its help lists it; what may be left out, by name.
call itself may be left out: coinholder my-balance.

Examples:
  coinholder call --list                                   all functions
  coinholder help send-btc                                 what one does, takes, answers and refuses
  coinholder create-account --as alice                     makes an account and keeps its key as alice
  coinholder create-account --as bob name=bob pass=-       asks for the password, or reads it from standard input
  coinholder my-balance --as alice
  coinholder send-btc --as alice bcrt1q... 0.25
  coinholder place-order --as alice 65 USD 0.001 BTC time_in_force=ioc
  coinholder create-authkey --as alice --save till label=till 'permissions=[["ac-...","new-invoice"]]'
  coinholder depth BTC/USD limit=10 --json`;

const signer = (
  name: string,
  options: Options,
): { entry?: KeptKey; credentials?: Credentials | ExchangeKeys } => {
  const access = isFunctionName(name) ? functionRow(name).access : "account";
  if (options.operator || (access === "operator" && options.as === undefined))
    return { credentials: operatorCredentials(options.data) };
  // For create-account the alias is that of the key to come.
  if (name === "create-account") return {};
  if (options.as === undefined && (access === "public" || access === "self-signed")) return {};
  const entry = keyFor(options);
  return { entry, credentials: credentialsFrom(entry) };
};

type NewKey = Answer<"create-account"> | Answer<"create-authkey">;

const entryOf = (answer: NewKey, owner: string | undefined): KeyEntry => {
  const account = "account" in answer ? answer.account : owner!;
  return { account, authkey: { type: "hmac-sha256", token: answer.authkey.token, key: answer.authkey.key! } };
};

/** Carries out a call whose answer is a new key, which must not get lost nor be shown without being asked for. */
const callForKey = async (
  name: string,
  params: Record<string, string>,
  options: Options,
  call: () => Promise<unknown>,
  owner: string | undefined,
): Promise<void> => {
  const alias = name === "create-account" ? options.as : options.save;
  const isShown = options.json || options.showKey;
  const hasKey = params.type !== "password";
  if (alias === undefined) {
    if (hasKey && !isShown)
      throw usageError(
        `say under which alias to keep the new key: ${name === "create-account" ? "--as" : "--save"} ALIAS; or --show-key to keep it yourself`,
      );
    print(await call(), options.json);
    return;
  }
  if (!hasKey) throw usageError("a password key has nothing to keep: leave --save out");
  const path = keyringPath();
  const { answer } = await keepNewKey(path, hubName(options.hub), alias, async () => {
    const made = (await call()) as NewKey;
    return { answer: made, entry: entryOf(made, owner) };
  });
  if (isShown) return print(answer, options.json);
  const { key: _secret, ...rest } = answer.authkey;
  print({ ...answer, authkey: { ...rest, key: `kept as ${alias} in ${path}` } }, false);
};

const printAnswer = (name: string, answer: unknown, json: boolean): void => {
  if (json) print(answer, true);
  else console.log(answerLines(name, answer).join("\n"));
};

/** A password in the command line would stand in the shell's history, and other users of the machine could see it. */
const askPassword = async (): Promise<string> => {
  const pass = await askHidden("Password: ");
  if (process.stdin.isTTY && (await askHidden("Again: ")) !== pass)
    throw usageError("the two passwords differ; nothing was done");
  return pass;
};

const carryOut = async (name: string, words: readonly string[], options: Options): Promise<void> => {
  const params = readCallWords(name, words);
  if (params.pass === "-") params.pass = await askPassword();
  const isMaker = name === "create-account" || name === "create-authkey";
  if (options.save !== undefined && name !== "create-authkey")
    throw usageError("--save belongs to create-authkey; create-account keeps its key by --as");
  const { entry, credentials } = signer(name, options);
  const hub = await connect(options.hub, credentials);
  const interrupt = onInterrupt();
  const call = () =>
    hub.callByName(name, params, { signal: interrupt.signal, ...(options.operator ? { signed: true } : {}) });
  try {
    if (isMaker) await callForKey(name, params, options, call, entry && accountOf(entry));
    else printAnswer(name, await call(), options.json);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    // What was interrupted may have taken effect: that is said, with the client_id to go on with.
    if ((error as { unknown?: unknown }).unknown === true) report(error, options.json);
    process.exitCode = EXIT.interrupted;
  } finally {
    interrupt.end();
  }
};

export const addCall = (program: Command): void => {
  program
    .command("call")
    .argument("[function]", "its name; --list shows all")
    .argument("[key=value...]", "its parameters; those that it needs also without names, in their order")
    .option("--as <alias>", "whose key signs; may be left out when only one is kept here")
    .option("--save <alias>", "create-authkey: keep the new key under this alias")
    .option("--show-key", "print a new key's secret, too", false)
    .option("--operator", "sign with the operator's key from the hub's data folder", false)
    .option("--list", "list all functions", false)
    .helpOption(false)
    .option("-h, --help", "show this, or what the function does, takes, answers and refuses", false)
    .addOption(dataOption("the hub's data folder, for the operator's key"))
    .addHelpText("after", EXAMPLES)
    .action(async (name: string | undefined, words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      if (options.list) {
        const rows = functionNames.map((one) => ({ function: one, summary: functionRow(one).summary }));
        console.log(options.json ? JSON.stringify(rows) : functionList());
        return;
      }
      if (options.help) {
        if (name === undefined) command.outputHelp();
        else if (isFunctionName(name))
          console.log(options.json ? JSON.stringify(functionAsJson(name)) : functionHelp(name));
        else throw usageError(`there is no function ${name}; coinholder call --list shows all`);
        return;
      }
      if (name === undefined) throw usageError("which function? coinholder call --list shows all");
      await carryOut(name, words, options);
    });
};
