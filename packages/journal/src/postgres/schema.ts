import { JournalError } from "../error.ts";
import { DUPLICATE_OBJECT, DUPLICATE_TABLE, hasCode, UNIQUE_VIOLATION } from "./failure.ts";
import type { Session } from "./session.ts";

/**
 * What leads from each version of the tables to the next, in order; what was released is never changed. Plain SQL only, so
 * that whatever speaks PostgreSQL's protocol and keeps a primary key will do.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    // Who writes (see place.ts): one row.
    `CREATE TABLE journal_writer (
       id     BIGINT PRIMARY KEY CHECK (id = 1),
       term   BIGINT NOT NULL,
       beat   BIGINT NOT NULL,
       holder TEXT NOT NULL,
       shown  TEXT NOT NULL
     )`,
    "INSERT INTO journal_writer (id, term, beat, holder, shown) VALUES (1, 0, 0, '', '')",
    `CREATE TABLE journal_group (
       number    BIGINT PRIMARY KEY,
       first_seq BIGINT NOT NULL UNIQUE,
       count     BIGINT NOT NULL,
       prev      TEXT NOT NULL,
       hash      TEXT NOT NULL,
       data      TEXT NOT NULL
     )`,
    `CREATE TABLE journal_snapshot (
       seq          BIGINT PRIMARY KEY,
       id           TEXT NOT NULL,
       group_number BIGINT NOT NULL,
       group_hash   TEXT NOT NULL,
       hash         TEXT NOT NULL,
       seal         TEXT
     )`,
    `CREATE TABLE journal_snapshot_chunk (
       snapshot TEXT NOT NULL,
       place    BIGINT NOT NULL,
       data     TEXT NOT NULL,
       PRIMARY KEY (snapshot, place)
     )`,
  ],
];

/** Refuses a server that would answer before what it was given is on its disk, or would change the text. */
export async function checkSettings(session: Session): Promise<void> {
  // Servers that are not PostgreSQL may not know a setting: then there is nothing to turn off.
  const [found] = await session.query<{
    fsync: string | null;
    commits: string | null;
    encoding: string | null;
  }>(
    `SELECT current_setting('fsync', true) AS fsync, current_setting('synchronous_commit', true) AS commits,
       current_setting('server_encoding', true) AS encoding`,
  );
  const { fsync, commits, encoding } = found!;
  if (fsync === "off") throw refused("runs with fsync=off: a power cut would take back what was answered");
  if (commits !== null && commits !== "on")
    throw refused(`does not let this connection wait for its disk (synchronous_commit=${commits})`);
  if (encoding !== null && !/^utf-?8$/i.test(encoding))
    throw refused(`keeps this database in ${encoding}: make one with ENCODING 'UTF8'`);
}

const refused = (what: string): JournalError =>
  new JournalError("journal_unavailable", `the PostgreSQL server ${what}`);

const TRIES = 10;

/** Brings the tables to the newest version, or to an earlier one. `journal_too_new` where a newer program was here before. */
export async function migrate(session: Session, steps = MIGRATIONS, upTo = steps.length): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      let version = await versionOf(session);
      if (version > steps.length)
        throw new JournalError(
          "journal_too_new",
          `the journal's tables have version ${version}, this program knows ${steps.length}: use a newer version of it`,
        );
      for (; version < upTo; version++) await takeStep(session, version, steps[version]!);
      return;
    } catch (error) {
      // Another process does the same at the same time: then it is done when we look again.
      if (tries === TRIES || !hasCode(error, DUPLICATE_TABLE, DUPLICATE_OBJECT, UNIQUE_VIOLATION))
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function versionOf(session: Session): Promise<number> {
  const tables = await session.query(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1",
    "journal_schema",
  );
  if (tables.length === 0) return 0;
  const [row] = await session.query<{ version: number }>("SELECT version FROM journal_schema WHERE id = 1");
  return row?.version ?? 0;
}

async function takeStep(session: Session, from: number, statements: readonly string[]): Promise<void> {
  await session.transaction(async () => {
    if (from === 0) {
      await session.query(
        "CREATE TABLE journal_schema (id BIGINT PRIMARY KEY CHECK (id = 1), version BIGINT NOT NULL)",
      );
      await session.query("INSERT INTO journal_schema (id, version) VALUES (1, 0)");
    }
    const { count } = await session.query(
      "UPDATE journal_schema SET version = $2 WHERE id = 1 AND version = $1",
      from,
      from + 1,
    );
    if (count === 0) return; // Somebody else did it.
    for (const statement of statements) await session.query(statement);
  });
}
