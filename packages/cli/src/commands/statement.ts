import { connect, credentialsOf, wholeStatement } from "@coinholder/client";
import { type Statement, type StatementEntry, statementCsv } from "@coinholder/protocol";
import type { Command } from "commander";
import { usageError } from "../failure.ts";
import { chooseKey, hubName, keyringPath } from "../keyring.ts";
import { table } from "../output.ts";
import { fromOption, toOption } from "../period.ts";
import { showProgress } from "../progress.ts";
import type { Globals } from "../settings.ts";
import { bold, clean } from "../terminal.ts";
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

const moment = (t: number): string => new Date(t).toISOString().replace("T", " ");

const about = ({
  oid,
  trade_id,
  transfer_id,
  market,
  price,
  btc_address,
  reference,
  reversal,
}: StatementEntry): string =>
  [
    trade_id ?? transfer_id,
    market && `${market} at ${price}, ${oid}`,
    reversal && "taken back",
    btc_address,
    reference,
  ]
    .filter(Boolean)
    .map(String)
    .map(clean)
    .join("; ");

const inWords = ({ currency, from_t, to_t, opening, closing, entries }: Statement): string[] => [
  bold(`${clean(currency)}, ${from_t === 0 ? "from the beginning" : moment(from_t)} to ${moment(to_t)}`),
  ...table(
    ["time", "what", "amount", "fee", "balance", "about"],
    [
      ["", "opening", "", "", opening, ""],
      ...entries.map((entry) => [
        moment(entry.t),
        entry.kind,
        entry.amount,
        entry.fee ?? "",
        entry.balance,
        about(entry),
      ]),
      ["", "closing", "", "", closing, ""],
    ],
  ),
];

export const addStatement = (program: Command): void => {
  program
    .command("statement")
    .description("what changed an account's balance in a time, and what that makes it")
    .option("--as <alias>", "whose; may be left out when only one key is kept here")
    .requiredOption("--currency <code>", "of which currency")
    .addOption(fromOption())
    .addOption(toOption())
    .option("--csv", "print CSV (RFC 4180)", false)
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const { as, csv, currency, from, hub: url, json, to } = command.optsWithGlobals<Options>();
      if (csv && json) throw usageError("either --csv or --json");
      const { account, authkey } = chooseKey(keyringPath(), hubName(url), as);
      const hub = await connect(url, credentialsOf(account, authkey));
      const progress = showProgress("entries", json);
      const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const statement = await wholeStatement(hub, { currency, ...period }, progress.count);
      progress.end();
      if (json) await writeOut([JSON.stringify(statement), "\n"]);
      else if (csv) await writeOut(statementCsv(statement));
      else await writeOut(inWords(statement).map((text) => `${text}\n`));
    });
};
