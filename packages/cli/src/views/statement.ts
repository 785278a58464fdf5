import type { Statement, StatementEntry } from "@coinholder/protocol";
import { table } from "../output.ts";
import { bold, clean } from "../terminal.ts";

// Periods begin at midnight UTC, so their times are told in UTC too.
const moment = (t: number): string => new Date(t).toISOString().replace("T", " ");

const about = (entry: StatementEntry): string =>
  [
    entry.trade_id ?? entry.transfer_id,
    entry.market && `${entry.market} at ${entry.price}, ${entry.oid}`,
    entry.reversal && "taken back",
    entry.btc_address,
    entry.reference,
  ]
    .filter(Boolean)
    .map(String)
    .map(clean)
    .join("; ");

/** A statement as a table: from the opening balance to the closing one, oldest first as they are given. */
const tableOf = (
  { closing, opening }: Pick<Statement, "opening" | "closing">,
  entries: readonly StatementEntry[],
): string[] =>
  table(
    ["time", "what", "amount", "fee", "balance", "about"],
    [
      ["", "opening", "", "", clean(opening), ""],
      ...entries.map((entry) => [
        moment(entry.t),
        clean(entry.kind),
        clean(entry.amount),
        clean(entry.fee ?? ""),
        clean(entry.balance),
        about(entry),
      ]),
      ["", "closing", "", "", clean(closing), ""],
    ],
  );

/** With all its entries, oldest first. */
export const wholeStatementLines = (statement: Statement): string[] => {
  const { currency, entries, from_t, to_t } = statement;
  const from = from_t === 0 ? "from the beginning" : moment(from_t);
  return [bold(`${clean(currency)}, ${from} to ${moment(to_t)}`), ...tableOf(statement, entries)];
};

/** A page of it, as the hub answers: newest first. */
export const statementLines = (page: Statement): string[] =>
  wholeStatementLines({ ...page, entries: [...page.entries].reverse() });
