import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { Damaged, HistoryError } from "./error.ts";

/** A file of any other format, older or newer, is moved aside: rebuilding is the only migration. */
export const SCHEMA_VERSION = 3;
const FILE = "history.db";

/** How long a commit waits for somebody else's transaction (an operator's shell), in milliseconds. */
const BUSY_MILLISECONDS = 5000;

/** Append-only by row number, and no secondary index: those are what makes history slow. */
const SCHEMA = `
  CREATE TABLE position (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq  INTEGER NOT NULL
  ) STRICT;
  INSERT INTO position VALUES (1, 0);
  CREATE TABLE transfer (
    row       INTEGER PRIMARY KEY,
    previous  INTEGER NOT NULL,
    account   INTEGER NOT NULL,
    transfer  INTEGER NOT NULL,
    t         INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    incoming  INTEGER NOT NULL,
    currency  INTEGER NOT NULL,
    amount    INTEGER NOT NULL,
    fee       INTEGER NOT NULL,
    status    TEXT NOT NULL,
    address   TEXT,
    txid      TEXT,
    vout      INTEGER,
    reference TEXT,
    invoice   INTEGER NOT NULL,
    settled   INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE transfer_status (
    transfer INTEGER PRIMARY KEY,
    status   TEXT NOT NULL,
    txid     TEXT
  ) STRICT;
  CREATE TABLE trade (
    trade       INTEGER PRIMARY KEY,
    previous    INTEGER NOT NULL,
    market      INTEGER NOT NULL,
    t           INTEGER NOT NULL,
    price       INTEGER NOT NULL,
    quantity    INTEGER NOT NULL,
    taker_buys  INTEGER NOT NULL,
    after_row   INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE trade_side (
    row          INTEGER PRIMARY KEY,
    previous     INTEGER NOT NULL,
    account      INTEGER NOT NULL,
    trade        INTEGER NOT NULL,
    maker        INTEGER NOT NULL,
    order_number INTEGER NOT NULL,
    gave         INTEGER NOT NULL,
    got          INTEGER NOT NULL,
    fee          INTEGER NOT NULL,
    fee_bps      INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE order_cancelled (
    row          INTEGER PRIMARY KEY,
    previous     INTEGER NOT NULL,
    account      INTEGER NOT NULL,
    order_number INTEGER NOT NULL,
    met          INTEGER NOT NULL,
    market       INTEGER NOT NULL,
    t            INTEGER NOT NULL,
    buys         INTEGER NOT NULL,
    give         INTEGER NOT NULL,
    want         INTEGER NOT NULL,
    given        INTEGER NOT NULL,
    received     INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE candle (
    market     INTEGER NOT NULL,
    interval   INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    open       INTEGER NOT NULL,
    high       INTEGER NOT NULL,
    low        INTEGER NOT NULL,
    close      INTEGER NOT NULL,
    volume     INTEGER NOT NULL,
    last_trade INTEGER NOT NULL,
    PRIMARY KEY (market, interval, start)
  ) STRICT, WITHOUT ROWID`;

/** Opens history.db and makes its tables if it is new. Throws `Damaged` when it is not what this program wrote. */
export function openDatabase(folder: string): DatabaseSyncInstance {
  const db = new DatabaseSync(join(folder, FILE), { timeout: BUSY_MILLISECONDS });
  try {
    const version = pragma(db, "user_version");
    if (version !== 0 && version !== SCHEMA_VERSION)
      throw new Damaged(`it has format ${version}, this program makes ${SCHEMA_VERSION}`);
    const mode = pragma(db, "journal_mode = WAL");
    if (mode !== "wal")
      throw new HistoryError("history_unavailable", `SQLite would not use a write-ahead log, but ${mode}`);
    if (version === 0) db.exec(`BEGIN; ${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    // Enough here: a power cut may take back the last commits, each whole and with its position, and what they
    // held is followed again from the journal. Syncing every commit would only compete with the journal's own.
    pragma(db, "synchronous = NORMAL");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Runs a pragma; its first value. */
function pragma(db: DatabaseSyncInstance, text: string): unknown {
  const row: Record<string, unknown> | undefined = db.prepare(`PRAGMA ${text}`).get();
  return row && Object.values(row)[0];
}

/** Renames the closed database and its log, so that the next opening begins with an empty one. */
export function moveAside(folder: string): void {
  const file = join(folder, FILE);
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  // The database last: a log left behind would be taken for the new database's own.
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
  rmSync(`${file}-shm`, { force: true });
  if (existsSync(file)) renameSync(file, aside);
}

// https://sqlite.org/rescode.html
const SQLITE_ERROR = 1; // no such table, no such column
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Whether the file is no longer what this program wrote. */
export function tellsDamage(error: unknown): boolean {
  if (error instanceof Damaged) return true;
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" && [SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_NOTADB].includes(code & 0xff);
}
