import { join } from "node:path";
import { type Group, type Head, type Store, sqliteStore } from "@coinholder/journal";
import type { Request, Thread } from "@coinholder/journal/testing";
import { type Prng, prng } from "../prng.ts";
import { type Doubtful, openJournalDisk } from "./journal-disk.ts";
import type { Plant } from "./plants.ts";
import { makeSnapshotDisk } from "./snapshot-disk.ts";

/** What goes wrong at one of the next times that the hub turns to its disk. */
export interface DiskFault {
  /** So many go well before. */
  readonly after: number;
  /**
   * The hub dies, by itself or with its machine, before anything is written; when the bytes are in a cache, which keeps them or does not;
   * or when all is safe and nobody has heard of it. Or the write fails: the group is there or not, nobody knows.
   */
  readonly is: "dies before" | "dies in the cache" | "dies after" | "fails";
  /** Whether what is in doubt is there afterwards. What is not can be there in part: to the reader it must be as if nothing were. */
  readonly kept: boolean;
}

/** The disk that outlives all lives of a hub. */
export interface Disk {
  /** The last entry that is safe. */
  readonly safe: () => number;
  /** After a life: the groups that the next one will find. Throws where it will not start. */
  readonly groups: () => readonly Group[];
  /** For one life of the hub; `dies` is called when it ends by a fault. */
  readonly store: (life: { readonly alive: boolean }, dies: () => void) => Store;
  readonly arm: (fault: DiskFault) => void;
  readonly disarm: () => void;
  /** How many reads and writes have failed. */
  readonly failures: () => number;
  /** How often the hub has turned to it. */
  readonly operations: () => number;
  /** How often a life has left it how. */
  readonly ends: ReadonlyMap<string, number>;
  /** No room until told otherwise: appends fail. */
  readonly full: { is: boolean };
  /** Gives back what this process has opened. */
  readonly release: () => void;
  /** The life is over, and the process alone or the machine with it: what only a cache had is kept, gone, or torn. */
  readonly settle: () => void;
}

/** A new one each time: all that waits for it is forgotten with it. */
const never = (): Promise<never> => new Promise(() => {});
const READ_MS = 1;
const WRITE_MS = [0, 0, 1, 3, 15];
const lastOf = (group: Group | undefined): number => (group ? group.firstSeq + group.count - 1 : 0);

/** @param tears decides what is left of writes that were under way */
export const makeDisk = (root: string, random: Prng, tears: Prng, plant: Plant): Disk => {
  const folder = join(root, "journal");
  const journal = openJournalDisk(folder, tears, plant);
  const snapshots = makeSnapshotDisk(plant);
  let safe = 0;
  let left: () => readonly Group[] = () => [];
  /** Written, not safe. */
  let doubtful: Doubtful[] = [];
  let syncFailed = false;
  let fault: DiskFault | undefined = plant.fault;
  let remaining = fault?.after ?? 0;
  let failures = 0;
  let operations = 0;
  const ends = new Map<string, number>();
  const full = { is: false };
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  /** Whether the fault that was asked for comes with this operation. */
  const strikes = (): DiskFault | undefined => {
    operations++;
    if (fault === undefined || remaining-- > 0) return undefined;
    const now = fault;
    fault = undefined;
    return now;
  };
  const failed = (code: string, what: string): Error => {
    failures++;
    return Object.assign(new Error(what), { code });
  };

  const settle = (): void => {
    // One number of the stream for each end, whatever it decides: the runs that follow stay comparable.
    const own = prng(tears.below(2 ** 32));
    const powerGoes = own.chance(0.6);
    const how = journal.end({ powerGoes, doubtful, syncFailed }, own);
    ends.set(how, (ends.get(how) ?? 0) + 1);
    if (powerGoes) snapshots.lose(own);
    doubtful = [];
    syncFailed = false;
    try {
      const groups = journal.groups();
      left = () => groups;
      safe = lastOf(groups.at(-1));
    } catch (error) {
      left = () => {
        throw error;
      };
    }
  };

  const store = (life: { readonly alive: boolean }, dies: () => void): Store => {
    let isOpen = false;
    /** The dead write nothing and hear nothing. */
    const living = async (): Promise<void> => {
      if (!life.alive) await never();
    };
    const die = (): Promise<never> => {
      dies();
      return never();
    };
    /** A read or a piece of a snapshot: it may fail, or the machine die, there as well. */
    const touch = async (): Promise<void> => {
      await living();
      const now = strikes();
      if (now?.is === "fails") throw failed("EIO", "input/output error");
      if (now) await die();
      await wait(READ_MS);
      await living();
    };

    const open = async (): Promise<Head> => {
      const now = strikes();
      if (now?.is === "fails") throw failed("EIO", "input/output error");
      if (now?.is === "dies before") await die();
      const { head, finished } = journal.open();
      if (now?.is === "dies in the cache") await die();
      await wait(READ_MS);
      await living();
      finished();
      isOpen = true;
      if (now) await die();
      return head;
    };

    const append = async (group: Group): Promise<undefined> => {
      const now = strikes();
      if (now?.is === "dies before") await die();
      if (full.is || now?.is === "fails") {
        doubtful.push({ group, kept: !full.is && now!.kept });
        syncFailed = true;
        throw full.is ? failed("ENOSPC", "no space left on device") : failed("EIO", "input/output error");
      }
      doubtful.push({ group, kept: now?.kept ?? random.chance(0.5) });
      if (now?.is === "dies in the cache") await die();
      const written = wait(random.pick(WRITE_MS) + (plant.acknowledgesEarly ? 30 : 0)).then(() => {
        // At once: whoever dies meanwhile has left it in the cache.
        if (!life.alive || !isOpen) return;
        const { group: next } = doubtful.shift()!;
        journal.append(next);
        safe = lastOf(next);
      });
      if (plant.acknowledgesEarly) return undefined;
      await written;
      await living();
      if (now?.is === "dies after") await die();
      return undefined;
    };

    const close = async (): Promise<undefined> => {
      // Who could not write moves nothing, and what there is of it is decided when all is over.
      if (!isOpen || syncFailed) return undefined;
      const now = strikes();
      if (now?.is === "dies before") await die();
      const closing = journal.close();
      isOpen = false;
      if (now?.is === "dies in the cache") await die();
      await wait(READ_MS);
      await living();
      // SQLite tells nobody that it could not move the log: it is still there.
      if (now?.is === "fails") failures++;
      else closing.finished();
      if (now?.is === "dies after") await die();
      return undefined;
    };

    const answer = async (request: Request): Promise<unknown> => {
      // No turn between this and a write: the machine could die in it.
      if (!life.alive) await never();
      switch (request.ask) {
        case "open":
          return open();
        case "append":
          return append(request.group);
        case "close":
          return close();
        case "read":
          await touch();
          return journal.keeper(request);
        default:
          return journal.keeper(request);
      }
    };

    /** As a thread does: one question after the other. */
    const start = (): Thread => {
      let before: Promise<unknown> = Promise.resolve();
      const ask: Thread["ask"] = (request) => {
        const told = before.then(() => answer(request));
        before = told.catch(() => {});
        return told as Promise<never>;
      };
      return { ask, end: () => ask({ ask: "close" }) };
    };
    return sqliteStore(folder, { start, files: snapshots.seenBy(touch) });
  };

  return {
    safe: () => safe,
    groups: () => left(),
    store,
    arm: (next) => {
      fault = next;
      remaining = next.after;
    },
    disarm: () => {
      fault = undefined;
    },
    failures: () => failures,
    operations: () => operations,
    ends,
    full,
    release: journal.release,
    settle,
  };
};
