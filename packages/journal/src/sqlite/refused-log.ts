import { copyFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Who closes a database last moves what SQLite can read of the log into it, and deletes the rest: of a damaged one that may be all there
 * is of what was committed. So where a journal is refused its log is kept beside it.
 */
export function keepRefusedLog(folder: string): void {
  const log = join(folder, "journal.db-wal");
  try {
    // At the next try SQLite has made a new one, with nothing in it.
    if (statSync(log).size > 0) copyFileSync(log, `${log}.refused`);
  } catch {
    // There is none, or no room for another: the refusal stands all the same.
  }
}
