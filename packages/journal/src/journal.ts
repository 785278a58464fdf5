import type { SnapshotAhead } from "./ahead.ts";
import { damaged, JournalError } from "./error.ts";
import { type Head, headAt, isEntryText, makeGroup, type Seq } from "./group.ts";
import { type OnEntry, type Recovered, type Recovering, recover, replay } from "./recover.ts";
import { checkSeal, makeSeal, type Seal } from "./seal.ts";
import { type Lines, type Text, textOfLines, writeSnapshot } from "./snapshot.ts";
import type { SnapshotMeta, Store } from "./store.ts";
import { callGuarded, makeWaiters, type WhenDurable } from "./waiters.ts";

/** A group is closed at whichever it reaches first; a single longer entry is a group of its own. */
export const GROUP_ENTRIES = 10_000;
export const GROUP_CHARACTERS = 4 * 1024 * 1024;

/** So many are written at once, while who appends still appends: the disk works beside the processor then. */
export const ENOUGH = 256;

export type Journal = {
  /** The last number given out; 0 before the first. */
  readonly lastSeq: Seq;
  /** Every entry up to here is on disk. */
  readonly durableSeq: Seq;
  /** Where what is on disk ends. */
  readonly head: Head;
  /** Brings the state back. To be done once, before the first append. Errors: `journal_damaged`. */
  recover(into: Recovering): Promise<Recovered>;
  /** Reads every entry that is durable now, from 1, verifying the whole chain. Errors: `journal_damaged`. */
  verify(onEntry?: OnEntry): Promise<{ seq: Seq; groups: number }>;
  /**
   * Gives the entry (one line of text) its number and has it written with the next group.
   * Nothing may be answered before it is durable. Throws `journal_failed` after a failure.
   */
  append(entryText: string): Seq;
  /** Resolves when the entry is durable; rejects with `outcome_unknown` after a failure. */
  durable(seq: Seq): Promise<void>;
  /** The same without a promise; called at once when the entry is durable already. */
  whenDurable(seq: Seq, callback: WhenDurable): void;
  /** Called after every commit with the new `durableSeq`, after those who wait for single entries. */
  onDurable(callback: (seq: Seq) => void): void;
  /**
   * Called once, when an append has failed or the place was lost, at once if that was before: the process must end and start
   * again from what is on disk.
   */
  onFailure(callback: (error: JournalError) => void): void;
  /**
   * Writes a snapshot of the state after this entry, which must be durable. One at a time. The lines are pulled
   * while the disk writes: they must be those of that one moment. Rejects when it could not be written; the
   * journal and the snapshots before are not affected.
   */
  snapshot(seq: Seq, lines: Lines): Promise<SnapshotMeta>;
  /** The same with lines that were put together already: see `textOfLines`. */
  snapshotText(seq: Seq, text: Text): Promise<SnapshotMeta>;
  /** Waits until all that was appended is durable (or has failed) and frees the store. */
  close(): Promise<void>;
};

async function openSealed(store: Store, seal: Seal): Promise<Head> {
  const head = await store.open();
  if (head.number === 0) return { ...head, hash: seal.genesis };
  try {
    for await (const first of store.read(0)) {
      checkSeal(first, seal);
      break;
    }
    return head;
  } catch (error) {
    await store.close();
    throw error instanceof JournalError ? error : damaged(1, "cannot be read", error);
  }
}

/** `durable` once somebody waits for it: all of them for the same group. */
type Batch = { entries: string[]; characters: number; durable: Promise<void> | undefined };
const NOTHING_TO_WAIT_FOR = Promise.resolve();

/**
 * Opens the store. With a key every group and every snapshot is sealed with it, and those that are not are refused.
 * Errors: those of `Store.open`; `journal_sealed`, `journal_not_sealed`, `journal_key_wrong` where the journal was
 * begun otherwise.
 * @param options.key 32 bytes: the same ones for the life of the journal
 * @param options.ahead of the same store, to be recovered from; who began it stops it
 */
export async function openJournal(
  store: Store,
  options: { key?: Uint8Array; ahead?: SnapshotAhead | undefined } = {},
): Promise<Journal> {
  const seal = makeSeal(options.key);
  let head: Head = await openSealed(store, seal);
  let lastSeq = head.seq;
  let ready = false;
  let closing: Promise<void> | undefined;
  let failure: JournalError | undefined;
  /** What the failure comes of. */
  let reason: JournalError | undefined;
  /** Groups to be; the last one is still being filled. */
  const batches: Batch[] = [];
  /** Calls that come with the same turn of the event loop share the first group. */
  let gathering = false;
  let committing: Promise<void> | undefined;
  let snapshotting: Promise<SnapshotMeta> | undefined;
  const waiters = makeWaiters();
  const durableListeners: ((seq: Seq) => void)[] = [];
  const failureListeners: ((error: JournalError) => void)[] = [];

  /** Commits group after group until nothing waits. What arrives meanwhile goes into the next group. */
  async function commitAll(): Promise<void> {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const group = makeGroup(head, batch.entries, seal.hashGroup);
      try {
        await store.append(group);
      } catch (error) {
        fail(error);
        break;
      }
      if (failure) break; // The place was lost meanwhile: nothing may be answered.
      head = headAt(group);
      waiters.release(head.seq);
      for (const listener of durableListeners) callGuarded(() => listener(head.seq));
    }
    committing = undefined;
  }

  function commit(): void {
    gathering = false;
    if (!committing && batches.length > 0) committing = commitAll();
  }

  function fail(cause: unknown): void {
    if (failure) return;
    batches.length = 0;
    const why = cause instanceof Error ? cause.message : String(cause);
    failure = new JournalError("outcome_unknown", `the journal could not be written: ${why}`, { cause });
    waiters.failAll(failure);
    // Who has to end the process is told what ends it: that another has taken over is no outcome unknown.
    reason = cause instanceof JournalError ? cause : failure;
    for (const listener of failureListeners) callGuarded(() => listener(reason!));
  }

  store.onLost?.(fail);

  function append(entryText: string): Seq {
    if (failure) throw new JournalError("journal_failed", "the journal has failed", { cause: failure });
    if (!ready) throw new Error("append before recover");
    if (closing) throw new Error("append after close");
    if (!isEntryText(entryText)) throw new Error("an entry is one line of well-formed text");
    let batch = batches.at(-1);
    const full = batch && batch.entries.length >= GROUP_ENTRIES;
    if (!batch || full || batch.characters + entryText.length > GROUP_CHARACTERS) {
      batch = { entries: [], characters: 0, durable: undefined };
      batches.push(batch);
    }
    batch.entries.push(entryText);
    batch.characters += entryText.length + 1;
    lastSeq++;
    if (!committing) {
      if (batches[0]!.entries.length >= ENOUGH || batches.length > 1) commit();
      else if (!gathering) {
        gathering = true;
        setImmediate(commit);
      }
    }
    return lastSeq;
  }

  function whenDurable(seq: Seq, callback: WhenDurable): void {
    if (!(Number.isSafeInteger(seq) && seq >= 0 && seq <= lastSeq))
      throw new Error(`no entry ${seq} was appended`);
    if (seq <= head.seq) callback();
    else if (failure) callback(failure);
    else waiters.add(seq, callback);
  }

  function durable(seq: Seq): Promise<void> {
    if (seq <= head.seq && seq >= 0) return NOTHING_TO_WAIT_FOR;
    const batch = seq === lastSeq ? batches.at(-1) : undefined;
    if (batch?.durable) return batch.durable;
    const promise = new Promise<void>((resolve, reject) =>
      whenDurable(seq, (error) => (error ? reject(error) : resolve())),
    );
    if (batch) batch.durable = promise;
    return promise;
  }

  async function writeSnapshotAt(seq: Seq, text: Text): Promise<SnapshotMeta> {
    for await (const group of store.read(seq - 1)) {
      if (seal.hashGroup(group) !== group.hash) throw damaged(group.number, "does not match its hash");
      return writeSnapshot(store, seal, { seq, group: group.number, groupHash: group.hash }, text);
    }
    throw new Error(`entry ${seq} is not in the store`);
  }

  async function snapshotText(seq: Seq, text: Text): Promise<SnapshotMeta> {
    if (!(Number.isSafeInteger(seq) && seq >= 1 && seq <= head.seq))
      throw new Error(`entry ${seq} is not durable`);
    if (!ready || closing) throw new Error("a snapshot needs a journal that is recovered and open");
    if (snapshotting) throw new Error("a snapshot is being written");
    snapshotting = writeSnapshotAt(seq, text);
    try {
      return await snapshotting;
    } finally {
      snapshotting = undefined;
    }
  }

  async function drainAndClose(): Promise<void> {
    commit();
    await committing;
    await snapshotting?.catch(() => {}); // Its caller is told.
    await store.close();
  }

  return {
    get lastSeq() {
      return lastSeq;
    },
    get durableSeq() {
      return head.seq;
    },
    get head() {
      return head;
    },
    async recover(into) {
      if (ready) throw new Error("recover twice");
      const recovered = await recover(store, seal, head, into, options.ahead);
      ready = true;
      return recovered;
    },
    async verify(onEntry = () => {}) {
      const upTo = head;
      await replay(store, seal, upTo, undefined, onEntry);
      return { seq: upTo.seq, groups: upTo.number };
    },
    append,
    durable,
    whenDurable,
    onDurable: (callback) => void durableListeners.push(callback),
    onFailure(callback) {
      if (reason) callback(reason);
      else failureListeners.push(callback);
    },
    snapshot: (seq, lines) => snapshotText(seq, textOfLines(lines)),
    snapshotText,
    close() {
      closing ??= drainAndClose();
      return closing;
    },
  };
}
