import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { damaged } from "../error.ts";
import type { Group, Head } from "../group.ts";

/**
 * After a crash SQLite reads its write-ahead log up to the first frame that is not whole and takes what follows
 * for an unfinished tail. Damage in the middle of the log would cut off committed groups without a word, and so
 * would a copy of journal.db without its log. So the number of the last committed group is also kept in a file
 * of its own, journal.head: written after each commit, never ahead of it. It is not synced: after a power cut
 * it may be behind, which only makes it say less.
 */
export type HighWater = {
  /** What the file says, or undefined when there is none (a new journal, a restored copy) or it is unreadable. */
  read(): Head | undefined;
  write(head: Head): void;
  close(): void;
};

/** One disk sector at most, so that it is written whole. */
const BYTES = 256;

export function openHighWater(folder: string): HighWater {
  const file = openSync(join(folder, "journal.head"), constants.O_RDWR | constants.O_CREAT, 0o600);
  return {
    read() {
      const bytes = Buffer.alloc(BYTES);
      const length = readSync(file, bytes, 0, BYTES, 0);
      return parse(bytes.toString("latin1", 0, length));
    },
    write({ number, seq, hash }) {
      writeSync(file, `${JSON.stringify({ number, seq, hash }).padEnd(BYTES - 1)}\n`, 0, "latin1");
    },
    close: () => closeSync(file),
  };
}

/** Throws `journal_damaged` unless the journal reaches the mark and has the marked group as it was committed. */
export function checkHighWater(mark: Head, last: Head, groupAtMark: Group | undefined): void {
  if (mark.number > last.number) {
    throw damaged(
      last.number + 1,
      `is missing, though groups up to ${mark.number} were committed (if an older copy was restored on purpose, delete journal.head)`,
    );
  }
  if (groupAtMark?.hash !== mark.hash) throw damaged(mark.number, "is not the one that was committed");
}

function parse(text: string): Head | undefined {
  try {
    const { number, seq, hash } = JSON.parse(text) as Head;
    const whole = Number.isSafeInteger(number) && Number.isSafeInteger(seq) && /^[0-9a-f]{64}$/.test(hash);
    return whole ? { number, seq, hash } : undefined;
  } catch {
    return undefined;
  }
}
