import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { type CandleReader, prepareCandleReader } from "./candles.ts";
import { type Asked, readChain } from "./chain.ts";
import { type AskedEntries, type Entries, isPlaceOf, readEntries } from "./entries.ts";
import type {
  ActionEntry,
  CancelledRecord,
  MarketTradeRecord,
  Page,
  PaidRecord,
  TradeRecord,
  TransferRecord,
} from "./records.ts";
import {
  type ActionRow,
  type CancelledRow,
  type MarketRow,
  records,
  type SideRow,
  type TransferRow,
  toActions,
  toCancelled,
  toMarketTrade,
  toTrade,
  toTransfer,
} from "./rows.ts";

export type Reader = CandleReader & {
  transfers(asked: Asked): Page<TransferRecord>;
  trades(asked: Asked): Page<TradeRecord>;
  cancelled(asked: Asked): Page<CancelledRecord>;
  marketTrades(asked: Asked): Page<MarketTradeRecord>;
  /** Newest first. */
  actions(before: number | undefined, limit: number): Page<ActionEntry>;
  /** Of those that were paid. */
  paid(addresses: readonly string[]): PaidRecord[];
  /** Undefined: it does not start at a place of that account. */
  entries(asked: AskedEntries): Entries | undefined;
};

export function prepareReader(db: DatabaseSyncInstance): Reader {
  // A reversal is told in a row of its own, which stays what it says.
  const transfer = db.prepare(
    `SELECT r.row, r.previous, r.account AS owner, r.transfer, r.t, r.kind, r.incoming, r.currency, r.amount, r.fee,
       coalesce(s.status, r.status) AS status, r.address, coalesce(s.txid, r.txid) AS txid, r.vout, r.reference, s.reason,
       r.invoice, r.settled
     FROM transfer r LEFT JOIN transfer_status s ON s.transfer = r.transfer AND r.status <> 'reversed' AND r.settled = 0
     WHERE r.row = ?`,
  );
  const side = db.prepare(
    `SELECT s.row, s.previous, s.account AS owner, s.trade, s.order_number, s.maker, s.gave, s.got, s.fee, s.fee_bps,
       m.t, m.market, m.price, m.quantity, m.taker_buys, m.after_row
     FROM trade_side s JOIN trade m ON m.trade = s.trade WHERE s.row = ?`,
  );
  const trade = db.prepare(
    "SELECT trade, previous, market AS owner, t, price, quantity, taker_buys FROM trade WHERE trade = ?",
  );
  const cancelled = db.prepare(
    `SELECT row, previous, account AS owner, order_number, met, market, t, buys, give, want, given, received
     FROM order_cancelled WHERE row = ?`,
  );
  const actions = db.prepare(
    `SELECT a.seq, a.t, a.fn, a.token, a.label, a.params, a.action, e.t AS ended_t, e.outcome, e.params AS came
     FROM operator_action a LEFT JOIN operator_action_ended e ON e.action = a.action
     WHERE a.seq < ? ORDER BY a.seq DESC LIMIT ?`,
  );
  const paid = db.prepare("SELECT address, t FROM invoice_paid WHERE address = ?");
  const rows = {
    transfer: (row: number) => transfer.get(row) as TransferRow | undefined,
    trade: (row: number) => side.get(row) as SideRow | undefined,
  };
  return {
    ...prepareCandleReader(db),
    transfers: (asked) => records(readChain(rows.transfer, asked), toTransfer),
    trades: (asked) => records(readChain(rows.trade, asked), toTrade),
    cancelled: (asked) =>
      records(
        readChain((row) => cancelled.get(row) as CancelledRow | undefined, asked),
        toCancelled,
      ),
    marketTrades: (asked) =>
      records(
        readChain((row) => trade.get(row) as MarketRow | undefined, asked),
        toMarketTrade,
      ),
    actions: (before, limit) =>
      toActions(actions.all(before ?? Number.MAX_SAFE_INTEGER, limit + 1) as ActionRow[], limit),
    paid: (addresses) => addresses.flatMap((address) => (paid.get(address) as PaidRecord | undefined) ?? []),
    entries: (asked) => (isPlaceOf(asked, rows) ? readEntries(rows, asked) : undefined),
  };
}
