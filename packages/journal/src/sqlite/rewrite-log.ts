import { closeSync, existsSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";

const PART_BYTES = 1024 * 1024;

/**
 * A process that was killed between a commit's write and its sync, or whose sync failed, leaves a group in the write-ahead log that
 * the system shows and the disk may not have. After a failed sync it never will: Linux takes what it could not write for written, and
 * later syncs succeed without it (https://wiki.postgresql.org/wiki/Fsync_Errors). SQLite takes what it reads for durable; a power cut
 * would then cut off that group and all committed after it. So before anything is read the log is written anew, byte for byte, and synced.
 */
export function rewriteLog(db: DatabaseSyncInstance, folder: string): void {
  const path = join(folder, "journal.db-wal");
  // Keeps writers out, an operator's shell too: nothing changes in the log meanwhile.
  db.exec("BEGIN IMMEDIATE");
  try {
    if (!existsSync(path)) return;
    const file = openSync(path, "r+");
    try {
      const bytes = Buffer.alloc(PART_BYTES);
      for (let at = 0; ; ) {
        const length = readSync(file, bytes, 0, PART_BYTES, at);
        if (length === 0) break;
        for (let from = 0; from < length; ) from += writeSync(file, bytes, from, length - from, at + from);
        at += length;
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } finally {
    db.exec("ROLLBACK");
  }
}
