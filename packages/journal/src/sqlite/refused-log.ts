import { copyFileSync, linkSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Who closes a database last moves what SQLite can read of the log into it, and deletes the rest: of a damaged one that may be all there
 * is of what was committed. So where a journal is refused its log is kept beside it.
 */
export function keepRefusedLog(folder: string): void {
  const log = join(folder, "journal.db-wal");
  try {
    // At the next try SQLite has made a new one, with nothing in it.
    if (statSync(log).size === 0) return;
  } catch {
    return; // There is none.
  }
  const kept = `${log}.refused-${Date.now()}`;
  try {
    // Another name takes no room: SQLite deletes its own only.
    linkSync(log, kept);
  } catch {
    try {
      copyFileSync(log, kept);
    } catch {
      // Neither links nor room: the refusal stands all the same.
    }
  }
}
