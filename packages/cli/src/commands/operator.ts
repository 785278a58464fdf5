import { connect, type Hub } from "@coinholder/client";
import { Argument, type Command } from "commander";
import { accountOf, findKept, hubName, keyringPath } from "../keyring.ts";
import { operatorCredentials } from "../operator-key.ts";
import { print } from "../output.ts";
import { dataOption, type Globals } from "../settings.ts";

type Options = { data: string } & Globals;

const EXAMPLES = `
These calls are signed with the operator's authkey, which the hub keeps in its data folder (operator-authkey.json).
Every other operator function goes by: coinholder call operator-... key=value

Examples:
  coinholder operator credit --account alice --currency USD --amount 100.00 --reference "wire 2026-11-22/7"
  coinholder operator withdrawals
  coinholder operator settle t418 done --reference "wire 2026-11-22/9"
  coinholder operator status`;

export const addOperator = (program: Command): void => {
  const operator = program.command("operator").addHelpText("after", EXAMPLES);
  const child = (name: string, about: string): Command =>
    operator
      .command(name)
      .description(about)
      .addOption(dataOption("the hub's data folder, where the operator's key is"));
  const carryOut = async (command: Command, call: (hub: Hub) => Promise<unknown>): Promise<void> => {
    const { data, hub, json } = command.optsWithGlobals<Options>();
    print(await call(await connect(hub, operatorCredentials(data))), json);
  };

  child("credit", "credit an account with what came by bank, or with BTC of the hub's own")
    .requiredOption(
      "--account <account>",
      "the alias of a key kept here, else its identifier or name at the hub",
    )
    .requiredOption("--currency <code>", "such as USD; BTC is taken from what the hub itself has")
    .requiredOption("--amount <amount>", "such as 100.00")
    .requiredOption("--reference <text>", "the bank's record of it, or why")
    .option("--client-id <id>", "to try again after an unknown outcome: with the same id it is credited once")
    .action(
      async (
        options: { account: string; currency: string; amount: string; reference: string; clientId?: string },
        command: Command,
      ) => {
        const { account, clientId, currency, amount, reference } = options;
        const { hub: url } = command.optsWithGlobals<Options>();
        // Everywhere else in this command line an alias means the account of its key: not a stranger who took that name.
        const entry = findKept(keyringPath(), hubName(url), account);
        const credit = { to_account: (entry && accountOf(entry)) ?? account, currency, amount, reference };
        await carryOut(command, async (hub) => {
          const again = clientId === undefined ? {} : { client_id: clientId };
          const done = await hub.call("operator-credit", { ...credit, ...again });
          const { to_account, ...what } = credit;
          return { ...done, to_account, ...(entry === undefined ? {} : { alias: account }), ...what };
        });
      },
    );

  child("withdrawals", "list the pay-outs that wait for you, oldest first").action(
    async (_options: unknown, command: Command) =>
      carryOut(command, (hub) => hub.call("operator-fiat-withdrawals")),
  );

  child("settle", "say what became of a pay-out")
    .argument("<transfer>", "its transfer_id, such as t418")
    .addArgument(new Argument("<outcome>", "paid out, or given back").choices(["done", "refused"]))
    .requiredOption(
      "--reference <text>",
      "the bank's record; of a refusal, why: the account's owner reads it",
    )
    .action(
      async (
        transfer: string,
        outcome: "done" | "refused",
        { reference }: { reference: string },
        command: Command,
      ) =>
        carryOut(command, async (hub) => {
          const settled = { transfer_id: transfer, outcome, reference };
          return { ...settled, ...(await hub.call("operator-settle-fiat-withdrawal", settled)) };
        }),
    );

  child("status", "how the hub stands: journal, chain, wallet, totals").action(
    async (_options: unknown, command: Command) => carryOut(command, (hub) => hub.call("operator-status")),
  );
};
