import { join } from "node:path";
import type { Seq } from "../group.ts";
import type { SnapshotMeta, Store } from "../store.ts";
import { type Files, type OpenFile, systemFiles } from "./files.ts";

/**
 * Snapshots are files of their own, so that writing hundreds of megabytes never holds up a commit:
 * `snapshot-<seq>.txt`, a line of JSON that describes it, padded to 512 bytes, then the text. One is written
 * under another name, synced and renamed, so what has the name is whole or damaged later.
 */
const HEADER_BYTES = 512;
const KEEP = 2;
const PART = "snapshot.part";
/** Synced every so often, so that a commit's sync never waits for hundreds of megabytes at once. */
const SYNC_BYTES = 8 * 1024 * 1024;
/** Node keeps texts of a megabyte and more outside of V8's heap, until the next full collection. */
const READ_BYTES = 512 * 1024;

type SnapshotFiles = Pick<Store, "writeSnapshot" | "snapshots" | "readSnapshot">;

export function snapshotFiles(folder: string, files: Files = systemFiles): SnapshotFiles {
  const pathOf = (seq: Seq): string => join(folder, nameOf(seq));

  async function listed(): Promise<Seq[]> {
    const names = await files.readdir(folder).catch(ifMissing);
    const seqs = names.flatMap((name) => seqOf(name) ?? []);
    return seqs.sort((a, b) => b - a);
  }

  return {
    async writeSnapshot(seq, chunks, seal) {
      await files.mkdir(folder, { recursive: true, mode: 0o700 });
      const part = join(folder, PART);
      const file = await files.open(part, "w", 0o600);
      try {
        await writeText(file, chunks);
        const header = Buffer.from(`${JSON.stringify(seal()).padEnd(HEADER_BYTES - 1)}\n`, "latin1");
        await file.write(header, 0, header.length, 0);
        await file.sync();
      } catch (error) {
        await file.close();
        // On a full disk it has all the room there is, and the journal could not go on.
        await files.rm(part).catch(() => {});
        throw error;
      }
      await file.close();
      await files.rename(part, pathOf(seq));
      await syncFolder(folder, files);
      for (const old of (await listed()).slice(KEEP)) await files.rm(pathOf(old));
    },
    async snapshots() {
      const metas: SnapshotMeta[] = [];
      for (const seq of await listed()) metas.push(await readHeader(pathOf(seq), seq, files));
      return metas;
    },
    readSnapshot: (meta) =>
      files.createReadStream(pathOf(meta.seq), {
        start: HEADER_BYTES,
        highWaterMark: READ_BYTES,
      }),
  };
}

async function writeText(file: OpenFile, chunks: AsyncIterable<string>): Promise<void> {
  let position = HEADER_BYTES;
  let unsynced = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk, "utf8");
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position);
      at += bytesWritten;
      position += bytesWritten;
    }
    unsynced += bytes.length;
    if (unsynced >= SYNC_BYTES) {
      await file.datasync();
      unsynced = 0;
    }
  }
}

async function readHeader(path: string, seq: Seq, files: Files): Promise<SnapshotMeta> {
  const nothingMatches: SnapshotMeta = { seq, group: 0, groupHash: "", hash: "" };
  const file = await files.open(path, "r");
  try {
    const bytes = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await file.read(bytes, 0, HEADER_BYTES, 0);
    const meta = JSON.parse(bytes.toString("latin1", 0, bytesRead)) as SnapshotMeta;
    return meta.seq === seq ? meta : nothingMatches;
  } catch {
    return nothingMatches;
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder as durable as the files. Windows neither needs nor allows it. */
export async function syncFolder(folder: string, files: Files): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await files.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ifMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

// Sixteen digits: every safe integer, and the listing of the folder is in order.
const nameOf = (seq: Seq): string => `snapshot-${String(seq).padStart(16, "0")}.txt`;

function seqOf(name: string): Seq | undefined {
  const digits = /^snapshot-(\d{16})\.txt$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
