import {
  GENESIS,
  type Group,
  type Head,
  JournalError,
  type SnapshotMeta,
  type Store,
} from "@coinholder/journal";
import type { Prng } from "../prng.ts";
import type { Plant } from "./plants.ts";

/** What goes wrong at one of the next times that the hub turns to its disk. */
export interface DiskFault {
  /** So many go well before. */
  readonly after: number;
  /**
   * The machine dies before anything is written; when the bytes are in the disk's cache, which keeps them or does not; or when all is
   * safe and nobody has heard of it. Or the write fails: the group is there or not, nobody knows.
   */
  readonly is: "dies before" | "dies in the cache" | "dies after" | "fails";
  /** Whether what is in doubt is there afterwards. */
  readonly kept: boolean;
}

/** The disk that outlives all lives of a hub. */
export interface Disk {
  /** Groups that are safe. */
  readonly groups: Group[];
  /** For one life of the hub; `dies` is called when the machine goes down with it. */
  readonly store: (life: { readonly alive: boolean }, dies: () => void) => Store;
  readonly arm: (fault: DiskFault) => void;
  readonly disarm: () => void;
  /** How many reads and writes have failed. */
  readonly failures: () => number;
  /** How often the hub has turned to it. */
  readonly operations: () => number;
  /** No room until told otherwise: appends fail. */
  readonly full: { is: boolean };
  /** The machine is dead: what only the cache had is gone, or kept. */
  readonly settle: () => void;
}

interface Snapshot {
  readonly meta: SnapshotMeta;
  readonly text: string;
}

/** A new one each time: all that waits for it is forgotten with it. */
const never = (): Promise<never> => new Promise(() => {});
const READ_MS = 1;
const WRITE_MS = [0, 0, 1, 3, 15];

export const makeDisk = (random: Prng, plant: Plant): Disk => {
  const groups: Group[] = [];
  let snapshots: Snapshot[] = [];
  /** Written, not safe. */
  let cache: { readonly group: Group; readonly kept: boolean }[] = [];
  let fault: DiskFault | undefined = plant.fault;
  let left = fault?.after ?? 0;
  let failures = 0;
  let operations = 0;
  const full = { is: false };
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  /** Whether the fault that was asked for comes with this operation. */
  const strikes = (): DiskFault | undefined => {
    operations++;
    if (fault === undefined || left-- > 0) return undefined;
    const now = fault;
    fault = undefined;
    return now;
  };

  const settle = (): void => {
    for (const { group, kept } of cache) if (kept) groups.push(group);
    cache = [];
    if (plant.losesLast) groups.pop();
  };

  const store = (life: { readonly alive: boolean }, dies: () => void): Store => {
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
      if (now?.is === "fails") {
        failures++;
        throw Object.assign(new Error("input/output error"), { code: "EIO" });
      }
      if (now) await die();
      await wait(READ_MS);
      await living();
    };
    return {
      open: async (): Promise<Head> => {
        await touch();
        const last = groups.at(-1);
        return last
          ? { number: last.number, seq: last.firstSeq + last.count - 1, hash: last.hash }
          : { number: 0, seq: 0, hash: GENESIS };
      },
      append: async (group) => {
        // No turn between this and the write: the machine could die in it.
        if (!life.alive) await never();
        const expected = (cache.at(-1)?.group ?? groups.at(-1))?.number ?? 0;
        if (group.number !== expected + 1)
          throw new JournalError("journal_taken", `group ${group.number} came after ${expected}`);
        const now = strikes();
        if (now?.is === "dies before") await die();
        if (full.is || now?.is === "fails") failures++;
        if (full.is) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        if (now?.is === "fails") {
          if (now.kept) groups.push(group);
          throw Object.assign(new Error("input/output error"), { code: "EIO" });
        }
        cache.push({ group, kept: now?.kept ?? random.chance(0.5) });
        if (now?.is === "dies in the cache") await die();
        const written = wait(random.pick(WRITE_MS) + (plant.acknowledgesEarly ? 30 : 0)).then(() => {
          // At once: whoever dies meanwhile has left it in the cache.
          if (!life.alive) return;
          cache.shift();
          groups.push(group);
        });
        if (plant.acknowledgesEarly) return;
        await written;
        await living();
        if (now?.is === "dies after") await die();
      },
      read: async function* (afterSeq) {
        await touch();
        for (const group of [...groups]) if (group.firstSeq + group.count - 1 > afterSeq) yield group;
      },
      writeSnapshot: async (_seq, chunks, seal) => {
        let text = "";
        for await (const chunk of chunks) {
          await touch();
          text += chunk;
        }
        await touch();
        snapshots = [{ meta: seal(), text }, ...snapshots].slice(0, 2);
      },
      snapshots: async () => {
        await touch();
        return snapshots.map(({ meta }) => meta);
      },
      readSnapshot: async function* (meta) {
        await touch();
        yield snapshots.find((one) => one.meta.hash === meta.hash)!.text;
      },
      close: living,
    };
  };

  return {
    groups,
    store,
    arm: (next) => {
      fault = next;
      left = next.after;
    },
    disarm: () => {
      fault = undefined;
    },
    failures: () => failures,
    operations: () => operations,
    full,
    settle,
  };
};
