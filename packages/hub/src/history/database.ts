import { join } from "node:path";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { openFollowerDatabase } from "../follower-database.ts";

/** A file of any other format, older or newer, is moved aside: rebuilding is the only migration. */
export const SCHEMA_VERSION = 5;

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
    txid     TEXT,
    reason   TEXT
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
  CREATE TABLE operator_action (
    seq    INTEGER PRIMARY KEY,
    t      INTEGER NOT NULL,
    fn     TEXT NOT NULL,
    token  TEXT NOT NULL,
    label  TEXT,
    params TEXT NOT NULL,
    action INTEGER
  ) STRICT;
  CREATE TABLE operator_action_ended (
    action  INTEGER PRIMARY KEY,
    t       INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    params  TEXT NOT NULL
  ) STRICT;
  CREATE TABLE invoice_paid (
    address TEXT PRIMARY KEY,
    t       INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
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

export const fileIn = (folder: string): string => join(folder, "history.db");

/** Opens history.db and makes its tables if it is new. Throws `Damaged` when it is not what this program wrote. */
export const openDatabase = (folder: string): DatabaseSyncInstance =>
  openFollowerDatabase(fileIn(folder), SCHEMA, SCHEMA_VERSION);
