import { type Credentials, connect, credentialsOf } from "@coinholder/client";
import { type Answer, functionNames, functionRow, isFunctionName } from "@coinholder/protocol";
import type { Command } from "commander";
import { usageError } from "../failure.ts";
import { functionAsJson, functionHelp, functionList } from "../function-help.ts";
import { chooseKey, hubName, type KeyEntry, keepNewKey, keyringPath } from "../keyring.ts";
import { operatorCredentials } from "../operator-key.ts";
import { print } from "../output.ts";
import { dataOption, type Globals } from "../settings.ts";

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
Examples:
  coinholder call --list                                   all functions
  coinholder call send-btc --help                          what one does, takes, answers and refuses
  coinholder call create-account --as alice                makes an account and keeps its key as alice
  coinholder call my-balance --as alice
  coinholder call send-btc --as alice to_btc_address=bcrt1q... amount=0.25
  coinholder call place-order --as alice trade_amt=65 trade_cur=USD for_amt=0.001 for_cur=BTC
  coinholder call create-authkey --as alice --save till label=till 'permissions=[["ac-...","new-invoice"]]'
  coinholder call ticker market=BTC/USD`;

const readPairs = (words: readonly string[]): Record<string, string> => {
  const pairs = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals < 1) throw usageError(`${JSON.stringify(word)} is not key=value`);
    const name = word.slice(0, equals);
    if (pairs.has(name)) throw usageError(`${name} is given twice`);
    pairs.set(name, word.slice(equals + 1));
  }
  return Object.fromEntries(pairs);
};

const signer = (name: string, options: Options): { entry?: KeyEntry; credentials?: Credentials } => {
  const access = isFunctionName(name) ? functionRow(name).access : "account";
  if (options.operator || (access === "operator" && options.as === undefined))
    return { credentials: operatorCredentials(options.data) };
  // For create-account the alias is that of the key to come.
  if (name === "create-account") return {};
  if (options.as === undefined && (access === "public" || access === "self-signed")) return {};
  const entry = chooseKey(keyringPath(), hubName(options.hub), options.as);
  return { entry, credentials: credentialsOf(entry.account, entry.authkey) };
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

const carryOut = async (name: string, words: readonly string[], options: Options): Promise<void> => {
  const params = readPairs(words);
  const isMaker = name === "create-account" || name === "create-authkey";
  if (options.save !== undefined && name !== "create-authkey")
    throw usageError("--save belongs to create-authkey; create-account keeps its key by --as");
  const { entry, credentials } = signer(name, options);
  const hub = await connect(options.hub, credentials);
  const call = () => hub.callByName(name, params, options.operator ? { signed: true } : {});
  if (isMaker) await callForKey(name, params, options, call, entry?.account);
  else print(await call(), options.json);
};

export const addCall = (program: Command): void => {
  program
    .command("call")
    .description("call any function of the hub, as any account")
    .argument("[function]", "its name; --list shows all")
    .argument("[key=value...]", "its parameters")
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
