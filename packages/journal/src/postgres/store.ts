import { mkdirSync } from "node:fs";
import { JournalError } from "../error.ts";
import { type Group, type Head, headAt } from "../group.ts";
import { checkHighWater, type HighWater, openHighWater } from "../sqlite/high-water.ts";
import type { Store } from "../store.ts";
import { parseAddress } from "./address.ts";
import { Failure } from "./failure.ts";
import { groupAt, insertGroup, lastHead, readGroups } from "./groups.ts";
import { type Link, type LinkOptions, openLink } from "./link.ts";
import { keepPlace, type Place, TIMING, type Timing, takePlace } from "./place.ts";
import { checkSettings, MIGRATIONS, migrate } from "./schema.ts";
import { snapshotTables } from "./snapshots.ts";

export type PostgresStoreOptions = {
  /** Folder on this machine that remembers where the journal ended, so that a database that went back is noticed. */
  readonly folder?: string;
  readonly timing?: Timing;
};

/** `writing` is for appends alone: they wait for nothing else. */
type Opened = { writing: Link; reading: Link; place: Place; highWater: HighWater | undefined };

/**
 * A store in a database of a PostgreSQL server, or of another that speaks its protocol and SQL. Commits wait for the server's
 * disk, and for its synchronous stand-bys where it has some. Throws `journal_unavailable` where the URL is no address.
 */
export function postgresStore(url: string, { folder, timing = TIMING }: PostgresStoreOptions = {}): Store {
  const address = parseAddress(url);
  const options: LinkOptions = { patience: timing.lease, check: checkSettings };
  let opened: Opened | undefined;
  /** Why nothing may be written any more. */
  let failure: JournalError | undefined;
  const listeners: ((error: JournalError) => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();

  function whenOpen(): Opened {
    if (!opened) throw new Error("the store is not open");
    return opened;
  }

  function lose(error: JournalError): void {
    failure ??= error;
    opened?.writing.destroy(error);
    opened?.reading.destroy(error);
    for (const listener of listeners.splice(0)) listener(error);
  }

  async function appendNow(group: Group): Promise<void> {
    if (failure) throw failure;
    const { writing, place, highWater } = whenOpen();
    try {
      await writing.run((session) => insertGroup(session, group, place.term));
    } catch (error) {
      failure ??= told(error);
    }
    // Also where it was written after all while the place was being lost: then it may not be answered.
    if (failure) throw failure;
    highWater?.write(headAt(group));
  }

  async function open(reading: Link): Promise<Head> {
    await reading.run((session) => migrate(session, MIGRATIONS, 1));
    const place = keepPlace(address, options, await takePlace(reading, timing), timing, lose);
    let highWater: HighWater | undefined;
    try {
      // The rest changes tables that somebody else may have been writing a moment ago.
      await reading.run((session) => migrate(session));
      const head = await reading.run(lastHead);
      if (folder !== undefined) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        highWater = openHighWater(folder);
        const mark = highWater.read();
        if (mark) checkHighWater(mark, head, await reading.run((session) => groupAt(session, mark.number)));
      }
      opened = { writing: openLink(address, options), reading, place, highWater };
      return head;
    } catch (error) {
      highWater?.close();
      await place.leave();
      throw error;
    }
  }

  return {
    ...snapshotTables(
      () => whenOpen().reading,
      () => whenOpen().place.term,
    ),
    async open() {
      if (opened) throw new Error("open twice");
      const reading = openLink(address, options);
      try {
        return await open(reading);
      } catch (error) {
        await reading.close();
        throw told(error);
      }
    },
    append(group) {
      const appended = last.then(() => appendNow(group));
      last = appended.catch(() => {}); // Its caller is told.
      return appended;
    },
    read: (afterSeq) => readGroups(whenOpen().reading, afterSeq),
    onLost: (callback) => void listeners.push(callback),
    async close() {
      if (!opened) return;
      const { writing, reading, place, highWater } = opened;
      await last;
      opened = undefined;
      await writing.close();
      await reading.close();
      await place.leave();
      highWater?.close();
    },
  };
}

/** What the server refuses (no room, no permission) has no code of the journal's own. */
function told(error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  if (error instanceof Failure) return new JournalError("journal_unavailable", error.message);
  throw error;
}
