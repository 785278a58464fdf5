import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";

/** The yardstick: one row an entry, a transaction a burst, in the calling thread, with the journal's settings. */
export const plainInserts = (folder: string) => {
  const db = new DatabaseSync(join(folder, "plain.db"));
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("CREATE TABLE entry (seq INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT");
  db.exec("PRAGMA synchronous = FULL");
  const insert = db.prepare("INSERT INTO entry (data) VALUES (?)");
  return {
    burst: (entries: readonly string[]): void => {
      db.exec("BEGIN");
      for (const entry of entries) insert.run(entry);
      db.exec("COMMIT");
    },
    close: (): void => db.close(),
  };
};
