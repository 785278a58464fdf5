import { createHash } from "node:crypto";

/** Number of an entry: 1, 2, 3… without gaps. 0 stands before the first. */
export type Seq = number;

/** The entries committed together: one row of the store. */
export type Group = {
  /** 1, 2, 3… without gaps. Unique in the store: of two writers, one fails. */
  number: number;
  firstSeq: Seq;
  /** How many entries, at least 1. */
  count: number;
  /** Hash of the group before, 64 hexadecimal digits; `GENESIS` for the first. */
  prev: string;
  hash: string;
  /** The entries, joined by "\n". */
  data: string;
};

/** Where a journal ends. */
export type Head = { number: number; seq: Seq; hash: string };

/** What the first group names as the hash before it. */
export const GENESIS = "0".repeat(64);

export const EMPTY: Head = { number: 0, seq: 0, hash: GENESIS };

const TAG = "coinholder/group/1\n";

/**
 * SHA-256 over the header, then the data in UTF-8. The header has a fixed length, so no two groups share an encoding.
 */
export function hashGroup(group: Omit<Group, "hash">): string {
  return createHash("sha256").update(groupHeader(TAG, group)).update(group.data, "utf8").digest("hex");
}

/** The tag, the previous hash (32 bytes), number, first seq and count (64-bit, big-endian each). */
export function groupHeader(tag: string, group: Omit<Group, "hash">): Buffer {
  const header = Buffer.alloc(tag.length + 32 + 8 + 8 + 8);
  let at = header.write(tag, "latin1");
  at += header.write(group.prev, at, 32, "hex");
  at = header.writeBigUInt64BE(BigInt(group.number), at);
  at = header.writeBigUInt64BE(BigInt(group.firstSeq), at);
  header.writeBigUInt64BE(BigInt(group.count), at);
  return header;
}

/** @param hash how the journal hashes its groups: see seal.ts */
export function makeGroup(after: Head, entries: readonly string[], hash = hashGroup): Group {
  const group = {
    number: after.number + 1,
    firstSeq: after.seq + 1,
    count: entries.length,
    prev: after.hash,
    data: entries.join("\n"),
  };
  return { ...group, hash: hash(group) };
}

/** The head of a journal whose last group is this one. */
export function headAt(group: Group): Head {
  return { number: group.number, seq: group.firstSeq + group.count - 1, hash: group.hash };
}

/** Whether the text survives being a line of a group: one line, no NUL (stores cut there), no lone surrogate. */
export function isEntryText(text: string): boolean {
  return !text.includes("\n") && !text.includes("\0") && text.isWellFormed();
}
