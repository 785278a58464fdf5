import type { SnapshotAhead } from "./ahead.ts";
import { type Anchor, readChain } from "./chain.ts";
import { damaged, JournalError } from "./error.ts";
import type { Head, Seq } from "./group.ts";
import type { Seal } from "./seal.ts";
import { snapshotFault, snapshotFirstLine, snapshotLines } from "./snapshot.ts";
import type { ReadStore, SnapshotMeta } from "./store.ts";

/** A promise says «not so fast»: the next entry comes when it resolves. */
export type OnEntry = (entryText: string, seq: Seq) => void | Promise<void>;

export type Recovering = {
  /** Why a snapshot that begins with this line cannot be loaded (another form of it), or undefined where it can. */
  formFault?(firstLine: string): string | undefined;
  /** Called with each snapshot that is passed over, at once: the replay that takes its place can be long. */
  onPassedOver?(seq: Seq, reason: string): void;
  /** Makes the lines the state; they come many at a time, joined by newlines. Called at most once, before any `apply`. */
  loadSnapshot(lines: AsyncIterable<string>, meta: SnapshotMeta): Promise<void>;
  /** Called with what comes next, before each of them is applied: a group's entries, or up to a hundred of them. */
  ahead?(entries: readonly string[]): void;
  /** Applies one entry. Called with every seq after the snapshot (or from 1), in order; a promise is waited for. */
  apply: OnEntry;
};

export type Recovered = {
  /** The last entry of the journal; 0 when it is empty. */
  seq: Seq;
  /** The snapshot that was loaded; 0 when none was. */
  snapshotSeq: Seq;
  /** How many entries were applied. */
  replayed: number;
  /** Snapshots that were passed over, being damaged or of another form, newest first: worth a line in the log. */
  passedOver: { seq: Seq; reason: string }[];
};

/**
 * Brings back the state: newest undamaged snapshot, then every entry after it.
 * A snapshot that is damaged or of another form is passed over, since the journal can do without; anything else that
 * does not fit is `journal_damaged`, and so is an undamaged snapshot that the journal contradicts or does not reach, or that was
 * written by somebody without the journal's key.
 * @param ahead where the newest snapshot's hash was made already
 */
export async function recover(
  store: ReadStore,
  seal: Seal,
  head: Head,
  into: Recovering,
  ahead?: SnapshotAhead,
): Promise<Recovered> {
  const passedOver: Recovered["passedOver"] = [];
  let snapshot: SnapshotMeta | undefined;
  for (const meta of await store.snapshots()) {
    let reason = (await ahead?.isWhole(meta)) ? undefined : await snapshotFault(store, meta);
    if (reason === undefined) {
      checkSnapshotSeal(seal, meta);
      await checkAnchor(store, seal, head, meta);
      reason = into.formFault?.(await snapshotFirstLine(store, meta));
    }
    if (reason === undefined) {
      snapshot = meta;
      break;
    }
    passedOver.push({ seq: meta.seq, reason });
    into.onPassedOver?.(meta.seq, reason);
  }
  if (snapshot) await into.loadSnapshot(snapshotLines(store, snapshot), snapshot);
  const snapshotSeq = snapshot?.seq ?? 0;
  const replayed = await replay(store, seal, head, snapshot, into.apply, into.ahead);
  return { seq: head.seq, snapshotSeq, replayed, passedOver };
}

/** Entries that are told ahead together. */
const PORTION = 100;

/** Calls `onEntry` with every entry after the anchor (or from 1) up to the head, each group verified first. */
export async function replay(
  store: ReadStore,
  seal: Seal,
  head: Head,
  anchor: Anchor | undefined,
  onEntry: OnEntry,
  ahead?: Recovering["ahead"],
): Promise<number> {
  const from = anchor?.seq ?? 0;
  for await (const group of readChain(store, seal, head, anchor)) {
    const entries = group.data.split("\n").slice(Math.max(0, from + 1 - group.firstSeq));
    let seq = Math.max(from + 1, group.firstSeq);
    for (let at = 0; at < entries.length; at += PORTION) {
      const portion = entries.length <= PORTION ? entries : entries.slice(at, at + PORTION);
      ahead?.(portion);
      for (const entry of portion) {
        const wait = onEntry(entry, seq++);
        if (wait) await wait;
      }
    }
  }
  return head.seq - from;
}

/** A disk that fails does not make hashes that fit: an undamaged snapshot without the right seal was put there. */
function checkSnapshotSeal(seal: Seal, { seq, hash, seal: given, ...position }: SnapshotMeta): void {
  const right = seal.snapshot({ seq, ...position }, hash);
  if (right === undefined || right === given) return;
  throw new JournalError(
    "journal_damaged",
    `the snapshot at entry ${seq} was not written with the journal's key: somebody has changed the data folder`,
  );
}

/** Before anything is loaded: does the journal know the group that the snapshot was made at? */
async function checkAnchor(store: ReadStore, seal: Seal, head: Head, snapshot: SnapshotMeta): Promise<void> {
  if (snapshot.seq > head.seq) {
    throw damaged(
      head.number + 1,
      `is missing: a snapshot was made at entry ${snapshot.seq}, the last is ${head.seq}`,
    );
  }
  for await (const _verified of readChain(store, seal, head, snapshot)) return;
}
