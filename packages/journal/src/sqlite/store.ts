import { dirname, join } from "node:path";
import { type SnapshotAhead, verifyAhead } from "../ahead.ts";
import { JournalError } from "../error.ts";
import type { Seq } from "../group.ts";
import type { Seal } from "../seal.ts";
import type { ReadGroup, Store } from "../store.ts";
import { type Files, systemFiles } from "./files.ts";
import type { Durability } from "./messages.ts";
import { snapshotFiles, syncFolder } from "./snapshot-files.ts";
import { startThread, type Thread } from "./thread.ts";

export type SqliteStore = Store & {
  /** What the writing connection says of its settings. */
  durability(): Promise<Durability>;
};

/**
 * A store in one folder: journal.db (SQLite, readable with any shell, also while in use), snapshots/, and the
 * lock that keeps a second process out. SQLite runs in a thread of its own; the event loop never waits for the
 * disk.
 * @param on.start answers for SQLite; with `files` it can be another disk than this machine's
 */
export function sqliteStore(
  folder: string,
  { start = startThread, files = systemFiles }: { start?: () => Thread; files?: Files } = {},
): SqliteStore {
  let thread: Thread | undefined;

  const ask: Thread["ask"] = (request) =>
    thread ? thread.ask(request) : Promise.reject(new Error("the store is not open"));

  async function* read(afterSeq: Seq, by?: Seal): AsyncGenerator<ReadGroup> {
    const seal = by && { key: by.key };
    let portion = await ask({ ask: "read", fromNumber: await ask({ ask: "seek", afterSeq }), seal });
    while (portion.length > 0) {
      // The next portion is read while this one is worked on.
      const next = ask({ ask: "read", fromNumber: portion.at(-1)!.number + 1, seal });
      next.catch(() => {}); // Told below, unless the reader stops before.
      yield* portion;
      portion = await next;
    }
  }

  async function close(): Promise<void> {
    try {
      await thread?.end();
    } finally {
      thread = undefined;
    }
  }

  return {
    ...snapshotFiles(join(folder, "snapshots"), files),
    async open() {
      if (thread) throw new Error("open twice");
      await makeFolder(folder, files);
      thread = start();
      try {
        return await ask({ ask: "open", folder });
      } catch (error) {
        await close();
        throw error;
      }
    },
    append: (group) => ask({ ask: "append", group }),
    read,
    durability: () => ask({ ask: "durability" }),
    close,
  };
}

/** Begins to verify the newest snapshot of this folder, whether or not it is in use; changes nothing there. */
export const sqliteAhead = (folder: string): SnapshotAhead =>
  verifyAhead(snapshotFiles(join(folder, "snapshots")));

async function makeFolder(folder: string, files: Files): Promise<void> {
  try {
    const made = await files.mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncFolder(dirname(made), files);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JournalError("journal_unavailable", `the journal's folder cannot be made: ${why}`, { cause });
  }
}
