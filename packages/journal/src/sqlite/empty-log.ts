import type { DatabaseSyncInstance } from "@photostructure/sqlite";

/**
 * A commit that a power cut tore leaves frames behind the end of the log, whole but for a sector. The next commit is written over them;
 * were it torn as well, its one sector that reached the disk could be the very one that those lacked, and a group would be there that
 * the life between had not seen. So what is in the log goes into the database, and the next commit begins a new log: its header,
 * with other salts, is synced before the first frame is written, and no frame of before counts with it
 * (https://sqlite.org/fileformat2.html#walformat). What lies behind the end is then gone for good: so not before the mark was checked.
 *
 * Where another program goes on reading for longer than a commit would wait, all stays as it was: a backup must not keep a hub from starting.
 */
export function emptyLog(db: DatabaseSyncInstance): void {
  db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
}
