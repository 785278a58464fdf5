import { join } from "node:path";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { JournalError } from "../error.ts";
import type { Durability } from "./messages.ts";

export const SCHEMA_VERSION = 1;

/** How long a commit waits for somebody else's transaction (an operator's shell), in milliseconds. */
export const BUSY_MILLISECONDS = 5000;

const SCHEMA = `
  CREATE TABLE journal_group (
    number    INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL UNIQUE,
    count     INTEGER NOT NULL,
    prev      TEXT NOT NULL,
    hash      TEXT NOT NULL,
    data      TEXT NOT NULL
  ) STRICT`;

/**
 * One process at a time: an exclusive transaction kept open on a file of its own. The operating system drops it
 * with the process, however that ends, and the journal itself stays readable for other programs meanwhile.
 */
export function takeLock(folder: string): DatabaseSyncInstance {
  const lock = new DatabaseSync(join(folder, "journal.lock"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (sqliteCode(error) !== SQLITE_BUSY) throw error;
    throw new JournalError("journal_in_use", `another process uses the journal in ${folder}`);
  }
}

/** Opens journal.db, makes its table if it is new, and makes sure that a commit means a sync. */
export function openDatabase(folder: string): DatabaseSyncInstance {
  const db = new DatabaseSync(join(folder, "journal.db"), { timeout: BUSY_MILLISECONDS });
  try {
    const version = pragma(db, "user_version");
    if (Number(version) > SCHEMA_VERSION) {
      throw new JournalError(
        "journal_too_new",
        `the journal has format ${version}, this program knows ${SCHEMA_VERSION}: use a newer version of it`,
      );
    }
    pragma(db, "journal_mode = WAL");
    if (version === 0) db.exec(`BEGIN; ${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    // Set last: making tables and reopening can make it NORMAL again in some builds.
    pragma(db, "synchronous = FULL");
    // On macOS a plain fsync stops in the drive's cache. Nothing elsewhere.
    pragma(db, "fullfsync = ON");
    pragma(db, "checkpoint_fullfsync = ON");
    const { journalMode, synchronous } = durability(db);
    if (journalMode !== "wal" || synchronous !== 2) {
      throw new JournalError(
        "journal_unavailable",
        `SQLite would not sync every commit (journal_mode ${journalMode}, synchronous ${synchronous})`,
      );
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function durability(db: DatabaseSyncInstance): Durability {
  return { journalMode: String(pragma(db, "journal_mode")), synchronous: Number(pragma(db, "synchronous")) };
}

/** Runs a pragma; its first value. */
function pragma(db: DatabaseSyncInstance, text: string): unknown {
  const row: Record<string, unknown> | undefined = db.prepare(`PRAGMA ${text}`).get();
  return row && Object.values(row)[0];
}

// https://sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Primary result code of SQLite, if it is an error of SQLite. */
function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** Whether the file is no longer what SQLite wrote, including numbers beyond what a journal holds. */
export function tellsDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return (
    code === SQLITE_CORRUPT ||
    code === SQLITE_NOTADB ||
    (error as { code?: unknown }).code === "ERR_OUT_OF_RANGE"
  );
}
