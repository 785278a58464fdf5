import { createHmac, timingSafeEqual } from "node:crypto";
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { BitcoinError } from "../errors.ts";
import type { Network } from "../network.ts";

// What the signer remembers, in a file that only the wallet's key can write: lines of `<seal> <JSON>`, each seal an HMAC-SHA256
// over the seal before and its own JSON. The first line says what the file is. A second file, `.head`, holds how many lines
// there are and the last seal, sealed itself: without it the last lines could be taken away unseen. It is written after
// each line, so after a crash the log may be one line ahead of it, and never behind. Nothing is ever taken out: a payment
// takes about 1 kB for good, a batch of 200 some 35 kB.

export type SignerLog = {
  /** What was appended before, oldest first. */
  readonly entries: readonly unknown[];
  /** Returns when the entry is on the disk. After a failure nothing can be appended any more. */
  readonly append: (entry: unknown) => void;
  readonly close: () => void;
};

type Options = { path: string; key: Uint8Array; network: Network; expected: boolean };
type Head = { count: number; seal: string };

const FIRST_SEAL = "00".repeat(32);
const LINE = /^([0-9a-f]{64}) (.*)$/s;
const HEAD = /^([0-9a-f]{64}) (\d+) ([0-9a-f]{64})\n$/;

const damaged = (path: string, reason: string, cause?: unknown): BitcoinError =>
  new BitcoinError("signer_log_damaged", `The signer's memory ${path} cannot be trusted: ${reason}`, {
    cause,
  });

const lineSeal = (key: Uint8Array, before: string, json: string): string =>
  createHmac("sha256", key).update(`line ${before} `).update(json).digest("hex");
const headSeal = (key: Uint8Array, { count, seal }: Head): string =>
  createHmac("sha256", key).update(`head ${count} ${seal}`).digest("hex");
const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

const headPath = (path: string): string => `${path}.head`;

const writeAll = (file: number, bytes: Buffer, position: number): void => {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
};

const syncFolder = (path: string): void => {
  if (process.platform === "win32") return; // cannot open folders
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

/** The new head takes the place of the old one whole. */
const writeHead = (path: string, key: Uint8Array, head: Head): void => {
  const temporary = `${headPath(path)}.tmp`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeAll(file, Buffer.from(`${headSeal(key, head)} ${head.count} ${head.seal}\n`), 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, headPath(path));
  syncFolder(path);
};

const readHead = (path: string, key: Uint8Array): Head | undefined => {
  if (!existsSync(headPath(path))) return undefined;
  const [, sealed, count, seal] = HEAD.exec(readFileSync(headPath(path), "latin1")) ?? [];
  if (sealed === undefined || count === undefined || seal === undefined)
    throw damaged(path, "its head cannot be read");
  const head = { count: Number(count), seal };
  if (!isSame(sealed, headSeal(key, head))) throw damaged(path, "its head is sealed by another key");
  return head;
};

type Lines = {
  entries: unknown[];
  seals: string[];
  /** The last one's bytes. */
  last: Buffer;
  /** Bytes of the lines: what follows is a torn one. */
  size: number;
};

/** `counted`: lines that the head knows of; undefined where there is no head, and the first line alone may be torn. */
const readLines = (path: string, key: Uint8Array, counted: number | undefined): Lines => {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const lines: Lines = { entries: [], seals: [], last: Buffer.alloc(0), size: 0 };
  // A file that has grown before all of its pages were written has zeros in their place, which are in no line.
  const isTorn = (): boolean =>
    counted !== undefined && lines.seals.length >= counted && bytes.includes(0, lines.size);
  for (let end = bytes.indexOf(10); end >= 0 && !isTorn(); end = bytes.indexOf(10, lines.size)) {
    const [, seal, json] = LINE.exec(bytes.toString("utf8", lines.size, end)) ?? [];
    const number = lines.seals.length + 1;
    if (seal === undefined || json === undefined) throw damaged(path, `line ${number} cannot be read`);
    if (!isSame(seal, lineSeal(key, lines.seals.at(-1) ?? FIRST_SEAL, json)))
      throw damaged(path, `line ${number} is not as it was written`);
    lines.entries.push(JSON.parse(json));
    lines.seals.push(seal);
    lines.last = bytes.subarray(lines.size, end + 1);
    lines.size = end + 1;
  }
  return lines;
};

/** Whether lines that were on the disk are gone. */
const assertWhole = (path: string, { seals }: Lines, head: Head | undefined): void => {
  if (head === undefined) {
    // Made, and stopped before there was a head: it has its first line at most.
    if (seals.length > 1) throw damaged(path, "its head is missing");
    return;
  }
  if (seals.length < head.count) throw damaged(path, "its last lines are missing");
  if (seals.length > head.count + 1) throw damaged(path, "its head is older than it can be");
  if (seals[head.count - 1] !== head.seal) throw damaged(path, "it is not the one that its head is of");
};

const assertOurs = (path: string, first: unknown, expected: object): void => {
  if (JSON.stringify(first) !== JSON.stringify(expected))
    throw damaged(path, "it is of another network or version");
};

/**
 * Opens the memory, or begins one. `expected`: payouts were made before, so that it must be there. Throws BitcoinError
 * `signer_log_damaged` for anything that this wallet did not write there, or that is missing, and `signer_log_missing`.
 */
export const openSignerLog = ({ path, key, network, expected }: Options): SignerLog => {
  const first = { format: "coinholder-signer", version: 1, network };
  const head = readHead(path, key);
  const lines = readLines(path, key, head?.count);
  assertWhole(path, lines, head);
  // Without a head it is one that was only just begun, or was made to look so.
  if (expected && head === undefined)
    throw new BitcoinError(
      "signer_log_missing",
      `The signer's memory ${path} is missing: bring it back from your backup`,
    );

  const file = openSync(path, existsSync(path) ? "r+" : "wx+", 0o600);
  let { size } = lines;
  let count = lines.seals.length;
  let seal = lines.seals.at(-1) ?? FIRST_SEAL;
  let failed = false;

  const write = (entry: unknown): void => {
    if (failed) throw new Error("the signer's memory could not be written before: nothing more is signed");
    failed = true; // until all is done
    if (fstatSync(file).size !== size) throw damaged(path, "something else writes to it");
    const json = JSON.stringify(entry);
    const next = lineSeal(key, seal, json);
    const line = Buffer.from(`${next} ${json}\n`);
    writeAll(file, line, size);
    fsyncSync(file);
    writeHead(path, key, { count: count + 1, seal: next });
    seal = next;
    size += line.length;
    count++;
    failed = false;
  };

  try {
    fchmodSync(file, 0o600);
    ftruncateSync(file, size);
    if (count === 0) write(first);
    else {
      assertOurs(path, lines.entries[0], first);
      // Where the process before could not sync its last line, the system takes it for written all the same: only writing it anew
      // brings it to the disk (https://wiki.postgresql.org/wiki/Fsync_Errors). Nothing was written behind one that was not synced.
      writeAll(file, lines.last, size - lines.last.length);
      fsyncSync(file);
      if (head?.count !== count) writeHead(path, key, { count, seal });
    }
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return { entries: lines.entries.slice(1), append: write, close: () => closeSync(file) };
};
