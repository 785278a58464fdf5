import { damaged, JournalError } from "../error.ts";
import { EMPTY, type Group, type Head, headAt, type Seq } from "../group.ts";
import { hasCode, UNIQUE_VIOLATION } from "./failure.ts";
import type { Link } from "./link.ts";
import type { Session } from "./session.ts";

/** Groups are read in portions of about this many bytes. */
const READ_BYTES = 4 * 1024 * 1024;
const READ_GROUPS = 1000;

const COLUMNS = 'number, first_seq AS "firstSeq", count, prev, hash, data';

/**
 * One statement, one commit. Only the writer of this term, and only after the very group that it was built on: a server
 * that has lost that one (a stand-by that was behind took over) must not be given the next.
 */
const INSERT = `
  INSERT INTO journal_group (number, first_seq, count, prev, hash, data)
  SELECT $1::bigint, $2::bigint, $3::bigint, $4::text, $5::text, $6::text
  WHERE EXISTS (SELECT 1 FROM journal_writer WHERE id = 1 AND term = $7::bigint)
    AND ($1::bigint = 1 OR EXISTS (SELECT 1 FROM journal_group WHERE number = $1::bigint - 1 AND hash = $4::text))`;

/**
 * Inserts the group, or finds it there from an earlier attempt whose answer was lost: by its number and hash. An attempt that
 * is still under way at the server holds the number until it is decided, so that this one waits for it.
 */
export async function insertGroup(session: Session, group: Group, term: number): Promise<void> {
  const { number, firstSeq, count, prev, hash, data } = group;
  try {
    const inserted = await session.query(INSERT, number, firstSeq, count, prev, hash, data, term);
    if (inserted.count === 1) return;
  } catch (error) {
    if (!hasCode(error, UNIQUE_VIOLATION)) throw error;
  }
  const there = await hashAt(session, number);
  if (there === hash) return;
  if (there !== undefined)
    throw new JournalError("journal_taken", `another hub has written group ${number} of the journal`);
  const [writer] = await session.query<{ term: number; shown: string }>(
    "SELECT term, shown FROM journal_writer WHERE id = 1",
  );
  if (writer?.term !== term)
    throw new JournalError(
      "journal_taken",
      `another hub has taken over the journal: ${writer?.shown ?? "unknown"}`,
    );
  throw damaged(
    number - 1,
    "was committed and is not in the database any more: it has lost it, or was changed",
  );
}

async function hashAt(session: Session, number: number): Promise<string | undefined> {
  const [row] = await session.query<{ hash: string }>(
    "SELECT hash FROM journal_group WHERE number = $1",
    number,
  );
  return row?.hash;
}

export const groupAt = async (session: Session, number: number): Promise<Group | undefined> =>
  (await session.query<Group>(`SELECT ${COLUMNS} FROM journal_group WHERE number = $1`, number))[0];

export async function lastHead(session: Session): Promise<Head> {
  const [row] = await session.query<Group>(
    'SELECT number, first_seq AS "firstSeq", count, hash FROM journal_group ORDER BY number DESC LIMIT 1',
  );
  return row ? headAt(row) : EMPTY;
}

/** All groups with an entry after `afterSeq`. The next portion is read while one is worked on. */
export async function* readGroups(link: Link, afterSeq: Seq): AsyncGenerator<Group> {
  const first = await link.run((session) => seek(session, afterSeq));
  const from = (number: number): Promise<Group[]> => {
    const portion = link.run((session) => readPortion(session, number));
    portion.catch(() => {}); // Told below, unless the reader stops before.
    return portion;
  };
  for (let portion = await from(first); portion.length > 0; ) {
    const next = from(portion.at(-1)!.number + 1);
    yield* portion;
    portion = await next;
  }
}

/** Number of the group that holds the entry after this one, or would be the next before it. */
async function seek(session: Session, afterSeq: Seq): Promise<number> {
  const [row] = await session.query<{ number: number; next: number }>(
    `SELECT number, first_seq + count AS next FROM journal_group
     WHERE first_seq <= $1 ORDER BY first_seq DESC LIMIT 1`,
    afterSeq + 1,
  );
  if (!row) return 1;
  return row.next > afterSeq + 1 ? row.number : row.number + 1;
}

async function readPortion(session: Session, number: number): Promise<Group[]> {
  const sizes = await session.query<{ number: number; bytes: number }>(
    "SELECT number, octet_length(data) AS bytes FROM journal_group WHERE number >= $1 ORDER BY number LIMIT $2",
    number,
    READ_GROUPS,
  );
  if (sizes.length === 0) return [];
  let [count, bytes] = [0, 0];
  while (count < sizes.length && bytes < READ_BYTES) bytes += sizes[count++]!.bytes;
  const rows = await session.query<Group>(
    `SELECT ${COLUMNS} FROM journal_group WHERE number >= $1 AND number <= $2 ORDER BY number`,
    number,
    sizes[count - 1]!.number,
  );
  return [...rows];
}
