import { wholeStatement } from "@coinholder/client";
import { statementCsv } from "@coinholder/protocol";
import type { Command } from "commander";
import { usageError } from "../failure.ts";
import { fromOption, toOption } from "../period.ts";
import { showProgress } from "../progress.ts";
import { asAccount } from "../session.ts";
import type { Globals } from "../settings.ts";
import { wholeStatementLines } from "../views/statement.ts";
import { writeOut } from "../write-out.ts";

type Options = Globals & {
  readonly as?: string;
  readonly currency: string;
  readonly from?: number;
  readonly to?: number;
  readonly csv: boolean;
};

const EXAMPLES = `
A balance is what the account owns, available and held together. Opening and all entries make closing, to the smallest unit.
--json and --csv give all there is about each entry. In CSV, what people wrote gets an apostrophe before it where a spreadsheet would take it for a formula.

Examples:
  coinholder statement --as alice --currency BTC
  coinholder statement --as alice --currency USD --from 2026-01-01 --to 2026-02-01
  coinholder statement --currency BTC --from 2026-01-01 --csv > january.csv`;

export const addStatement = (program: Command): void => {
  program
    .command("statement")
    .option("--as <alias>", "whose; may be left out when only one key is kept here")
    .requiredOption("--currency <code>", "of which currency")
    .addOption(fromOption())
    .addOption(toOption())
    .option("--csv", "print CSV (RFC 4180)", false)
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const { csv, currency, from, json, to } = command.optsWithGlobals<Options>();
      if (csv && json) throw usageError("either --csv or --json");
      const hub = await asAccount(command);
      const progress = showProgress("entries");
      const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const statement = await wholeStatement(hub, { currency, ...period }, progress.count);
      progress.end();
      if (json) await writeOut([JSON.stringify(statement), "\n"]);
      else if (csv) await writeOut(statementCsv(statement));
      else await writeOut(wholeStatementLines(statement).map((text) => `${text}\n`));
    });
};
