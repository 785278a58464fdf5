import type { JournalErrorCode } from "../error.ts";
import type { Group, Head, Seq } from "../group.ts";
import type { ReadGroup } from "../store.ts";

/** What the store asks of its worker. Answers come in the order of the questions. */
export type Request =
  | { ask: "open"; folder: string }
  | { ask: "append"; group: Group }
  | { ask: "seek"; afterSeq: Seq }
  | { ask: "read"; fromNumber: number; seal: { key: Uint8Array | undefined } | undefined }
  | { ask: "durability" }
  | { ask: "close" };

export type Answers = {
  open: Head;
  append: undefined;
  /** Number of the group to begin with. */
  seek: number;
  /** Some groups, in order; none at the end. */
  read: ReadGroup[];
  durability: Durability;
  close: undefined;
};

/** As SQLite reports them on the writing connection: "wal" and 2 (FULL), or the store does not open. */
export type Durability = { journalMode: string; synchronous: number };

/** `code` only where the failure is one of the journal's own kinds. */
export type Answer =
  | { value: Answers[keyof Answers] }
  | { error: { message: string; code?: JournalErrorCode; group?: number } };
