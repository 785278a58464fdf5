import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import type { ReadStore } from "../store.ts";
import { BUSY_MILLISECONDS } from "./database.ts";
import { prepareGroups } from "./groups.ts";
import { snapshotFiles } from "./snapshot-files.ts";

/**
 * Reads the folder of a `sqliteStore` that is open, in this process or another, without holding it up: in small portions,
 * on a connection of its own. Waits for the disk in the calling thread.
 */
export function sqliteReader(folder: string): ReadStore {
  const db = new DatabaseSync(join(folder, "journal.db"), { readOnly: true, timeout: BUSY_MILLISECONDS });
  const groups = prepareGroups(db);
  return {
    ...snapshotFiles(join(folder, "snapshots")),
    async *read(afterSeq) {
      let portion = groups.readFrom(groups.seek(afterSeq));
      while (portion.length > 0) {
        yield* portion;
        portion = groups.readFrom(portion.at(-1)!.number + 1);
      }
    },
    close: async () => db.close(),
  };
}
