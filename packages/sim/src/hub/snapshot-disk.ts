import { basename } from "node:path";
import type { Files, OpenFile } from "@coinholder/journal/testing";
import type { Prng } from "../prng.ts";
import type { Plant } from "./plants.ts";
import { torn } from "./tear.ts";

interface File {
  /** As it is read. */
  bytes: Buffer;
  /** As it was synced last. */
  synced: Buffer;
}

type Names = Map<string, File>;

/** The folder of snapshots: a file system in memory that forgets what was not synced, names as well as bytes. */
export interface SnapshotDisk {
  /** As one life sees it. @param touch is called before each read and write; they may fail, or the machine die */
  readonly seenBy: (touch: () => Promise<void>) => Files;
  /** The power goes. */
  readonly lose: (random: Prng) => void;
}

const missing = (path: string): Error =>
  Object.assign(new Error(`ENOENT: no such file, ${path}`), { code: "ENOENT" });

export const makeSnapshotDisk = ({
  neverSyncsSnapshots,
}: Pick<Plant, "neverSyncsSnapshots"> = {}): SnapshotDisk => {
  let names: Names = new Map();
  let synced: Names = new Map();
  /** What was done to names since the folder was synced, in order. */
  let changes: ((of: Names) => void)[] = [];
  const change = (one: (of: Names) => void): void => {
    one(names);
    changes.push(one);
  };
  const found = (path: string): File => {
    const file = names.get(basename(path));
    if (!file) throw missing(path);
    return file;
  };

  const openFile = (file: File, touch: () => Promise<void>): OpenFile => {
    const sync = async (): Promise<void> => {
      await touch();
      if (!neverSyncsSnapshots) file.synced = file.bytes;
    };
    return {
      write: async (bytes, from, length, position) => {
        await touch();
        const longer = Buffer.alloc(Math.max(file.bytes.length, position + length));
        file.bytes.copy(longer);
        longer.set(bytes.subarray(from, from + length), position);
        file.bytes = longer;
        return { bytesWritten: length };
      },
      read: async (into, from, length, position) => {
        await touch();
        const bytes = file.bytes.subarray(position, position + length);
        into.set(bytes, from);
        return { bytesRead: bytes.length };
      },
      datasync: sync,
      sync,
      close: async () => {},
    };
  };

  const openFolder = (touch: () => Promise<void>): OpenFile => ({
    ...openFile({ bytes: Buffer.alloc(0), synced: Buffer.alloc(0) }, touch),
    sync: async () => {
      await touch();
      synced = new Map(names);
      changes = [];
    },
  });

  const seenBy: SnapshotDisk["seenBy"] = (touch) => ({
    mkdir: async () => undefined,
    open: async (path, flags) => {
      const name = basename(path);
      if (!name.includes(".")) return openFolder(touch);
      if (flags === "r") return openFile(found(path), touch);
      const had = names.get(name);
      const file = had ?? { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
      if (had) had.bytes = Buffer.alloc(0);
      else change((of) => of.set(name, file));
      return openFile(file, touch);
    },
    readdir: async () => {
      await touch();
      return [...names.keys()];
    },
    rename: async (from, to) => {
      await touch();
      const file = found(from);
      change((of) => {
        of.delete(basename(from));
        of.set(basename(to), file);
      });
    },
    rm: async (path) => {
      await touch();
      found(path);
      change((of) => of.delete(basename(path)));
    },
    createReadStream: async function* (path, { start, highWaterMark }) {
      await touch();
      const { bytes } = found(path);
      for (let at = start; at < bytes.length; at += highWaterMark)
        yield bytes.subarray(at, Math.min(at + highWaterMark, bytes.length));
    },
  });

  return {
    seenBy,
    lose: (random) => {
      // A file system keeps what was done to names in order.
      for (const one of changes.slice(0, random.between(0, changes.length))) one(synced);
      names = new Map(synced);
      changes = [];
      for (const file of new Set(names.values())) {
        file.bytes = torn(file.synced, file.bytes, random);
        file.synced = file.bytes;
      }
    },
  };
};
