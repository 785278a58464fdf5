import { existsSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";

/** How long a commit waits for somebody else's transaction (an operator's shell), in milliseconds. */
const BUSY_MILLISECONDS = 5000;

/** A file is not what this program wrote, or not of this journal. */
export class Damaged extends Error {
  override readonly name = "Damaged";
}

const pragma = (db: DatabaseSyncInstance, text: string): unknown => {
  const row: Record<string, unknown> | undefined = db.prepare(`PRAGMA ${text}`).get();
  return row && Object.values(row)[0];
};

/**
 * Opens an SQLite file of what follows the journal and can be made again from it, with its tables if it is new. Throws `Damaged`
 * when it is of another version, older or newer: making it again is the only migration.
 */
export const openFollowerDatabase = (file: string, schema: string, version: number): DatabaseSyncInstance => {
  const db = new DatabaseSync(file, { timeout: BUSY_MILLISECONDS });
  try {
    const found = pragma(db, "user_version");
    if (found !== 0 && found !== version)
      throw new Damaged(`it has format ${found}, this program makes ${version}`);
    const mode = pragma(db, "journal_mode = WAL");
    if (mode !== "wal") throw new Error(`SQLite would not use a write-ahead log, but ${mode}`);
    if (found === 0) db.exec(`BEGIN; ${schema}; PRAGMA user_version = ${version}; COMMIT`);
    // Enough here: a power cut may take back the last commits, each whole and with its position, and what they
    // held is followed again from the journal. Syncing every commit would only compete with the journal's own.
    pragma(db, "synchronous = NORMAL");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** Renames a closed database and its log, so that the next opening begins with an empty one. */
export const moveAside = (file: string): void => {
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

/** Whether the file is no longer what this program wrote. */
export const tellsDamage = (error: unknown): boolean => {
  if (error instanceof Damaged) return true;
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" && [SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_NOTADB].includes(code & 0xff);
};
