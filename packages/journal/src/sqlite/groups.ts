import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { EMPTY, type Group, type Head, headAt, type Seq } from "../group.ts";

/** Groups are read in portions of about this many characters: few enough that most are gone when the memory is next tidied. */
const READ_CHARACTERS = 512 * 1024;
const READ_GROUPS = 1000;

/** The statements on the one table. */
export type Groups = {
  append(group: Group): void;
  last(): Head;
  at(number: number): Group | undefined;
  /** Number of the group that holds the entry after this one, or would be the next before it. */
  seek(afterSeq: Seq): number;
  readFrom(number: number): Group[];
};

export function prepareGroups(db: DatabaseSyncInstance): Groups {
  const columns = 'number, first_seq AS "firstSeq", count, prev, hash, data';
  const insert = db.prepare(
    "INSERT INTO journal_group (number, first_seq, count, prev, hash, data) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const lastOne = db.prepare(`SELECT ${columns} FROM journal_group ORDER BY number DESC LIMIT 1`);
  const nextOne = db.prepare(
    `SELECT ${columns} FROM journal_group WHERE number >= ? ORDER BY number LIMIT 1`,
  );
  const holder = db.prepare(
    "SELECT number, first_seq + count AS next FROM journal_group WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1",
  );
  return {
    append({ number, firstSeq, count, prev, hash, data }) {
      insert.run(number, firstSeq, count, prev, hash, data);
    },
    last() {
      const row = lastOne.get() as Group | undefined;
      return row ? headAt(row) : EMPTY;
    },
    at(number) {
      const row = nextOne.get(number) as Group | undefined;
      return row?.number === number ? { ...row } : undefined;
    },
    seek(afterSeq) {
      const row = holder.get(afterSeq + 1) as { number: number; next: number } | undefined;
      if (!row) return 1;
      return row.next > afterSeq + 1 ? row.number : row.number + 1;
    },
    readFrom(number) {
      // Row by row, so that no read transaction stays open between two portions and keeps the log from being
      // checkpointed, and one portion is never much larger than meant.
      const groups: Group[] = [];
      let characters = 0;
      let from = number;
      while (characters < READ_CHARACTERS && groups.length < READ_GROUPS) {
        const row = nextOne.get(from) as Group | undefined;
        if (!row) break;
        groups.push({ ...row });
        characters += row.data.length;
        from = row.number + 1;
      }
      return groups;
    },
  };
}
