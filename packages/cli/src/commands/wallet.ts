import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { HubNetwork } from "@coinholder/hub";
import { parseAmount } from "@coinholder/protocol";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CommandError } from "../failure.ts";
import { askHidden, confirm } from "../hidden-input.ts";
import { asOperator } from "../operator-calls.ts";
import { print } from "../output.ts";
import { dataOption, type Globals } from "../settings.ts";
import { clean } from "../terminal.ts";
import { walletLines } from "../wallet-lines.ts";

type Local = { data: string } & Globals;

const NETWORKS = [
  "mainnet",
  "testnet3",
  "testnet4",
  "signet",
  "regtest",
] as const satisfies readonly HubNetwork[];

const EXAMPLES = `
Without a subcommand: what the hub's wallet holds, what is on its way out, and what that costs. Signed with the operator's
key from the data folder, so run it where that is.

Examples:
  coinholder wallet
  coinholder wallet --json
  coinholder wallet phrase --data ./data        (24 words: write them on paper)
  coinholder wallet restore --network mainnet --data ./data
  coinholder wallet sweep --out sweep.psbt      (sign it outside, then)
  coinholder wallet sweep finish sweep.psbt
  coinholder wallet cold-address                (to bring coins back from the cold wallet)`;

const RESTORE = `
Makes the wallet file from its BIP-39 phrase. On a terminal the phrase is asked for and not shown while you type; else it is
read from standard input. It is never taken from the command line, which other users can see. The passphrase that the file
is encrypted with comes from COINHOLDER_WALLET_PASSPHRASE, or the file that COINHOLDER_WALLET_PASSPHRASE_FILE names; it need
not be the one from before. A wallet file that is there is never overwritten.

Then start the hub with --rescan-from and the height of a block from before the wallet was first used: that finds all its
coins. With the journal beside it the hub's books go on as they were; without a journal the coins are the hub's own, and
operator credit gives them to whom they belong.

Examples:
  coinholder wallet restore --network mainnet --data ./data
  coinholder start --data ./data --bitcoin-rpc http://127.0.0.1:8332 --rescan-from 870000
  coinholder wallet restore --network signet < phrase.txt`;

const PHRASE = `
Shows the phrase of the wallet file, decrypted with the passphrase from the environment. Whoever has these words has the
coins: look who stands behind you, and write them on paper. The hub need not run, and is not asked.`;

const SWEEP = `
Makes a payment to the cold wallet (cold_descriptor in the configuration file) for signing outside: a PSBT (BIP-174), base64.
Sign it with a wallet that has the hub's phrase and bring it back with finish. Without --amount it takes what is above
hot_ceiling. The fee comes out of the amount.

The coins stay free until it is finished: where others are paid all the time, halt payments first (coinholder chain halt),
else a coin may be spent meanwhile and the sweep is refused as outdated.

Examples:
  coinholder wallet sweep --out sweep.psbt
  coinholder wallet sweep --amount 2.5 > sweep.psbt
  coinholder wallet sweep finish sweep.psbt`;

/** Stays text: amounts are never floats. */
const btc = (text: string): string => {
  if ("problem" in parseAmount(text, 8))
    throw new InvalidArgumentError("It must be an amount above zero with at most 8 places, such as 1.5.");
  return text;
};

const restore = async ({ data, json, network }: Local & { network: HubNetwork }): Promise<void> => {
  const { paths, restoreWallet } = await import("@coinholder/hub");
  const file = paths(data).wallet;
  if (existsSync(file))
    throw new CommandError(
      "wallet_file_exists",
      `There is a wallet file at ${file}; it is never overwritten.`,
    );
  await restoreWallet(data, network, await askHidden("The wallet's phrase (not shown): "));
  const next = `coinholder start --data ${resolve(data)} --rescan-from HEIGHT`;
  if (json) print({ wallet: resolve(file), network }, true);
  else
    console.log(
      `The wallet is at ${resolve(file)}.\nFind its coins: ${next}\n(HEIGHT: a block from before it was first used)`,
    );
};

const phrase = async ({ data, json, yes }: Local & { yes: boolean }): Promise<void> => {
  const { paths, revealPhrase } = await import("@coinholder/hub");
  const file = paths(data).wallet;
  if (!existsSync(file))
    throw new CommandError("wallet_file_missing", `There is no wallet file at ${file}: give --data.`);
  const sure =
    yes ||
    (await confirm(
      "Whoever sees the phrase can take all coins. Type show to go on: ",
      "show",
      "without a terminal the phrase is shown only with --yes",
    ));
  if (!sure) throw new CommandError("not_confirmed", "Nothing was shown.");
  const words = await revealPhrase(data);
  console.log(json ? JSON.stringify({ phrase: words }) : words);
};

const addSweep = (wallet: Command): void => {
  const sweep = wallet
    .command("sweep")
    .description("make a payment to the cold wallet, to be signed outside")
    .option("--amount <btc>", "how much leaves the wallet; what is above the ceiling unless said", btc)
    .option("--out <file>", "where to write the PSBT; it must not exist yet")
    .addHelpText("after", SWEEP)
    .action(async (options: { amount?: string; out?: string }, command: Command) => {
      const { hub, json } = await asOperator(command);
      const { amount, out } = options;
      const answer = await hub.call("operator-sweep", amount === undefined ? {} : { amount });
      if (out !== undefined) writeNew(out, `${answer.psbt}\n`);
      if (json) return print(answer, true);
      // Where only the PSBT goes to standard output, it can be sent on from there.
      if (out === undefined) console.log(answer.psbt);
      console.error(
        `${answer.amount} BTC to ${clean(answer.to)}, fee ${answer.fee} BTC.\nSign it outside, then: coinholder wallet sweep finish ${out ?? "FILE"}`,
      );
    });
  sweep
    .command("finish")
    .description("take the signed PSBT back and send it")
    .argument("<file>", "the signed PSBT, base64; - reads standard input")
    .action(async (file: string, _options: unknown, command: Command) => {
      const { hub, json } = await asOperator(command);
      const psbt = readPsbt(file);
      const answer = await hub.call("operator-finish-sweep", { psbt });
      if (json) print(answer, true);
      else
        console.log(
          `The sweep is on its way as payout ${clean(answer.payout)}.\ntxid: ${clean(answer.txid)}`,
        );
    });
};

/** A file of that name may be another sweep, signed already. */
const writeNew = (file: string, text: string): void => {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "EEXIST"
      ? new CommandError("file_exists", `${file} is there already; it is not overwritten.`)
      : new CommandError("file_unwritable", `${file} cannot be written (${code ?? String(error)}).`);
  }
};

const readPsbt = (file: string): string => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    throw new CommandError(
      "file_unreadable",
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    );
  }
  // Some signers write the bytes as they are: BIP-174 begins with them so.
  return bytes.subarray(0, 4).toString("latin1") === "psbt"
    ? bytes.toString("base64")
    : bytes.toString("latin1").replaceAll(/\s/g, "");
};

export const addWallet = (program: Command): void => {
  const wallet = program
    .command("wallet")
    // For the subcommands, too: commander knows an option of a command also behind the names of those below it.
    .addOption(dataOption("the hub's data folder"))
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const { hub, json } = await asOperator(command);
      const answer = await hub.call("operator-wallet");
      if (json) print(answer, true);
      else console.log(walletLines(answer).join("\n"));
    });

  wallet
    .command("restore")
    .description("make the wallet file from its phrase")
    .addOption(
      new Option("--network <name>", "the Bitcoin network that the wallet is of")
        .choices(NETWORKS)
        .makeOptionMandatory(),
    )
    .addHelpText("after", RESTORE)
    .action((_options: unknown, command: Command) =>
      restore(command.optsWithGlobals<Local & { network: HubNetwork }>()),
    );

  wallet
    .command("phrase")
    .description("show the wallet's phrase, to be written down")
    .option("--yes", "show it without asking", false)
    .addHelpText("after", PHRASE)
    .action((_options: unknown, command: Command) =>
      phrase(command.optsWithGlobals<Local & { yes: boolean }>()),
    );

  addSweep(wallet);

  wallet
    .command("cold-address")
    .description("a fresh address for coins that come back from the cold wallet")
    .action(async (_options: unknown, command: Command) => {
      const { hub, json } = await asOperator(command);
      const answer = await hub.call("operator-cold-address");
      if (json) print(answer, true);
      else
        console.log(
          `${clean(answer.btc_address)}\nPay it from the cold wallet and from nowhere else: it lowers what the books say is there.`,
        );
    });
};
