import { connect, credentialsOf, type Hub, HubError } from "@coinholder/client";
import type { Answer } from "@coinholder/protocol";
import type { Command } from "commander";
import { CommandError } from "../failure.ts";
import { changeKeyring, hubName, type KeyEntry, keyringPath, readKeyring } from "../keyring.ts";
import { table } from "../output.ts";
import type { Globals } from "../settings.ts";
import { clean, dim } from "../terminal.ts";

type Balance = Answer<"my-balance">;
interface Listed {
  readonly alias: string;
  readonly account: string;
  readonly authkey_token: string;
  readonly balance?: Balance;
  readonly error?: string;
}

const EXAMPLES = `
Examples:
  coinholder accounts
  coinholder accounts --hub https://hub.example.org --json
  coinholder accounts --forget alice    (drops the key from this machine; the account stays at the hub)`;

const look = async (hub: Hub, alias: string, entry: KeyEntry): Promise<Listed> => {
  const listed = { alias, account: entry.account, authkey_token: entry.authkey.token };
  try {
    const balance = await hub.as(credentialsOf(entry.account, entry.authkey)).call("my-balance");
    return { ...listed, balance };
  } catch (error) {
    // One key that was revoked, or may not see the balance, hides nothing of the others.
    if (!(error instanceof HubError) || error.status === 0) throw error;
    return { ...listed, error: error.code };
  }
};

const sums = (of: Readonly<Record<string, string>>): string =>
  Object.entries(of)
    .map(([currency, amount]) => `${clean(amount)} ${clean(currency.toUpperCase())}`)
    .join(", ");

const inWords = (code: string | undefined): string =>
  code === "permission_denied" ? "no permission to see balances" : `(${code})`;

const rowOf = ({ alias, account, balance, error }: Listed): string[] =>
  balance === undefined
    ? [alias, account, inWords(error), "", ""]
    : [alias, account, sums(balance.available) || "-", sums(balance.pending), sums(balance.held)];

const forget = async (path: string, hub: string, alias: string): Promise<void> =>
  changeKeyring(path, (hubs) => {
    if (!Object.hasOwn(hubs[hub] ?? {}, alias))
      throw new CommandError("alias_unknown", `${path} has no key ${alias} for ${hub}.`);
    delete hubs[hub]![alias];
  });

export const addAccounts = (program: Command): void => {
  program
    .command("accounts")
    .description("list the accounts whose keys this machine keeps, with their balances")
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
        console.log(
          `No keys for ${name} are kept here. Make an account: coinholder call create-account --as ALIAS`,
        );
        return;
      }
      const hub = kept.length === 0 ? undefined : await connect(url);
      const accounts: Listed[] = [];
      for (const [one, entry] of kept) accounts.push(await look(hub!, one, entry));
      if (json) console.log(JSON.stringify({ hub: name, accounts }));
      else {
        console.log(
          table(["alias", "account", "available", "pending", "held"], accounts.map(rowOf)).join("\n"),
        );
        console.log(dim(`at ${name}`));
      }
    });
};
