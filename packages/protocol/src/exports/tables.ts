import type { Answer } from "../functions/table.ts";
import { type Column, csvLines } from "./csv.ts";

export type Statement = Pick<
  Answer<"my-statement">,
  "currency" | "from_t" | "to_t" | "opening" | "closing" | "entries"
>;
export type StatementEntry = Statement["entries"][number];
export type ToldTransfer = Answer<"my-transfers">["transfers"][number];
export type ToldTrade = Answer<"my-trades">["trades"][number];

/** ISO 8601, UTC. */
const time = (t: number): string => new Date(t).toISOString();
const flag = (is: boolean | undefined): string => (is ? "true" : "");
const whole = (number: number | undefined): string | undefined => number?.toString();

type StatementLine = Omit<Partial<StatementEntry>, "kind" | "t"> & {
  readonly t: number;
  readonly kind: string;
};

const statementColumns = (currency: string): readonly Column<StatementLine>[] => [
  { name: "time", of: ({ t }) => time(t) },
  { name: "kind", of: ({ kind }) => kind },
  { name: "currency", of: () => currency },
  { name: "amount", of: ({ amount }) => amount },
  { name: "fee", of: ({ fee }) => fee },
  { name: "balance", of: ({ balance }) => balance },
  { name: "reversal", of: ({ reversal }) => flag(reversal) },
  { name: "transfer_id", of: ({ transfer_id }) => transfer_id },
  { name: "trade_id", of: ({ trade_id }) => trade_id },
  { name: "oid", of: ({ oid }) => oid },
  { name: "market", of: ({ market }) => market },
  { name: "price", of: ({ price }) => price },
  { name: "btc_address", of: ({ btc_address }) => btc_address },
  { name: "txid", of: ({ txid }) => txid },
  { name: "vout", of: ({ vout }) => whole(vout) },
  { name: "invoice", of: ({ invoice }) => flag(invoice) },
  { name: "reference", of: ({ reference }) => reference, isText: true },
];

/** A line of opening, the entries as they stand (oldest first makes sense), a line of closing. */
export function statementCsv({
  currency,
  from_t,
  to_t,
  opening,
  closing,
  entries,
}: Statement): Generator<string> {
  return csvLines(statementColumns(currency), [
    { t: from_t, kind: "opening", balance: opening },
    ...entries,
    { t: to_t, kind: "closing", balance: closing },
  ]);
}

const TRANSFERS: readonly Column<ToldTransfer>[] = [
  { name: "time", of: ({ t }) => time(t) },
  { name: "transfer_id", of: ({ transfer_id }) => transfer_id },
  { name: "kind", of: ({ kind }) => kind },
  { name: "direction", of: ({ direction }) => direction },
  { name: "currency", of: ({ currency }) => currency },
  { name: "amount", of: ({ amount }) => amount },
  { name: "fee", of: ({ fee }) => fee },
  { name: "status", of: ({ status }) => status },
  { name: "btc_address", of: ({ btc_address }) => btc_address },
  { name: "txid", of: ({ txid }) => txid },
  { name: "vout", of: ({ vout }) => whole(vout) },
  { name: "invoice", of: ({ invoice }) => flag(invoice) },
  { name: "reference", of: ({ reference }) => reference, isText: true },
];

export const transfersCsv = (rows: Iterable<ToldTransfer>): Generator<string> => csvLines(TRANSFERS, rows);

const TRADES: readonly Column<ToldTrade>[] = [
  { name: "time", of: ({ t }) => time(t) },
  { name: "trade_id", of: ({ trade_id }) => trade_id },
  { name: "oid", of: ({ oid }) => oid },
  { name: "market", of: ({ market }) => market },
  { name: "side", of: ({ side }) => side },
  { name: "role", of: ({ role }) => role },
  { name: "price", of: ({ price }) => price },
  { name: "gave_amt", of: ({ gave_amt }) => gave_amt },
  { name: "gave_cur", of: ({ gave_cur }) => gave_cur },
  { name: "got_amt", of: ({ got_amt }) => got_amt },
  { name: "got_cur", of: ({ got_cur }) => got_cur },
  { name: "fee", of: ({ fee }) => fee },
  { name: "fee_bps", of: ({ fee_bps }) => whole(fee_bps) },
];

export const tradesCsv = (rows: Iterable<ToldTrade>): Generator<string> => csvLines(TRADES, rows);
