import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Journal,
  JournalError,
  openJournal,
  postgresReader,
  postgresStore,
  type ReadStore,
  type SnapshotAhead,
  sqliteAhead,
  sqliteReader,
  sqliteStore,
} from "@coinholder/journal";
import { paths, writePrivateFile } from "./data-folder.ts";

/** Where a hub keeps its journal and its history. */
export interface StorePlace {
  readonly data: string;
  /** URL of a PostgreSQL database; else SQLite in the data folder. */
  readonly store?: string | undefined;
}

/** Says that the journal of this data folder is in PostgreSQL. */
const markOf = (data: string): string => join(paths(data).journal, "in-postgres");

/** A hub that looked for its journal in the wrong place would begin a new one, with the same wallet. */
const checkPlace = ({ data, store }: StorePlace): void => {
  if (store === undefined && existsSync(markOf(data)))
    throw new JournalError(
      "journal_unavailable",
      `the journal of the hub in ${data} is in PostgreSQL: name it with --store`,
    );
  if (store !== undefined && existsSync(join(paths(data).journal, "journal.db")))
    throw new JournalError("journal_unavailable", `${data} has a journal of its own: leave out --store`);
};

/** Verifies the newest snapshot before the journal is open, where that needs no server. Nothing is changed by it. */
export const verifyHubAhead = ({ data, store }: StorePlace): SnapshotAhead | undefined =>
  store === undefined ? sqliteAhead(paths(data).journal) : undefined;

/** Opens the journal where the hub keeps it. Errors are those of `openJournal`. */
export const openHubJournal = async (
  place: StorePlace,
  key: Uint8Array,
  ahead?: SnapshotAhead,
): Promise<Journal> => {
  const { data, store } = place;
  checkPlace(place);
  const folder = paths(data).journal;
  if (store === undefined) return openJournal(sqliteStore(folder), { key, ahead });
  const journal = await openJournal(postgresStore(store, { folder }), { key });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writePrivateFile(markOf(data), "The journal of this hub is in PostgreSQL: see --store.\n");
  return journal;
};

/** Reads a journal that this hub has open. */
export const openHubReader = ({ data, store }: StorePlace): ReadStore =>
  store === undefined ? sqliteReader(paths(data).journal) : postgresReader(store);

/** What `openHistory` is told. */
export const historyPlace = ({ data, store }: StorePlace): string => store ?? paths(data).history;
