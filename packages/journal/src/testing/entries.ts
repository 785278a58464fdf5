import type { Seq } from "../group.ts";

/** Entries as the tests write them: known from their number, with text beyond ASCII. */
export function entryAt(seq: Seq): string {
  return JSON.stringify({ seq, memo: `₿ ${seq % 7} «ünd» 🪙` });
}

export function entriesTo(seq: Seq): string[] {
  return Array.from({ length: seq }, (_, index) => entryAt(index + 1));
}
