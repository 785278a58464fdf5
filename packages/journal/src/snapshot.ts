import { createHash, type Hash } from "node:crypto";
import type { Seal } from "./seal.ts";
import type { SnapshotMeta, SnapshotPosition, Store } from "./store.ts";

/** Text is handed to the store in chunks of about this many characters: the event loop turns between two. */
const CHUNK_CHARACTERS = 256 * 1024;

const TAG = "coinholder/snapshot/1\n";

/** Lines of text from anywhere, none of them with a newline inside. */
export type Lines = Iterable<string> | AsyncIterable<string>;

/** Writes the lines as a snapshot of the state at this position. */
export async function writeSnapshot(
  store: Store,
  seal: Seal,
  position: SnapshotPosition,
  lines: Lines,
): Promise<SnapshotMeta> {
  const hash = startHash(position);
  let meta: SnapshotMeta | undefined;
  await store.writeSnapshot(position.seq, hashedChunks(lines, hash), () => {
    const digest = hash.digest("hex");
    const sealed = seal.snapshot(position, digest);
    meta = { ...position, hash: digest, ...(sealed !== undefined && { seal: sealed }) };
    return meta;
  });
  return meta!;
}

/** Why the snapshot cannot be used, or undefined when its text matches its hash. Reads all of it. */
export async function snapshotFault(store: Store, meta: SnapshotMeta): Promise<string | undefined> {
  const hash = startHash(meta);
  try {
    for await (const chunk of store.readSnapshot(meta)) hash.update(chunk, "utf8");
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  return hash.digest("hex") === meta.hash ? undefined : "does not match its hash";
}

/** The snapshot's lines. Throws at the end when the text differs from the hash (the disk changed under us). */
export async function* snapshotLines(store: Store, meta: SnapshotMeta): AsyncGenerator<string> {
  const hash = startHash(meta);
  let rest = "";
  for await (const chunk of store.readSnapshot(meta)) {
    hash.update(chunk, "utf8");
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (hash.digest("hex") !== meta.hash) throw new Error(`snapshot ${meta.seq} changed while it was read`);
}

async function* hashedChunks(lines: Lines, hash: Hash): AsyncGenerator<string> {
  let waiting: string[] = [];
  let characters = 0;
  const take = (): string => {
    const chunk = waiting.join("");
    waiting = [];
    characters = 0;
    hash.update(chunk, "utf8");
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
