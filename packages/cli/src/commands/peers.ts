import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Answer, parseAmount } from "@coinholder/protocol";
import { type Command, InvalidArgumentError } from "commander";
import { CommandError, usageError } from "../failure.ts";
import { age, asOperator } from "../operator-calls.ts";
import { operatorAccount } from "../operator-key.ts";
import { print, table } from "../output.ts";
import { dataOption } from "../settings.ts";
import { publicUrl } from "../start-checks.ts";
import { bold, clean, dim } from "../terminal.ts";

type Peers = Answer<"operator-peers">;

const EXAMPLES = `
Without a subcommand: the hubs that this one tells of invoices (--peer, or peers in the configuration file), and the identities of
other hubs that stand behind payments to this one. Signed with the operator's key from the data folder, so run it where that is.

  queue      invoices and withdrawals that the peer is still to be told
  line       how much of an identity's payments counts at a time before it confirms; it follows from the ceiling and its record
  open       what of that is credited now

key makes an authkey for another hub's operator: with it that hub tells this one of invoices within a budget of its own. line sets
the ceiling of an identity, or with --total that of all together; 0 ends it. What is credited so is at this hub's own risk.

Examples:
  coinholder peers
  coinholder peers key https://x.example --out key-for-x.json     (give that file to the operator of x.example)
  coinholder peers line Gx3kTl0Sx8yIhQ9z4ZJbYw3m3wq0m3Kq0a2Yf8m0s9M= 0.5
  coinholder peers line --total 2`;

export const peersLines = (
  { ceiling, identities, more_exist, open, peers }: Peers,
  now: number,
): string[] => {
  const peerRows = peers.map((peer) => [
    clean(peer.url),
    peer.up ? "up" : clean(peer.trouble ?? "down"),
    age(now - peer.since_t),
    peer.signed ? "yes" : "no",
    String(peer.queue),
    String(peer.sent),
    peer.last_refusal === undefined ? String(peer.refused) : `${peer.refused} (${clean(peer.last_refusal)})`,
    clean(peer.identity ?? ""),
  ]);
  const identityRows = identities.map((one) => [
    clean(one.identity),
    clean(one.ceiling),
    one.ended ? "ended" : clean(one.line),
    clean(one.open),
    `${one.confirmed.number} of ${one.seen.number}`,
    String(one.replaced.number),
    String(one.double_spent.number),
    `${age(now - one.last_seen_t)} ago`,
    clean(one.url),
  ]);
  return [
    ...(peers.length === 0
      ? ["no peers: start with --peer URL"]
      : table(["peer", "stands", "since", "signed", "queue", "sent", "refused", "identity"], peerRows)),
    "",
    ...(identities.length === 0
      ? ["no identities yet"]
      : table(
          ["identity", "ceiling", "line", "open", "confirmed", "replaced", "double-spent", "seen", "url"],
          identityRows,
        )),
    ...(more_exist ? [dim("and others, seen longer ago")] : []),
    "",
    `${bold("together")}  ${clean(open)} BTC credited before it confirms${ceiling === undefined ? "" : `, of ${clean(ceiling)} at most`}`,
  ];
};

/** Stays text: amounts are never floats. */
const ceilingText = (text: string): string => {
  if (!/^0+(\.0+)?$/.test(text) && "problem" in parseAmount(text, 8))
    throw new InvalidArgumentError("It must be an amount of BTC such as 0.5, or 0.");
  return text;
};

const writeKey = (path: string, text: string, flag: "wx" | "w"): void => {
  try {
    writeFileSync(path, text, { flag, mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CommandError("file_not_written", `${path} cannot be written (${code}).`);
  }
};

export const addPeers = (program: Command): void => {
  const peers = program
    .command("peers")
    .addOption(dataOption("the hub's data folder, where the operator's key is"))
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const { hub, json } = await asOperator(command);
      const answer = await hub.call("operator-peers");
      if (json) print(answer, true);
      else console.log(peersLines(answer, Date.now()).join("\n"));
    });

  peers
    .command("key")
    .description("make an authkey for another hub's operator, with which that hub tells this one of invoices")
    .argument("<url>", "the other hub's public URL", publicUrl)
    .requiredOption("--out <file>", "where to write it; it must not exist yet")
    .action(async (url: string, { out }: { out: string }, command: Command) => {
      const { hub, json } = await asOperator(command);
      const account = operatorAccount(command.optsWithGlobals<{ data: string }>().data);
      const permissions = ["broadcast-invoice", "withdraw-invoice"].map((fn) => [account, fn] as const);
      // Before the key is made: one that cannot be kept would lie about.
      writeKey(out, "", "wx");
      const { authkey } = await hub.call("create-authkey", {
        label: url,
        permissions,
      });
      const { key, token } = authkey;
      const kept = { account, authkey: { type: "hmac-sha256", token, key } };
      writeKey(out, `${JSON.stringify(kept, null, 2)}\n`, "w");
      if (json) print({ file: resolve(out), token, label: url }, true);
      else
        console.log(
          `The key for ${url} is in ${resolve(out)}: give that file to its operator, by a way that nobody else reads.`,
        );
    });

  peers
    .command("line")
    .description("set the ceiling of what is credited before it confirms, in BTC")
    .argument("[identity]", "the identity's key, 32 bytes in base64")
    .argument("[btc]", "such as 0.5; 0 ends it", ceilingText)
    .option("--total <btc>", "the ceiling of all identities together", ceilingText)
    .action(
      async (
        identity: string | undefined,
        btc: string | undefined,
        { total }: { total?: string },
        command: Command,
      ) => {
        const ceiling = total ?? btc;
        if (ceiling === undefined || (total !== undefined && identity !== undefined))
          throw usageError("give an identity and its ceiling, or --total and the ceiling of all together");
        const { hub, json } = await asOperator(command);
        const whose = identity === undefined ? {} : { identity };
        const answer = await hub.call("operator-set-line", { ...whose, ceiling });
        if (json) print(answer, true);
        else
          console.log(
            `Of ${identity === undefined ? "all identities together" : clean(identity)} at most ${ceiling} BTC are credited before they confirm.`,
          );
      },
    );
};
