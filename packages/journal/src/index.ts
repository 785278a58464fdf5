export { JournalError, type JournalErrorCode } from "./error.ts";
export { GENESIS, type Group, type Head, hashGroup, type Seq } from "./group.ts";
export { GROUP_CHARACTERS, GROUP_ENTRIES, type Journal, openJournal } from "./journal.ts";
export type { Recovered, Recovering } from "./recover.ts";
export type { Lines } from "./snapshot.ts";
export { type SqliteStore, sqliteStore } from "./sqlite/store.ts";
export type { SnapshotMeta, Store } from "./store.ts";
export type { WhenDurable } from "./waiters.ts";
