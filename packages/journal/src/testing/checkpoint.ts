import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";

/** What SQLite does by itself every thousand pages: all that is committed goes into the database, and the next commit begins the log anew. */
export function checkpoint(folder: string): void {
  const db = new DatabaseSync(join(folder, "journal.db"));
  try {
    db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } finally {
    db.close();
  }
}
