import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { onTestFinished } from "vitest";
import type { Seq } from "../group.ts";
import { type Journal, openJournal } from "../journal.ts";
import { type SqliteStore, sqliteStore } from "../sqlite/store.ts";
import type { Store } from "../store.ts";
import { entryAt } from "./entries.ts";

/** A data folder that lasts as long as the test. Stores opened in it are closed at its end. */
export type Place = {
  folder: string;
  store(): SqliteStore;
  /** A journal on a new store here, recovered, and what that brought. */
  journal(key?: Uint8Array): Promise<{ journal: Journal; entries: string[] }>;
};

export async function temporaryPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "journal-test-"));
  const stores: Store[] = [];
  onTestFinished(async () => {
    for (const store of stores) await store.close();
    await rm(folder, { recursive: true });
  });
  const store = (): SqliteStore => {
    const made = sqliteStore(folder);
    stores.push(made);
    return made;
  };
  return {
    folder,
    store,
    async journal(key) {
      const journal = await openJournal(store(), key && { key });
      return { journal, entries: await recoverEntries(journal) };
    },
  };
}

/** Recovers a journal whose state is simply the list of all its entries. */
export async function recoverEntries(journal: Journal): Promise<string[]> {
  let entries: string[] = [];
  await journal.recover({
    async loadSnapshot(lines) {
      const taken: string[] = [];
      for await (const some of lines) taken.push(...some.split("\n"));
      entries = taken;
    },
    apply: (text) => void entries.push(text),
  });
  return entries;
}

/** What a journal in that folder recovers. */
export async function entriesIn(folder: string, key?: Uint8Array): Promise<string[]> {
  const journal = await openJournal(sqliteStore(folder), key && { key });
  try {
    return await recoverEntries(journal);
  } finally {
    await journal.close();
  }
}

/** Some at a time: opening is mostly waiting for a thread and the disk. */
export async function inPortions<T>(all: readonly T[], one: (of: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 8) await Promise.all(all.slice(at, at + 8).map(one));
}

/** Appends the entries up to `seq` in groups of the given size, one commit each. */
export async function fill(journal: Journal, seq: Seq, groupSize: number): Promise<void> {
  while (journal.lastSeq < seq) {
    for (let i = 0; i < groupSize && journal.lastSeq < seq; i++) journal.append(entryAt(journal.lastSeq + 1));
    await journal.durable(journal.lastSeq);
  }
}

/** What somebody with an SQLite shell does to the file. */
export function tamper(folder: string, sql: string, ...values: (string | number | Uint8Array)[]): void {
  const db = new DatabaseSync(join(folder, "journal.db"));
  try {
    db.prepare(sql).run(...values);
  } finally {
    db.close();
  }
}

export function readData(folder: string, group: number): Buffer {
  const db = new DatabaseSync(join(folder, "journal.db"));
  try {
    const row = db.prepare("SELECT data FROM journal_group WHERE number = ?").get(group) as { data: string };
    return Buffer.from(row.data, "utf8");
  } finally {
    db.close();
  }
}
