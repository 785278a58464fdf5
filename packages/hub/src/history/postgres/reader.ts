import type { Session } from "@coinholder/journal";
import type { TimeMs } from "@coinholder/protocol";
import { type Asked, type Link, readChain } from "../chain.ts";
import {
  type AskedEntries,
  type Entries,
  type Entry,
  isPlaceOf,
  MOST_LOOKED_AT,
  type Place,
  type Rows,
  readEntries,
} from "../entries.ts";
import {
  type ActionEntry,
  type Candle,
  type Day,
  INTERVALS,
  type Interval,
  type Page,
  type PaidRecord,
} from "../records.ts";
import { type ActionRow, type SideRow, type TransferRow, toActions } from "../rows.ts";

const TRANSFER = `
  SELECT r.number AS row, r.previous, r.account AS owner, r.transfer, r.t, r.kind, r.incoming, r.currency, r.amount,
    r.fee, coalesce(s.status, r.status) AS status, r.address, coalesce(s.txid, r.txid) AS txid, r.vout, r.reference,
    s.reason, r.invoice, r.settled
  FROM page p JOIN history_transfer r ON r.number = p.number
    LEFT JOIN history_transfer_status s ON s.transfer = r.transfer AND r.status <> 'reversed' AND r.settled = 0`;

const SIDE = `
  SELECT s.number AS row, s.previous, s.account AS owner, s.trade, s.order_number, s.maker, s.gave, s.got, s.fee,
    s.fee_bps, m.t, m.market, m.price, m.quantity, m.taker_buys, m.after_row
  FROM page p JOIN history_trade_side s ON s.number = p.number JOIN history_trade m ON m.trade = s.trade`;

const CANCELLED = `
  SELECT c.number AS row, c.previous, c.account AS owner, c.order_number, c.met, c.market, c.t, c.buys, c.give, c.want,
    c.given, c.received
  FROM page p JOIN history_order_cancelled c ON c.number = p.number`;

const TRADE = `
  SELECT m.trade AS row, m.trade, m.previous, m.market AS owner, m.t, m.price, m.quantity, m.taker_buys
  FROM page p JOIN history_trade m ON m.trade = p.number`;

/**
 * The chain's rows in one question, from $1 back over $2 rows, and the head ($3), which tells whose chain it is. A row names
 * the one before it, so that the database walks by its primary key.
 * @param counts of a row r: 1, or 0 for one that no page has
 */
const walk = (table: string, number: string, select: string, counts = "1"): string => `
  WITH RECURSIVE page (number, previous, depth) AS (
    SELECT ${number}, previous, CASE WHEN ${number} = $1 THEN CAST(1 AS BIGINT) ELSE $2 END
    FROM ${table} WHERE ${number} IN ($1, $3)
    UNION ALL
    SELECT r.${number}, r.previous, p.depth + ${counts} FROM page p JOIN ${table} r ON r.${number} = p.previous
    WHERE p.depth < $2 AND p.previous < p.number
  )${select}`;

const WALKS = {
  transfers: walk("history_transfer", "number", TRANSFER, "1 - r.settled"),
  trades: walk("history_trade_side", "number", SIDE),
  cancelled: walk("history_order_cancelled", "number", CANCELLED),
  marketTrades: walk("history_trade", "trade", TRADE),
};

export async function readPage<Row extends Link & { row: number }>(
  session: Session,
  which: keyof typeof WALKS,
  asked: Asked,
): Promise<Page<Row>> {
  const { head, before, limit } = asked;
  const rows = await session.query<Row>(WALKS[which], before ?? head, limit + 1, head);
  const byNumber = new Map(rows.map((row) => [row.row, row]));
  return readChain((row) => byNumber.get(row), asked);
}

/** Rows of each chain that are read at a time. */
const PORTION = 500;

const PORTIONS = {
  transfer: walk("history_transfer", "number", TRANSFER),
  trade: walk("history_trade_side", "number", SIDE),
};

/** As many rows of both chains as can be looked at one after the other. */
async function readPortion(session: Session, { transfer, trade }: Place): Promise<Rows> {
  const portion = async <Row extends { row: number }>(
    which: keyof typeof PORTIONS,
    row: number,
  ): Promise<(row: number) => Row | undefined> => {
    if (row === 0) return () => undefined;
    const rows = await session.query<Row>(PORTIONS[which], row, PORTION + 1, row);
    const byNumber = new Map(rows.map((one) => [one.row, one]));
    return (number) => byNumber.get(number);
  };
  return {
    transfer: await portion<TransferRow>("transfer", transfer),
    trade: await portion<SideRow>("trade", trade),
  };
}

/** Undefined: it does not start at a place of that account. */
export async function readAllEntries(session: Session, asked: AskedEntries): Promise<Entries | undefined> {
  const entries: Entry[] = [];
  let later = 0;
  let next: Place | undefined = asked.start;
  for (let looked = 0; next && looked < MOST_LOOKED_AT && entries.length < asked.limit; looked += PORTION) {
    const rest: AskedEntries = { ...asked, start: next, limit: asked.limit - entries.length };
    const rows = await readPortion(session, next);
    if (looked === 0 && !isPlaceOf(rest, rows)) return undefined;
    const found: Entries = readEntries(rows, rest, PORTION);
    entries.push(...found.entries);
    later += found.later;
    next = found.next;
  }
  return { entries, later, ...(next ? { next } : {}) };
}

export async function readActions(
  session: Session,
  before: number | undefined,
  limit: number,
): Promise<Page<ActionEntry>> {
  const rows = await session.query<ActionRow>(
    `SELECT a.seq, a.t, a.fn, a.token, a.label, a.params, a.action, e.t AS ended_t, e.outcome, e.params AS came
     FROM history_operator_action a LEFT JOIN history_operator_action_ended e ON e.action = a.action
     WHERE a.seq < $1 ORDER BY a.seq DESC LIMIT $2`,
    before ?? Number.MAX_SAFE_INTEGER,
    limit + 1,
  );
  return toActions(rows, limit);
}

export const readPaid = (session: Session, addresses: readonly string[]): Promise<readonly PaidRecord[]> =>
  session.query<PaidRecord>(
    `SELECT p.address, p.t FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON)) AS asked (address)
     JOIN history_invoice_paid p ON p.address = asked.address`,
    JSON.stringify(addresses),
  );

/** A volume may be more than a number holds exactly: it comes as text. */
export async function readCandles(
  session: Session,
  market: number,
  interval: Interval,
  from: number | undefined,
  limit: number,
): Promise<Candle[]> {
  const rows = await session.query<
    Omit<Candle, "volume" | "lastTrade"> & { volume: string; last_trade: number }
  >(
    `SELECT begin_t AS t, open, high, low, close, CAST(volume AS TEXT) AS volume, last_trade
     FROM history_candle WHERE market = $1 AND length = $2 AND begin_t >= $3 ORDER BY begin_t DESC LIMIT $4`,
    market,
    INTERVALS[interval],
    from ?? 0,
    limit,
  );
  return [...rows].reverse().map(({ last_trade: lastTrade, ...row }) => ({
    ...row,
    t: row.t as TimeMs,
    volume: BigInt(row.volume),
    lastTrade,
  }));
}

export async function readDay(
  session: Session,
  market: number,
  minutes: { after: number; upTo: number },
): Promise<Day> {
  const [row] = await session.query<{ volume: string | null; high: number; low: number }>(
    `SELECT CAST(sum(volume) AS TEXT) AS volume, max(high) AS high, min(low) AS low FROM history_candle
     WHERE market = $1 AND length = $2 AND begin_t > $3 AND begin_t <= $4`,
    market,
    INTERVALS["1m"],
    minutes.after,
    minutes.upTo,
  );
  const { volume, high, low } = row!;
  return volume === null ? { volume: 0n } : { volume: BigInt(volume), high, low };
}
