import type { AccountIndex, CurrencyIndex } from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import { Damaged } from "../follower-database.ts";
import type { TradeRecord, TransferRecord } from "./records.ts";
import { type SideRow, type TransferRow, toTrade, toTransfer } from "./rows.ts";

/** A place in an account's rows: the newest transfer and the newest trade not looked at yet; 0 where there is none. */
export interface Place {
  readonly transfer: number;
  readonly trade: number;
}

export interface AskedEntries {
  readonly account: AccountIndex;
  readonly currency: CurrencyIndex;
  /** Base and quote of each market. */
  readonly markets: readonly (readonly [base: CurrencyIndex, quote: CurrencyIndex])[];
  readonly start: Place;
  /** Included. */
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly limit: number;
}

/** What changed an account's balance in one currency: what is available and held together. */
export interface Entry {
  readonly t: TimeMs;
  /** Below zero where it took something away. Fees are in it. */
  readonly change: number;
  /** The part of it that was a fee; what was received was more by that much. */
  readonly fee: Amount;
  readonly of: { readonly transfer: TransferRecord } | { readonly trade: TradeRecord };
  /** Where its row is the next to be looked at. */
  readonly at: Place;
}

export interface Entries {
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** What rows from `to` on changed. */
  readonly later: number;
  /** Where to go on; absent: there are no older ones in the period. */
  readonly next?: Place;
}

/** Rows looked at for one question, whatever they are of: others wait behind it. */
export const MOST_LOOKED_AT = 2000;

/** Undefined: there is no such row. */
export interface Rows {
  readonly transfer: (row: number) => TransferRow | undefined;
  readonly trade: (row: number) => SideRow | undefined;
}

type Found = Pick<Entry, "t" | "change" | "fee" | "of">;

/** A withdrawal binds at first; it is an entry when its money has left, and when that came back. */
const ofTransfer = (row: TransferRow, { currency }: AskedEntries): Found | undefined => {
  if (row.currency !== currency) return undefined;
  const isWithdrawal = row.kind === "withdrawal" || row.kind === "fiat-withdrawal";
  if (isWithdrawal && row.settled === 0) return undefined;
  const sum = row.amount + row.fee;
  const { t, fee } = row;
  return { t, change: row.incoming === 1 ? sum : -sum, fee, of: { transfer: toTransfer(row) } };
};

const ofTrade = (row: SideRow, { currency, markets }: AskedEntries): Found | undefined => {
  const [base, quote] = markets[row.market]!;
  const trade = toTrade(row);
  const [gave, got] = trade.buys ? [quote, base] : [base, quote];
  const { t } = row;
  if (currency === gave) return { t, change: 0 - row.gave, fee: 0 as Amount, of: { trade } };
  if (currency === got) return { t, change: row.got, fee: row.fee, of: { trade } };
  return undefined;
};

/** Whether the start is a place of that account: a caller who came back with it may have made it up. */
export const isPlaceOf = ({ account, start }: AskedEntries, rows: Rows): boolean =>
  (start.transfer === 0 || rows.transfer(start.transfer)?.owner === account) &&
  (start.trade === 0 || rows.trade(start.trade)?.owner === account);

/**
 * Walks back through both chains of an account, in the order in which it all happened.
 * @param most rows to look at
 */
export function readEntries(rows: Rows, asked: AskedEntries, most = MOST_LOOKED_AT): Entries {
  const { account, from, limit, to } = asked;
  const entries: Entry[] = [];
  let at = asked.start;
  let later = 0;
  const owned = <Row extends { owner: number; previous: number }>(
    row: number,
    read: (row: number) => Row | undefined,
  ): Row | undefined => {
    if (row === 0) return undefined;
    const found = read(row);
    if (found?.owner !== account || found.previous >= row)
      throw new Damaged(`the chain of account ${account} breaks at row ${row}`);
    return found;
  };
  let transfer = owned(at.transfer, rows.transfer);
  let trade = owned(at.trade, rows.trade);
  for (let looked = 0; ; looked++) {
    const isTrade = trade !== undefined && (transfer === undefined || trade.after_row >= transfer.row);
    const newest = isTrade ? trade : transfer;
    if (newest === undefined || newest.t < from) return { entries, later };
    if (looked === most || entries.length === limit) return { entries, later, next: at };
    const found = isTrade ? ofTrade(trade!, asked) : ofTransfer(transfer!, asked);
    if (found && found.t >= to) later += found.change;
    else if (found) entries.push({ ...found, at });
    if (isTrade) {
      at = { ...at, trade: trade!.previous };
      trade = owned(at.trade, rows.trade);
    } else {
      at = { ...at, transfer: transfer!.previous };
      transfer = owned(at.transfer, rows.transfer);
    }
  }
}
