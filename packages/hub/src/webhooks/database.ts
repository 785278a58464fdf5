import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";

/** A file of any other format is moved aside: what it held is made again from the journal. */
const SCHEMA_VERSION = 1;

const BUSY_MILLISECONDS = 5000;

const SCHEMA = `
  CREATE TABLE position (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq  INTEGER NOT NULL
  ) STRICT;
  INSERT INTO position VALUES (1, 0);
  CREATE TABLE event (
    row     INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    number  INTEGER NOT NULL,
    t       INTEGER NOT NULL,
    body    TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX event_of ON event (account, number);
  CREATE TABLE pruned (
    account TEXT PRIMARY KEY,
    number  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE delivery (
    webhook TEXT NOT NULL,
    number  INTEGER NOT NULL,
    account TEXT NOT NULL,
    status  TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    next    INTEGER NOT NULL,
    tries   TEXT NOT NULL,
    PRIMARY KEY (webhook, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX delivery_due ON delivery (webhook, next, number) WHERE status = 'waiting';
  CREATE INDEX delivery_of ON delivery (account, number)`;

/** The file is not what this program wrote, or not of this journal. */
export class Damaged extends Error {
  override readonly name = "Damaged";
}

export const fileIn = (folder: string): string => join(folder, "outbox.db");

export const openDatabase = (folder: string): DatabaseSyncInstance => {
  const db = new DatabaseSync(fileIn(folder), { timeout: BUSY_MILLISECONDS });
  try {
    const version = pragma(db, "user_version");
    if (version !== 0 && version !== SCHEMA_VERSION)
      throw new Damaged(`it has format ${version}, this program makes ${SCHEMA_VERSION}`);
    const mode = pragma(db, "journal_mode = WAL");
    if (mode !== "wal") throw new Error(`SQLite would not use a write-ahead log, but ${mode}`);
    if (version === 0) db.exec(`BEGIN; ${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    // Enough: a power cut may take back the last commits, each whole; events are followed again from the journal, and
    // what was posted is posted once more.
    pragma(db, "synchronous = NORMAL");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

const pragma = (db: DatabaseSyncInstance, text: string): unknown => {
  const row: Record<string, unknown> | undefined = db.prepare(`PRAGMA ${text}`).get();
  return row && Object.values(row)[0];
};

/** Renames the closed database and its log, so that the next opening begins with an empty one. */
export const moveAside = (folder: string): void => {
  const file = fileIn(folder);
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  // The database last: a log left behind would be taken for the new database's own.
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
  rmSync(`${file}-shm`, { force: true });
  if (existsSync(file)) renameSync(file, aside);
};

// https://sqlite.org/rescode.html
const SQLITE_ERROR = 1; // no such table, no such column
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

export const tellsDamage = (error: unknown): boolean => {
  if (error instanceof Damaged) return true;
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" && [SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_NOTADB].includes(code & 0xff);
};
