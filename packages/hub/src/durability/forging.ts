import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GENESIS, type Group, hashGroup } from "@coinholder/journal";
import { DatabaseSync } from "@photostructure/sqlite";
import { paths } from "../data-folder.ts";

// What somebody can do who knows how all is hashed and may change every file of a stopped hub, but cannot open its wallet.

const inDatabase = <T>(data: string, use: (db: InstanceType<typeof DatabaseSync>) => T): T => {
  const db = new DatabaseSync(join(paths(data).journal, "journal.db"));
  try {
    return use(db);
  } finally {
    db.close();
  }
};

export const readGroups = (data: string): Group[] =>
  inDatabase(data, (db) => {
    const rows = db.prepare(
      'SELECT number, first_seq AS "firstSeq", count, prev, hash, data FROM journal_group ORDER BY number',
    );
    return (rows.all() as Group[]).map((row) => ({ ...row }));
  });

/** Where the forger's chain of plain hashes begins: at what was changed, or at the very first group. */
export type From = "the change" | "the beginning";

/**
 * Puts the groups in the place of those that are there, every hash made anew as a plain one so that each group follows the
 * one before, and makes the mark of the journal's end agree.
 */
export const putGroups = (data: string, groups: readonly Group[], from: From): void => {
  const before = readGroups(data);
  let changed = from === "the beginning";
  let prev = changed ? GENESIS : before[0]!.prev;
  inDatabase(data, (db) => {
    const put = db.prepare(
      "INSERT OR REPLACE INTO journal_group (number, first_seq, count, prev, hash, data) VALUES (?, ?, ?, ?, ?, ?)",
    );
    let firstSeq = 1;
    groups.forEach((group, i) => {
      changed ||= group.data !== before[i]?.data;
      const count = group.data.split("\n").length;
      const made = { number: i + 1, firstSeq, count, prev, data: group.data };
      const hash = changed ? hashGroup(made) : group.hash;
      put.run(made.number, firstSeq, count, prev, hash, group.data);
      prev = hash;
      firstSeq += count;
    });
    const mark = JSON.stringify({ number: groups.length, seq: firstSeq - 1, hash: prev });
    writeFileSync(join(paths(data).journal, "journal.head"), `${mark.padEnd(255)}\n`);
  });
};

const snapshotFolder = (data: string): string => join(paths(data).journal, "snapshots");

export const removeSnapshots = (data: string): void =>
  rmSync(snapshotFolder(data), { recursive: true, force: true });

/** The description of a snapshot is a line of this length, then comes its text. */
const HEADER_BYTES = 512;

/** Changes the newest snapshot's text and makes its hash fit again. */
export const changeSnapshot = (data: string, change: (text: string) => string): void => {
  const path = join(snapshotFolder(data), readdirSync(snapshotFolder(data)).sort().at(-1)!);
  const bytes = readFileSync(path);
  const meta = JSON.parse(bytes.toString("latin1", 0, HEADER_BYTES));
  const text = change(bytes.toString("utf8", HEADER_BYTES));
  const position = `coinholder/snapshot/1\n${meta.seq} ${meta.group} ${meta.groupHash}\n`;
  const hash = createHash("sha256").update(position).update(text).digest("hex");
  writeFileSync(path, `${JSON.stringify({ ...meta, hash }).padEnd(HEADER_BYTES - 1)}\n${text}`);
};
