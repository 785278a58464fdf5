import { allTrades, allTransfers } from "@coinholder/client";
import { tradesCsv, transfersCsv } from "@coinholder/protocol";
import { Argument, type Command } from "commander";
import { usageError } from "../failure.ts";
import { fromOption, toOption } from "../period.ts";
import { showProgress } from "../progress.ts";
import { asAccount } from "../session.ts";
import type { Globals } from "../settings.ts";
import { writeOut } from "../write-out.ts";

type Options = Globals & {
  readonly as?: string;
  readonly from?: number;
  readonly to?: number;
  readonly csv: boolean;
};

const EXAMPLES = `
Oldest first; CSV unless --json is said. In CSV, what people wrote gets an apostrophe before it where a spreadsheet would take it for a formula.
Deposits that do not count yet stand at the end, as pending.

Examples:
  coinholder export transfers --as alice > transfers.csv
  coinholder export trades --from 2026-01-01 --to 2027-01-01 > trades.csv
  coinholder export trades --json | jq '.trades[].fee'`;

function* asJson(name: string, rows: readonly unknown[]): Generator<string> {
  yield `{${JSON.stringify(name)}:[`;
  for (const [i, row] of rows.entries()) yield (i === 0 ? "" : ",") + JSON.stringify(row);
  yield "]}\n";
}

export const addExport = (program: Command): void => {
  program
    .command("export")
    .addArgument(new Argument("<what>", "what to export").choices(["transfers", "trades"]))
    .option("--as <alias>", "whose; may be left out when only one key is kept here")
    .addOption(fromOption())
    .addOption(toOption())
    .option("--csv", "print CSV (RFC 4180), as it does anyway", false)
    .addHelpText("after", EXAMPLES)
    .action(async (what: "transfers" | "trades", _options: unknown, command: Command) => {
      const { csv, from, json, to } = command.optsWithGlobals<Options>();
      if (csv && json) throw usageError("either --csv or --json");
      const hub = await asAccount(command);
      const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const progress = showProgress(what);
      if (what === "transfers") {
        const rows = await allTransfers(hub, period, progress.count);
        progress.end();
        await writeOut(json ? asJson(what, rows) : transfersCsv(rows));
      } else {
        const rows = await allTrades(hub, period, progress.count);
        progress.end();
        await writeOut(json ? asJson(what, rows) : tradesCsv(rows));
      }
    });
};
