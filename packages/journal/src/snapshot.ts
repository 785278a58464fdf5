import { isAscii } from "node:buffer";
import { createHash, type Hash } from "node:crypto";
import type { Seal } from "./seal.ts";
import type { ReadStore, SnapshotMeta, SnapshotPosition, Store } from "./store.ts";

/** Text is handed to the store in chunks of about this many characters: the event loop turns between two. */
const CHUNK_CHARACTERS = 256 * 1024;

const TAG = "coinholder/snapshot/1\n";

/** Lines of text from anywhere, none of them with a newline inside. */
export type Lines = Iterable<string> | AsyncIterable<string>;

/** Text of lines, each ended by a newline. */
export type Text = Iterable<string> | AsyncIterable<string>;

/** Writes the text as a snapshot of the state at this position. */
export async function writeSnapshot(
  store: Store,
  seal: Seal,
  position: SnapshotPosition,
  text: Text,
): Promise<SnapshotMeta> {
  const hash = startHash(position);
  let meta: SnapshotMeta | undefined;
  await store.writeSnapshot(position.seq, hashed(text, hash), () => {
    const digest = hash.digest("hex");
    const sealed = seal.snapshot(position, digest);
    meta = { ...position, hash: digest, ...(sealed !== undefined && { seal: sealed }) };
    return meta;
  });
  return meta!;
}

/**
 * Why the snapshot cannot be used, or undefined when its text matches its hash. Reads all of it, unless the signal comes: that
 * is a fault, too.
 */
export async function snapshotFault(
  store: Pick<ReadStore, "readSnapshot">,
  meta: SnapshotMeta,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const hash = startHash(meta);
  try {
    for await (const chunk of store.readSnapshot(meta)) {
      signal?.throwIfAborted();
      hash.update(chunk); // Strings as UTF-8.
    }
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  return hash.digest("hex") === meta.hash ? undefined : "does not match its hash";
}

/** Its first line, empty where it has none; what it is of is not verified here. */
export async function snapshotFirstLine(store: ReadStore, meta: SnapshotMeta): Promise<string> {
  for await (const lines of wholeLines(store.readSnapshot(meta))) return lines.split("\n", 1)[0]!;
  return "";
}

/**
 * The snapshot's lines, many at a time joined by newlines. Throws at the end when the text differs from the hash (the disk
 * changed under us).
 */
export async function* snapshotLines(store: ReadStore, meta: SnapshotMeta): AsyncGenerator<string> {
  const hash = startHash(meta);
  async function* hashed(): AsyncGenerator<Uint8Array | string> {
    for await (const chunk of store.readSnapshot(meta)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  yield* wholeLines(hashed());
  if (hash.digest("hex") !== meta.hash) throw new Error(`snapshot ${meta.seq} changed while it was read`);
}

const NEWLINE = 0x0a;

/** Cuts at newlines, of which the last one of each piece is left out. What follows the very last one is left out, too. */
async function* wholeLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  let begun: Uint8Array[] = [];
  for await (const given of chunks) {
    const chunk = typeof given === "string" ? Buffer.from(given, "utf8") : given;
    let from = 0;
    if (begun.length > 0) {
      // Only a line that goes over the edge of a chunk is put together.
      const end = chunk.indexOf(NEWLINE);
      begun.push(end < 0 ? chunk : chunk.subarray(0, end));
      if (end < 0) continue;
      yield textOf(Buffer.concat(begun));
      begun = [];
      from = end + 1;
    }
    const end = chunk.lastIndexOf(NEWLINE);
    if (end >= from) {
      yield textOf(chunk.subarray(from, end));
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
}

/** Nearly all of it is ASCII, which is decoded in half the time as Latin-1. */
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string => {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
};

async function* hashed(text: Text, hash: Hash): AsyncGenerator<string> {
  for await (const chunk of text) {
    hash.update(chunk, "utf8");
    yield chunk;
  }
}

/** The lines in chunks of text. Throws where one has a newline inside. */
export async function* textOfLines(lines: Lines): AsyncGenerator<string> {
  let waiting: string[] = [];
  let characters = 0;
  const take = (): string => {
    const chunk = waiting.join("");
    waiting = [];
    characters = 0;
    return chunk;
  };
  for await (const line of lines) {
    if (line.includes("\n")) throw new Error("a line of a snapshot has a newline inside");
    waiting.push(line, "\n");
    characters += line.length + 1;
    if (characters >= CHUNK_CHARACTERS) yield take();
  }
  if (characters > 0) yield take();
}

/** The position is hashed before the text, so that a snapshot cannot pass for one of another moment. */
function startHash(position: SnapshotPosition): Hash {
  const { seq, group, groupHash } = position;
  return createHash("sha256").update(`${TAG}${seq} ${group} ${groupHash}\n`, "utf8");
}
