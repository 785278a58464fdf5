import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Group } from "@coinholder/journal";
import { makeKeeper, type Request, valueIn } from "@coinholder/journal/testing";

/** What there is in SQLite's files, and in the mark beside them. A file that is not there is empty. */
export interface JournalFiles {
  readonly db: Buffer;
  readonly wal: Buffer;
  readonly head: Buffer;
}

export const NAMES = { db: "journal.db", wal: "journal.db-wal", head: "journal.head" } as const;

export const NO_FILES: JournalFiles = { db: Buffer.alloc(0), wal: Buffer.alloc(0), head: Buffer.alloc(0) };

const readOne = (path: string): Buffer => (existsSync(path) ? readFileSync(path) : Buffer.alloc(0));

export const readFiles = (folder: string): JournalFiles => ({
  db: readOne(join(folder, NAMES.db)),
  wal: readOne(join(folder, NAMES.wal)),
  head: readOne(join(folder, NAMES.head)),
});

export const readHead = (folder: string): Buffer => readOne(join(folder, NAMES.head));

/** Nothing else is left in the folder: locks and shared memory end with the machine. */
export const writeFiles = (folder: string, files: JournalFiles): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const of of ["db", "wal", "head"] as const)
    if (files[of].length > 0) writeFileSync(join(folder, NAMES[of]), files[of]);
};

export type Keeper = <R extends Request>(request: R) => ReturnType<typeof valueIn>;

/** The very code that the journal's thread runs, in this one. Throws what went wrong. */
export const openKeeper = (): Keeper => {
  const answer = makeKeeper();
  return (request) => valueIn(answer(request));
};

/** What a hub would find in these files. They stay as they are: who opens a folder changes it. */
export const groupsIn = (files: JournalFiles, folder: string): Group[] => {
  writeFiles(folder, files);
  const keeper = openKeeper();
  try {
    keeper({ ask: "open", folder });
    const groups: Group[] = [];
    for (;;) {
      const fromNumber = (groups.at(-1)?.number ?? 0) + 1;
      const portion = keeper({ ask: "read", fromNumber, seal: undefined }) as Group[];
      if (portion.length === 0) return groups;
      groups.push(...portion);
    }
  } finally {
    keeper({ ask: "close" });
    rmSync(folder, { recursive: true, force: true });
  }
};
