import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { concatBytes, equalBytes, sha256x2 } from "@scure/btc-signer/utils.js";
import type { Bytes } from "./hash.ts";

/** A file of records, each framed by its length and its checksum, that only grows (or is replaced as a whole). */
export type Log = {
  /** Written when this returns, so that it outlives the process; `sync` makes it outlive the machine. */
  append(record: Bytes): void;
  sync(): void;
  /** Puts these records in the place of all there are, at once. */
  replace(records: readonly Bytes[]): void;
  close(): void;
};

/** Four bytes of length, four of checksum: those of the double SHA-256, as in Bitcoin's own messages. */
const FRAME = 8;
/** A length beyond this is no length: the largest block takes 4 MB. */
const LONGEST_RECORD = 8_000_000;

function frame(record: Bytes): Bytes {
  const head = new Uint8Array(FRAME);
  new DataView(head.buffer).setUint32(0, record.length, true);
  head.set(sha256x2(record).subarray(0, 4), 4);
  return concatBytes(head, record);
}

type Frame = { readonly record: Bytes; readonly end: number };

function readFrame(file: Bytes, at: number): Frame | undefined {
  if (at + FRAME > file.length) return undefined;
  const length = new DataView(file.buffer, file.byteOffset).getUint32(at, true);
  const end = at + FRAME + length;
  if (length === 0 || length > LONGEST_RECORD || end > file.length) return undefined;
  const record = file.subarray(at + FRAME, end);
  return equalBytes(sha256x2(record).subarray(0, 4), file.subarray(at + 4, at + FRAME))
    ? { record, end }
    : undefined;
}

/**
 * Opens the log, making it if need be, and reads it. A last record that was cut off while being written is dropped.
 * Throws when a broken record is followed by more than its own length: then it isn't a torn end but damage.
 */
export function openLog(path: string): { log: Log; records: Bytes[] } {
  const isNew = !existsSync(path);
  let fd = openSync(path, "a+");
  if (isNew) syncFolder(path);
  const file = new Uint8Array(readFileSync(path));
  const records: Bytes[] = [];
  let end = 0;
  for (let next = readFrame(file, 0); next !== undefined; next = readFrame(file, end)) {
    records.push(next.record);
    end = next.end;
  }
  if (end < file.length) {
    if (!isTornEnd(file, end)) throw new Error(`${path} is damaged at byte ${end}: restore or remove it`);
    ftruncateSync(fd, end);
    fsyncSync(fd);
  }

  let broken: unknown;
  /** After a failed write nobody knows what stands in the file: nothing more may go behind it. */
  const guarded = (write: () => void): void => {
    if (broken !== undefined) throw new Error(`${path} could not be written before`, { cause: broken });
    try {
      write();
    } catch (error) {
      broken = error;
      throw error;
    }
  };
  const log: Log = {
    append: (record) => guarded(() => writeAll(fd, frame(record))),
    sync: () => guarded(() => fsyncSync(fd)),
    replace: (all) =>
      guarded(() => {
        const draft = openSync(`${path}.new`, "w");
        writeAll(draft, concatBytes(...all.map(frame)));
        fsyncSync(draft);
        closeSync(draft);
        renameSync(`${path}.new`, path);
        syncFolder(path);
        closeSync(fd);
        fd = openSync(path, "a+");
      }),
    close: () => closeSync(fd),
  };
  return { log, records };
}

/** A torn end: too short for the frame it begins, or nothing but the zeros of a file that grew before its content. */
function isTornEnd(file: Bytes, at: number): boolean {
  if (at + FRAME > file.length) return true;
  const length = new DataView(file.buffer, file.byteOffset).getUint32(at, true);
  return (
    (length > 0 && length <= LONGEST_RECORD && at + FRAME + length >= file.length) ||
    file.subarray(at).every((byte) => byte === 0)
  );
}

function writeAll(fd: number, bytes: Bytes): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** So that a new name in it outlives the machine too. */
function syncFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}
