import type {
  OrderCancelledEffect,
  SettledEffect,
  StatusEffect,
  TradeEffect,
  TransferEffect,
} from "@coinholder/engine";
import type { Session } from "@coinholder/journal";
import { type Batch, effectsOf } from "../batch.ts";
import { collectCandles, type Growing, MOST_VOLUME, storable } from "../candles.ts";
import { HistoryError } from "../error.ts";
import { asTransfer } from "../writer.ts";
import { COLUMNS, namesOf, TABLES, type Table } from "./tables.ts";

export type Last = { transfer: number; trade: number; side: number; cancelled: number };

/** Numbers of the newest rows. */
export async function lastNumbers(session: Session): Promise<Last> {
  const [row] = await session.query<Last>(
    `SELECT (SELECT coalesce(max(number), 0) FROM history_transfer) AS transfer,
       (SELECT coalesce(max(trade), 0) FROM history_trade) AS trade,
       (SELECT coalesce(max(number), 0) FROM history_trade_side) AS side,
       (SELECT coalesce(max(number), 0) FROM history_order_cancelled) AS cancelled`,
  );
  return row!;
}

/** A batch as rows of the tables, by the names of their columns. */
export type BatchRows = {
  readonly last: Last;
  readonly rows: readonly [table: Table, rows: readonly object[]][];
};

/** Throws `history_gap` where a number does not follow on the last. */
export function toRows(batch: Batch, before: Last): BatchRows {
  const last = { ...before };
  const transfers: object[] = [];
  const trades: object[] = [];
  const sides: object[] = [];
  const cancelled: object[] = [];
  const candles: Growing[] = [];
  const statuses = new Map<number, Omit<StatusEffect, "is" | "account">>();
  const collected = collectCandles((candle) => candles.push(candle));

  function follows(of: keyof Last, number: number): void {
    const expected = last[of] + 1;
    if (number !== expected)
      throw new HistoryError("history_gap", `${of} row ${number} came where ${expected} was expected`);
    last[of] = number;
  }

  function addTransfer(of: TransferEffect | SettledEffect): void {
    const { is, row, incoming, ...same } = asTransfer(of);
    follows("transfer", row);
    transfers.push({
      number: row,
      incoming: Number(incoming),
      ...same,
      invoice: Number(same.invoice ?? false),
      settled: Number(of.is === "settled"),
    });
  }

  function addStatus({ is, account, ...told }: StatusEffect): void {
    // One row each in a statement: what was told later in the batch counts, a transaction and a reason are kept.
    statuses.set(told.transfer, { ...statuses.get(told.transfer), ...told });
  }

  function addTrade({
    trade,
    previous,
    market,
    t,
    price,
    quantity,
    takerBuys,
    afterRow,
    maker,
    taker,
  }: TradeEffect): void {
    follows("trade", trade);
    trades.push({
      trade,
      previous,
      market,
      t,
      price,
      quantity,
      taker_buys: Number(takerBuys),
      after_row: afterRow,
    });
    for (const side of [maker, taker]) {
      follows("side", side.row);
      const { row, order, feeBps, ...same } = side;
      sides.push({
        ...same,
        number: row,
        trade,
        maker: Number(side === maker),
        order_number: order,
        fee_bps: feeBps,
      });
    }
  }

  function addCancelled({ is, row, order, buys, ...same }: OrderCancelledEffect): void {
    follows("cancelled", row);
    cancelled.push({ ...same, number: row, order_number: order, buys: Number(buys) });
  }

  for (const effect of effectsOf(batch)) {
    if (effect.is === "transfer" || effect.is === "settled") addTransfer(effect);
    else if (effect.is === "status") addStatus(effect);
    else if (effect.is === "order-cancelled") addCancelled(effect);
    else {
      addTrade(effect);
      collected.add(effect);
    }
  }
  collected.write();
  const grown = candles.map(({ interval, start, volume, lastTrade, ...same }) => ({
    ...same,
    length: interval,
    begin_t: start,
    volume: String(storable(volume)),
    last_trade: lastTrade,
  }));
  return {
    last,
    rows: [
      ["history_transfer", transfers],
      ["history_transfer_status", [...statuses.values()]],
      ["history_trade", trades],
      ["history_trade_side", sides],
      ["history_order_cancelled", cancelled],
      ["history_operator_action", batch.actions],
      ["history_operator_action_ended", batch.ended],
      ["history_invoice_paid", batch.paid],
      ["history_candle", grown],
    ],
  };
}

const WHEN_THERE: Partial<Record<Table, string>> = {
  history_invoice_paid: "ON CONFLICT (address) DO NOTHING",
  history_transfer_status: `ON CONFLICT (transfer) DO UPDATE SET status = excluded.status,
    txid = coalesce(excluded.txid, history_transfer_status.txid),
    reason = coalesce(excluded.reason, history_transfer_status.reason)`,
  history_candle: `ON CONFLICT (market, length, begin_t) DO UPDATE SET
    high = greatest(history_candle.high, excluded.high), low = least(history_candle.low, excluded.low),
    close = excluded.close, last_trade = excluded.last_trade,
    volume = CASE WHEN history_candle.volume > ${MOST_VOLUME} - excluded.volume THEN ${MOST_VOLUME}
      ELSE history_candle.volume + excluded.volume END`,
};

/** All rows in one statement, as JSON: one message for thousands of them. */
const insertInto = (table: Table): string => {
  const names = namesOf(table);
  return `INSERT INTO ${table} (${names}) SELECT ${names}
    FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS JSON)) AS told (${COLUMNS[table].join(", ")}) ${WHEN_THERE[table] ?? ""}`;
};

const INSERTS = Object.fromEntries(TABLES.map((table) => [table, insertInto(table)])) as Record<
  Table,
  string
>;

/**
 * Stores the rows in one transaction with their position: whole and once, or not at all. `isRetry`: an earlier attempt's
 * outcome is not known.
 */
export async function store(
  session: Session,
  { after, upTo }: Batch,
  { rows }: BatchRows,
  isRetry: boolean,
): Promise<void> {
  await session.transaction(async () => {
    // It locks the position: whatever else happens in the database, no command is counted twice.
    const moved = await session.query(
      "UPDATE history_position SET seq = $2 WHERE id = 1 AND seq = $1",
      after,
      upTo,
    );
    if (moved.count === 0) {
      const [found] = await session.query<{ seq: number }>("SELECT seq FROM history_position WHERE id = 1");
      if (isRetry && found?.seq === upTo) return;
      throw new HistoryError(
        "history_gap",
        `what follows command ${after} came when ${found?.seq} was stored`,
      );
    }
    for (const [table, of] of rows)
      if (of.length > 0) await session.query(INSERTS[table], JSON.stringify(of));
  });
}
