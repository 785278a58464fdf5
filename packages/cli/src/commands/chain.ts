import type { Answer } from "@coinholder/protocol";
import type { Command } from "commander";
import { age, asOperator } from "../operator-calls.ts";
import { print, table } from "../output.ts";
import { dataOption } from "../settings.ts";
import { bold, clean, dim, green, red, yellow } from "../terminal.ts";

type Chain = Answer<"operator-chain">;

const EXAMPLES = `
Without a subcommand: the network as the hub sees it, and what is wrong with it. Signed with the operator's key from the
data folder, so run it where that is.

  tip        the highest block that the hub has carried out, and how long ago it came
  lag        blocks that the hub is behind the highest header its node knows of
  mempool    unconfirmed transactions that were looked through for deposits
  alarms     what to look at; the same as in the log and the metrics

halt stops all payments by chain: none is accepted, none is built. The hub halts by itself after a deep reorganisation, or
when a coin of its was spent by somebody else. Deposits, payments inside the hub and the market go on.
abandon is for a payout that can never confirm because a coin of it was spent elsewhere: its withdrawals are paid anew.

Examples:
  coinholder chain
  coinholder chain halt --reason "p12 looks strange"
  coinholder chain resume
  coinholder chain abandon p12`;

const alarmLines = (alarms: Chain["alarms"], now: number): string[] => {
  if (alarms.length === 0) return [green("no alarms")];
  return [
    bold("alarms"),
    ...alarms.flatMap(({ level, message, name, particulars, since_t }) => [
      `  ${level === "error" ? red(name) : yellow(name)}  ${clean(message)} ${dim(`(${age(now - since_t)})`)}`,
      ...Object.entries(particulars)
        .filter(([, value]) => !Array.isArray(value) || value.length > 0)
        .map(([about, value]) =>
          dim(`    ${clean(about)}: ${clean(typeof value === "string" ? value : JSON.stringify(value))}`),
        ),
    ]),
  ];
};

export const chainLines = (chain: Chain, now: number): string[] => {
  const { alarms, halt, node, tip, trouble } = chain;
  const reach = chain.node_reachable ? green("reachable") : red(`unreachable (${clean(trouble ?? "")})`);
  const blocks = (count: number): string => (count === 1 ? "1 block" : `${count} blocks`);
  const rows = [
    ["network", clean(chain.network)],
    ["tip", `${tip.height}  ${clean(tip.hash)}  ${dim(`${age(now - tip.since_t)} ago`)}`],
    ["lag", blocks(chain.lag)],
    ["node", `${reach}, block ${node.height} of ${node.headers}, ${node.peers} peers`],
    ["mempool", `${chain.mempool_watched} transactions watched`],
    ["fee rate", `${chain.fee_rate} sat/vB`],
    ["last reorganisation", chain.last_reorg === 0 ? "none" : blocks(chain.last_reorg)],
    ["addresses watched", String(chain.watched_addresses)],
    [
      "payments by chain",
      halt ? red(`stand still since ${new Date(halt.t).toISOString()}: ${halt.reason}`) : "go on",
    ],
    ...(halt?.detail ? [["", clean(halt.detail)]] : []),
  ];
  return [...table(["", ""], rows), "", ...alarmLines(alarms, now)];
};

interface Reason {
  readonly reason?: string;
}

export const addChain = (program: Command): void => {
  const chain = program
    .command("chain")
    .addOption(dataOption("the hub's data folder, where the operator's key is"))
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const { hub, json } = await asOperator(command);
      const answer = await hub.call("operator-chain");
      if (json) print(answer, true);
      else console.log(chainLines(answer, Date.now()).join("\n"));
    });

  chain
    .command("halt")
    .description("stop all payments by chain")
    .option(
      "--reason <text>",
      "why, in a line: it stands in the audit, and with the alarm while they stand still",
    )
    .action(async (reason: Reason, command: Command) => {
      const { hub, json } = await asOperator(command);
      const answer = await hub.call("operator-halt-withdrawals", { ...reason });
      if (json) print(answer, true);
      else console.log("Payments by chain stand still. They go on with: coinholder chain resume");
    });

  chain
    .command("resume")
    .description("let payments by chain go on")
    .option("--reason <text>", "why they may, in a line: it stands in the audit")
    .action(async (reason: Reason, command: Command) => {
      const { hub, json } = await asOperator(command);
      const answer = await hub.call("operator-resume-withdrawals", { ...reason });
      if (json) print(answer, true);
      else console.log("Payments by chain go on.");
    });

  chain
    .command("abandon")
    .description("give up a payout that can never confirm; its withdrawals are paid anew")
    .argument("<payout>", "its id as `coinholder wallet` shows it, such as p12")
    .action(async (payout: string, _options: unknown, command: Command) => {
      const { hub, json } = await asOperator(command);
      const answer = await hub.call("operator-abandon-payout", { payout });
      if (json) print(answer, true);
      else
        console.log(
          answer.withdrawals.length === 0
            ? `Payout ${clean(answer.payout)} is given up.`
            : `Payout ${clean(answer.payout)} is given up; reserved anew: ${answer.withdrawals.map(clean).join(", ")}.`,
        );
    });
};
