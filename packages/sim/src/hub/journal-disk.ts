import type { Group, Head } from "@coinholder/journal";
import { checkpoint, type Durability } from "@coinholder/journal/testing";
import type { Prng } from "../prng.ts";
import {
  groupsIn,
  type JournalFiles,
  type Keeper,
  NO_FILES,
  openKeeper,
  readFiles,
  readHead,
  writeFiles,
} from "./journal-files.ts";
import type { Plant } from "./plants.ts";
import { torn, tornLog, writtenOver, writtenUpTo } from "./tear.ts";

/** A group that was begun and is not known to be safe; whether it is there when this life is over. */
export interface Doubtful {
  readonly group: Group;
  readonly kept: boolean;
}

/** How a life ends. */
export interface End {
  /** The machine goes down, and with it what is not synced. Otherwise the process alone: all that it has written is there. */
  readonly powerGoes: boolean;
  readonly doubtful: readonly Doubtful[];
  /** The system has told of the doubtful ones that they could not be synced: it will not try again. */
  readonly syncFailed: boolean;
}

/**
 * The folder of SQLite's files, with the journal's own code upon it. The files are what the system shows (its cache); what of it the
 * disk has is known here, by the order in which SQLite writes and syncs (sqlite.org/wal.html): the log, synced at each commit; now
 * and then the database from it, which is synced before the log begins anew. The mark (journal.head) is never synced.
 */
export interface JournalDisk {
  /** Opens what is there, or throws; `finished` is called when that is safe. */
  readonly open: () => { readonly head: Head; readonly finished: () => void };
  readonly keeper: Keeper;
  readonly append: (group: Group) => void;
  /** Moves all into the database; `finished` is called when that is safe. */
  readonly close: () => { readonly finished: () => void };
  /** This life is over. Answers what was done to the files. */
  readonly end: (end: End, random: Prng) => string;
  /** Gives back what this process has opened. */
  readonly release: () => void;
  /** What the next life will find, or throws what it would. */
  readonly groups: () => Group[];
}

/** SQLite's own, every thousand pages, are too rare for runs that are so short. */
const CHECKPOINTS = 1 / 15;

/** What the next life finds, and how it came to it. */
type Left = readonly [files: JournalFiles, what: string];

/** What the disk has when only pages that were written anew reach it. */
const over = (disk: JournalFiles, before: JournalFiles, after: JournalFiles): JournalFiles => ({
  db: writtenOver(disk.db, before.db, after.db),
  wal: writtenOver(disk.wal, before.wal, after.wal),
  head: after.head,
});

/** @param random decides when the log goes into the database */
export const openJournalDisk = (
  folder: string,
  random: Prng,
  { neverSyncs, losesLast }: Pick<Plant, "neverSyncs" | "losesLast">,
): JournalDisk => {
  let keeper: Keeper | undefined;
  /** What the disk has, where that is not what the files show. */
  let surely: JournalFiles | undefined;
  /** A sync has failed: the system takes what it could not write for written. */
  let givenUp = false;
  let syncs = true;
  /** What the mark has said since it was surely on the disk. */
  let marks: Buffer[] = [];
  let beforeLast: JournalFiles | undefined;
  let opening: { readonly before: JournalFiles } | undefined;
  let closing: { readonly before: JournalFiles; isSafe: boolean } | undefined;
  writeFiles(folder, NO_FILES);

  const ask: Keeper = (request) => keeper!(request);

  /** The log is written anew and synced, then the database from it; then the log is emptied, which the next commit syncs. */
  const open: JournalDisk["open"] = () => {
    const before = readFiles(folder);
    keeper = openKeeper();
    closing = undefined;
    opening = { before };
    const head = keeper({ ask: "open", folder }) as Head;
    const { journalMode, synchronous } = keeper({ ask: "durability" }) as Durability;
    syncs = journalMode === "wal" && synchronous === 2 && !neverSyncs;
    return {
      head,
      finished: () => {
        opening = undefined;
        if (marks.length === 0) marks.push(before.head);
        if (!syncs) surely ??= before;
        else {
          surely = { ...readFiles(folder), wal: before.wal };
          givenUp = false;
        }
      },
    };
  };

  const append = (group: Group): void => {
    const before = givenUp || losesLast ? readFiles(folder) : undefined;
    beforeLast = losesLast && before;
    ask({ ask: "append", group });
    marks.push(readHead(folder));
    if (!syncs) return;
    surely = givenUp ? over(surely!, before!, readFiles(folder)) : undefined;
    if (random.chance(CHECKPOINTS)) checkpoint(folder);
  };

  const close: JournalDisk["close"] = () => {
    const now = { before: readFiles(folder), isSafe: false };
    closing = now;
    ask({ ask: "close" });
    return {
      finished: () => {
        now.isSafe = true;
      },
    };
  };

  /** What was under way is done now, so that it is known what would have been written; what was of it, is decided then. */
  const finishWrites = (doubtful: readonly Doubtful[]) => {
    const before = readFiles(folder);
    if (keeper) for (const { group } of doubtful) ask({ ask: "append", group });
    const written = readFiles(folder);
    keeper?.({ ask: "close" });
    return { before, written, checkpointed: { ...written, db: readFiles(folder).db } };
  };

  /** The system goes on, and shows what was written. */
  const endProcess = ({ doubtful, syncFailed }: End, random: Prng): Left => {
    if (opening) return [opening.before, "process ended while it opened"];
    if (closing)
      return [
        closing.isSafe ? readFiles(folder) : closing.before,
        `process ended, ${closing.isSafe ? "closed" : "closing"}`,
      ];
    const { before, written } = finishWrites(doubtful);
    if (doubtful.length === 0) return [before, "process ended"];
    if (!doubtful[0]!.kept)
      return [{ ...before, wal: writtenUpTo(before.wal, written.wal, random) }, "process ended in a write"];
    surely ??= before;
    if (syncFailed) {
      surely = { ...surely, wal: torn(surely.wal, written.wal, random) };
      givenUp = true;
    }
    // The mark comes after the sync.
    return [{ ...written, head: before.head }, "process ended before a sync"];
  };

  /** The database has all, or is about to; whether the log is gone the folder may not know yet. */
  const cutWhenClosed = ({ before, isSafe }: NonNullable<typeof closing>, random: Prng): Left => {
    const after = readFiles(folder);
    const both = { ...after, wal: before.wal };
    if (isSafe) return [random.pick([both, after]), "power cut after closing"];
    const db = torn(before.db, after.db, random);
    return [random.pick([before, { ...both, db }]), "power cut while closing"];
  };

  const cutWhenOpening = ({ before }: NonNullable<typeof opening>, random: Prng): Left => {
    const after = readFiles(folder);
    const base = surely ?? before;
    if (!syncs || random.chance(0.3))
      return [
        { ...base, wal: torn(base.wal, before.wal, random) },
        "power cut while the log was written anew",
      ];
    const db = random.chance(0.5) ? torn(base.db, after.db, random) : after.db;
    return [{ ...before, db }, "power cut while the log was emptied"];
  };

  const cutPower = ({ doubtful }: End, random: Prng): Left => {
    if (opening) return cutWhenOpening(opening, random);
    if (closing) return cutWhenClosed(closing, random);
    const { before, written, checkpointed } = finishWrites(doubtful);
    const kept = doubtful[0]?.kept ?? random.chance(0.5);
    if (givenUp) return [kept ? over(surely!, before, written) : surely!, "what was not synced is gone"];
    if (doubtful.length === 0 && surely === undefined) return [before, "power cut, nothing in doubt"];
    const base = surely ?? before;
    if (!kept) return [{ ...base, wal: tornLog(base.wal, written.wal, random) }, "power cut, log torn"];
    if (doubtful.length > 0 && random.chance(0.5)) marks.push(written.head);
    if (random.chance(0.5)) return [written, "power cut, log whole"];
    const db = torn(written.db, checkpointed.db, random);
    return [{ ...written, db }, "power cut, database torn"];
  };

  const end: JournalDisk["end"] = (how, random) => {
    const [files, what] = how.powerGoes ? cutPower(how, random) : endProcess(how, random);
    if (opening) keeper?.({ ask: "close" });
    opening = undefined;
    keeper = undefined;
    if (how.powerGoes) {
      const head = random.chance(0.5) ? marks.at(-1) : random.pick(marks);
      writeFiles(folder, { ...files, head: head ?? files.head });
      marks = [];
    } else writeFiles(folder, files);
    if (how.powerGoes || closing) {
      surely = undefined;
      givenUp = false;
    }
    if (beforeLast) writeFiles(folder, beforeLast);
    beforeLast = undefined;
    return what;
  };

  return {
    open,
    keeper: ask,
    append,
    close,
    end,
    release: () => void keeper?.({ ask: "close" }),
    groups: () => groupsIn(readFiles(folder), `${folder}-copy`),
  };
};
