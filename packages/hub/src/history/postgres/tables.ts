import { hasCode, type Session, UNDEFINED_COLUMN, UNDEFINED_TABLE } from "@coinholder/journal";
import { Damaged } from "../../follower-database.ts";

/** Tables of any other version, older or newer, are dropped: rebuilding is the only migration. */
const VERSION = 5;

const POSITION =
  "CREATE TABLE history_position (id BIGINT PRIMARY KEY CHECK (id = 1), version BIGINT NOT NULL, seq BIGINT NOT NULL)";

/**
 * Columns, the primary key first. Append-only by number, and no secondary index: those are what makes history slow. Plain SQL
 * only.
 */
export const COLUMNS = {
  history_transfer: [
    ...["number BIGINT", "previous BIGINT", "account BIGINT", "transfer BIGINT", "t BIGINT", "kind TEXT"],
    ...["incoming BIGINT", "currency BIGINT", "amount BIGINT", "fee BIGINT", "status TEXT", "address TEXT"],
    ...["txid TEXT", "vout BIGINT", "reference TEXT", "invoice BIGINT", "settled BIGINT"],
  ],
  history_transfer_status: ["transfer BIGINT", "status TEXT", "txid TEXT", "reason TEXT"],
  history_trade: [
    ...["trade BIGINT", "previous BIGINT", "market BIGINT", "t BIGINT", "price BIGINT", "quantity BIGINT"],
    ...["taker_buys BIGINT", "after_row BIGINT"],
  ],
  history_trade_side: [
    ...["number BIGINT", "previous BIGINT", "account BIGINT", "trade BIGINT", "maker BIGINT"],
    ...["order_number BIGINT", "gave BIGINT", "got BIGINT", "fee BIGINT", "fee_bps BIGINT"],
  ],
  history_order_cancelled: [
    ...["number BIGINT", "previous BIGINT", "account BIGINT", "order_number BIGINT", "met BIGINT"],
    ...[
      "market BIGINT",
      "t BIGINT",
      "buys BIGINT",
      "give BIGINT",
      "want BIGINT",
      "given BIGINT",
      "received BIGINT",
    ],
  ],
  history_operator_action: [
    ...["seq BIGINT", "t BIGINT", "fn TEXT", "token TEXT", "label TEXT", "params TEXT", "action BIGINT"],
  ],
  history_operator_action_ended: ["action BIGINT", "t BIGINT", "outcome TEXT", "params TEXT"],
  history_invoice_paid: ["address TEXT", "t BIGINT"],
  history_candle: [
    ...["market BIGINT", "length BIGINT", "begin_t BIGINT", "open BIGINT", "high BIGINT", "low BIGINT"],
    ...["close BIGINT", "volume BIGINT", "last_trade BIGINT"],
  ],
} as const;

export type Table = keyof typeof COLUMNS;
export const TABLES = Object.keys(COLUMNS) as Table[];

/** The names of a table's columns, as SQL lists them. */
export const namesOf = (table: Table): string =>
  COLUMNS[table].map((column) => column.split(" ")[0]).join(", ");

const MAY_BE_NULL = /^(?:address|txid|vout|reference|reason|label|action) /;

const keyOf = (table: Table): string =>
  table === "history_candle" ? "market, length, begin_t" : COLUMNS[table][0].split(" ")[0]!;

function createTable(table: Table): string {
  const columns = COLUMNS[table].map((column) => (MAY_BE_NULL.test(column) ? column : `${column} NOT NULL`));
  return `CREATE TABLE ${table} (${columns.join(", ")}, PRIMARY KEY (${keyOf(table)}))`;
}
/** Drops all that is there and makes empty tables. */
export async function remake(session: Session): Promise<void> {
  await session.transaction(async () => {
    for (const table of TABLES) {
      await session.query(`DROP TABLE IF EXISTS ${table}`);
      await session.query(createTable(table));
    }
    await session.query("DROP TABLE IF EXISTS history_position");
    await session.query(POSITION);
    await session.query("INSERT INTO history_position (id, version, seq) VALUES (1, $1, 0)", VERSION);
  });
}

export async function isThere(session: Session): Promise<boolean> {
  const found = await session.query(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1",
    "history_position",
  );
  return found.length > 0;
}

/** The last command whose effects are stored. Throws `Damaged` where the tables are not what this program made. */
export async function checkTables(session: Session): Promise<number> {
  for (const table of TABLES) await session.query(`SELECT ${namesOf(table)} FROM ${table} WHERE 1 = 0`);
  const [found] = await session.query<{ version: number; seq: number }>(
    "SELECT version, seq FROM history_position WHERE id = 1",
  );
  if (!found) throw new Damaged("its position is missing");
  if (found.version !== VERSION)
    throw new Damaged(`it has format ${found.version}, this program makes ${VERSION}`);
  return found.seq;
}

export const tellsDamage = (error: unknown): boolean =>
  error instanceof Damaged || hasCode(error, UNDEFINED_TABLE, UNDEFINED_COLUMN);
