import type { Command } from "commander";
import { EXIT } from "../failure.ts";
import { asOperator } from "../operator-calls.ts";
import { whileWaiting } from "../progress.ts";
import { checkPublished } from "../prove/check.ts";
import { checkLines, publishedLines } from "../prove/lines.ts";
import { totalsOf } from "../prove/totals.ts";
import { dataOption, type Globals } from "../settings.ts";

const ABOUT = `
Publishes what the hub owes and what it has, both of the same moment: a Merkle sum tree of all balances, under whose root every
account can find itself, and signatures (BIP-322 proofs of funds) for all coins that the hub's wallet has in blocks. Signed with
the operator's key from the data folder, so run it where that is. It takes about a second for 100 coins, while the hub goes on.

Everyone can see then which coins, and so which deposit addresses, are the hub's. Coins in the cold wallet are not proven: the
hub has not their keys.

Examples:
  coinholder prove
  coinholder prove check --as alice
  coinholder prove check --as alice --bitcoin-rpc http://user:password@127.0.0.1:8332`;

const CHECK = `
Checks what a hub published, and believes it nothing that can be known otherwise:
  - your account's balances stand in the tree, and the sums along its way lead to exactly the published root;
  - with --root: that is the root that others were shown, too (compare with friends, or a public post);
  - the hub's wallet signed for every coin, for this root and this block;
  - with --bitcoin-rpc: your own node has every coin, unspent, with that amount and address.

Without --as and --file it is the only key kept here for that hub; where there is none, no account is checked.

Exit code 0: all of it holds. 1: something does not, and which; also when a coin was spent since, so that the proof must be
made anew, or when the coins and the cold wallet are less than what is owed.

What it cannot show: that the hub owes nothing outside of the tree, that nobody else has the same keys, or that coins are not
borrowed. The more accounts check, the less can be left out.

Examples:
  coinholder prove check --as alice
  coinholder call my-proof --as alice --json > proof.json; coinholder prove check --file proof.json
  coinholder prove check --root 6ce36ef0a1a3...  --bitcoin-rpc http://127.0.0.1:8332 --bitcoin-cookie ~/.bitcoin/.cookie`;

/** Signing goes on at the hub however long it takes. */
const PUBLISH_MS = 600_000;

export const addProve = (program: Command): void => {
  const prove = program
    .command("prove")
    .addOption(dataOption("the hub's data folder, where the operator's key is"))
    .addHelpText("after", ABOUT)
    .action(async (_options: unknown, command: Command) => {
      const { hub, json } = await asOperator(command);
      const published = await whileWaiting(
        "the hub signs for its coins",
        hub.call("operator-publish-proof", {}, { timeoutMs: PUBLISH_MS }),
      );
      const totals = totalsOf(published, hub.overview);
      if (json) console.log(JSON.stringify({ ...published, totals }));
      else console.log(publishedLines(published, totals).join("\n"));
    });

  prove
    .command("check")
    .description("check an account's leaf and path, and the hub's coins, without trusting the hub")
    .option("--as <alias>", "whose leaf; asked for with that key")
    .option("--file <file>", "a leaf and path kept before: the answer of my-proof as JSON")
    .option("--root <hash>", "the root's hash that you got elsewhere")
    .option("--bitcoin-rpc <url>", "your own Bitcoin node, such as http://user:password@127.0.0.1:8332")
    .option("--bitcoin-cookie <file>", "the node's cookie file, instead of user and password in the URL")
    .option("--bitcoin-cert <file>", "the certificate (PEM) of a node that speaks https with one of its own")
    .addHelpText("after", CHECK)
    .action(async (options: Parameters<typeof checkPublished>[0], command: Command) => {
      const { hub, json, profileAs } = command.optsWithGlobals<Globals>();
      const as = options.as ?? (options.file === undefined ? profileAs : undefined);
      const checked = await whileWaiting(
        "signatures are checked",
        checkPublished({ ...options, hub, ...(as === undefined ? {} : { as }) }),
      );
      console.log(json ? JSON.stringify(checked) : checkLines(checked).join("\n"));
      process.exitCode = checked.problems.length === 0 ? EXIT.done : EXIT.failed;
    });
};
