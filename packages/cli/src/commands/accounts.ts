import { connect, HubError } from "@coinholder/client";
import type { Answer } from "@coinholder/protocol";
import type { Command } from "commander";
import { CommandError } from "../failure.ts";
import { askKeys } from "../given-keys.ts";
import {
  accountOf,
  changeKeyring,
  checkAlias,
  checkFree,
  credentialsFrom,
  hubName,
  isWrapped,
  type KeptKey,
  keepNewKey,
  keyringPath,
  readKeyring,
} from "../keyring.ts";
import { table } from "../output.ts";
import type { Globals } from "../settings.ts";
import { clean, dim } from "../terminal.ts";

type Balance = Pick<Answer<"my-balance">, "available"> & Partial<Answer<"my-balance">>;
interface Listed {
  readonly alias: string;
  readonly account?: string;
  readonly authkey_token?: string;
  readonly balance?: Balance;
  readonly error?: string;
}

const EXAMPLES = `
Examples:
  coinholder accounts
  coinholder accounts --hub https://hub.example.org --json
  coinholder accounts add main --hub ccxt:kraken    (asks for the exchange's keys)
  coinholder accounts --forget alice                (drops the key from this machine; the account stays at the hub)`;

const ADD = `
On a terminal it asks, and shows nothing of what is typed. Else it reads one JSON object from standard input:
  {"apiKey":"...","secret":"..."}             of an exchange; with "password" and "uid" where it gave them
  {"name":"...","pass":"..."}                 of a hub that takes passwords, and of mtgox:
  {"account":"...","authkey":{"type":"hmac-sha256","token":"...","key":"..."}}     of a hub, as create-account answered
Keys are never taken from the command line, which other users can see.

Examples:
  coinholder accounts add main --hub ccxt:kraken
  coinholder accounts add shop --hub mtgox:https://exchange.example < keys.json
  coinholder accounts add till --hub https://hub.example.org < authkey.json`;

const look = async (url: string, alias: string, entry: KeptKey): Promise<Listed> => {
  const account = accountOf(entry);
  const listed = {
    alias,
    ...(account === undefined ? {} : { account }),
    ...("authkey" in entry ? { authkey_token: entry.authkey.token } : {}),
  };
  try {
    const hub = await connect(url, credentialsFrom(entry));
    return { ...listed, balance: await hub.call("my-balance") };
  } catch (error) {
    // One key that was revoked, or may not see the balance, hides nothing of the others.
    if (!(error instanceof HubError) || error.status === 0) throw error;
    return { ...listed, error: error.code };
  }
};

const sums = (of: Readonly<Record<string, string>> = {}): string =>
  Object.entries(of)
    .map(([currency, amount]) => `${clean(amount)} ${clean(currency.toUpperCase())}`)
    .join(", ");

const inWords = (code: string | undefined): string =>
  code === "permission_denied" ? "no permission to see balances" : `(${code})`;

const rowOf = ({ account = "", alias, balance, error }: Listed): string[] =>
  balance === undefined
    ? [alias, clean(account), inWords(error), "", ""]
    : [alias, clean(account), sums(balance.available) || "-", sums(balance.pending), sums(balance.held)];

const forget = async (path: string, hub: string, alias: string): Promise<void> =>
  changeKeyring(path, (hubs) => {
    if (!Object.hasOwn(hubs[hub] ?? {}, alias))
      throw new CommandError("alias_unknown", `${path} has no key ${alias} for ${hub}.`);
    delete hubs[hub]![alias];
  });

export const addAccounts = (program: Command): void => {
  const accounts = program
    .command("accounts")
    .option("--forget <alias>", "drop a key from this machine instead")
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const { hub: url, json, forget: alias } = command.optsWithGlobals<{ forget?: string } & Globals>();
      const path = keyringPath();
      const name = hubName(url);
      if (alias !== undefined) {
        await forget(path, name, alias);
        console.log(json ? JSON.stringify({ forgotten: alias }) : `The key ${alias} is no longer kept here.`);
        return;
      }
      const kept = Object.entries(readKeyring(path)[name] ?? {});
      if (kept.length === 0 && !json) {
        const make = isWrapped(name)
          ? "Add what it gave you: coinholder accounts add ALIAS"
          : "Make an account: coinholder call create-account --as ALIAS";
        console.log(`No keys for ${name} are kept here. ${make}`);
        return;
      }
      const listed: Listed[] = [];
      for (const [one, entry] of kept) listed.push(await look(url, one, entry));
      if (json) console.log(JSON.stringify({ hub: name, accounts: listed }));
      else {
        console.log(
          table(["alias", "account", "available", "pending", "held"], listed.map(rowOf)).join("\n"),
        );
        console.log(dim(`at ${name}`));
      }
    });

  accounts
    .command("add")
    .description("keep a key or password that a hub or an exchange gave you")
    .argument("<alias>", "the name by which --as finds it")
    .addHelpText("after", ADD)
    .action(async (alias: string, _options: unknown, command: Command) => {
      const { hub: url, json } = command.optsWithGlobals<Globals>();
      const path = keyringPath();
      const hub = hubName(url);
      checkAlias(alias);
      checkFree(path, hub, alias);
      // Asked before the keyring is locked: people take their time.
      const entry = await askKeys(hub);
      await keepNewKey(path, hub, alias, async () => ({ entry }));
      console.log(
        json
          ? JSON.stringify({ kept: alias, hub })
          : `Kept as ${alias} for ${hub} in ${path}, readable by you alone.`,
      );
    });
};
