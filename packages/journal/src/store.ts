import type { JournalError } from "./error.ts";
import type { Group, Head, Seq } from "./group.ts";
import type { Seal } from "./seal.ts";

export type SnapshotPosition = {
  /** The last entry whose effect is in the state. */
  seq: Seq;
  /** The group that holds that entry, and its hash in the chain. */
  group: number;
  groupHash: string;
};

/** What a snapshot is of, and the fingerprint that tells whether it is whole. */
export type SnapshotMeta = SnapshotPosition & {
  /** SHA-256 over position and text (see snapshot.ts), 64 hexadecimal digits. */
  hash: string;
  /** In a sealed journal: what vouches for all of the above (see seal.ts), 64 hexadecimal digits. */
  seal?: string;
};

/** As it is stored, and perhaps the hash that its content has. */
export type ReadGroup = Group & { readonly contentHash?: string };

/** What it takes to bring a state back, also beside the one who writes. */
export type ReadStore = Pick<Store, "read" | "snapshots" | "readSnapshot" | "close">;

/**
 * Where groups and snapshots are kept. A store keeps and returns; it judges nothing: the chain and the
 * snapshots' hashes are verified by the journal on what comes back.
 */
export type Store = {
  /**
   * Takes the place for this writer alone. Returns the position of the last group as stored, unverified.
   * Rejects with a `JournalError`: `journal_in_use`, `journal_too_new`, `journal_unavailable`, `journal_damaged`.
   */
  open(): Promise<Head>;
  /** Durable when it resolves. Rejects when it is not known to be; then the store is not to be written again. */
  append(group: Group): Promise<void>;
  /**
   * All groups with an entry after `afterSeq`, in order: the first may begin before. A store with a thread of its own makes their hashes
   * there, if it is given the seal: by itself it still judges nothing.
   */
  read(afterSeq: Seq, seal?: Seal): AsyncIterable<ReadGroup>;
  /**
   * Keeps the text in chunks as they come. `seal` is called when all were taken and gives the description.
   * Until then, and if anything fails, the snapshots before are untouched. The two newest are kept.
   */
  writeSnapshot(seq: Seq, chunks: AsyncIterable<string>, seal: () => SnapshotMeta): Promise<void>;
  /** Newest first. One whose description is damaged is listed too, with a hash that nothing matches. */
  snapshots(): Promise<SnapshotMeta[]>;
  /** The text of a listed snapshot, quicker in UTF-8 than as strings; chunk boundaries have no meaning. */
  readSnapshot(meta: SnapshotMeta): AsyncIterable<Uint8Array | string>;
  /**
   * Where a place can be lost without an append: called once, with `journal_taken` or `journal_unavailable`, when this
   * writer must not go on. Appends reject from then on.
   */
  onLost?(callback: (error: JournalError) => void): void;
  /** Finishes what is under way and frees the place. */
  close(): Promise<void>;
};
