import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { CommandError } from "../failure.ts";

/** A call with a client_id, as far as it is known. */
export interface NotedCall {
  readonly fn: string;
  readonly clientId: string;
  /** A hash of its parameters. */
  readonly params: string;
}

/** What a wrapper remembers of calls that change something: on the disk before they go out. */
export interface CallNotes {
  /** Nothing was ever served from this folder. */
  readonly isNew: boolean;
  /** No call that was taken in earlier runs was signed later than this, in ms since 1970. */
  readonly lastNonceMs: number;
  /** When the last call was noted, by the clock of then. */
  readonly lastT: number;
  readonly takeNonce: (nonceMs: number, t: number) => void;
  /** `answer`: as JSON; undefined where none came, so that nobody knows what became of it. */
  readonly find: (
    fn: string,
    clientId: string,
  ) => { readonly params: string; readonly answer: string | undefined } | undefined;
  readonly begin: (call: NotedCall, t: number) => void;
  readonly answered: (fn: string, clientId: string, answer: string) => void;
  /** It was refused: the id can be used again. */
  readonly forget: (fn: string, clientId: string) => void;
  readonly close: () => void;
}

const FORMAT = 1;
/** As hubs keep client_ids. */
const KEPT_MS = 30 * 24 * 3_600_000;

const SCHEMA = `
  CREATE TABLE call (
    fn        TEXT NOT NULL,
    client_id TEXT NOT NULL,
    params    TEXT NOT NULL,
    t         INTEGER NOT NULL,
    answer    TEXT,
    PRIMARY KEY (fn, client_id)
  ) STRICT;
  CREATE INDEX call_by_t ON call (t);
  CREATE TABLE last (one INTEGER PRIMARY KEY CHECK (one = 1), nonce_ms INTEGER NOT NULL, t INTEGER NOT NULL) STRICT;
  INSERT INTO last VALUES (1, 0, 0)`;

/** One process at a time: the operating system drops the lock with the process, however that ends. */
const takeLock = (folder: string): InstanceType<typeof DatabaseSync> => {
  const lock = new DatabaseSync(join(folder, "lock"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch {
    lock.close();
    throw new CommandError("data_in_use", `Another process serves from ${folder}.`);
  }
};

/** Each change is on the disk when it returns. */
const open = (path: string): { db: InstanceType<typeof DatabaseSync>; isNew: boolean } => {
  const db = new DatabaseSync(path);
  try {
    const { user_version: format } = db.prepare("PRAGMA user_version").get() as { user_version: number };
    if (format > FORMAT)
      throw new CommandError("data_too_new", `${path} is of a later version of coinholder: use that one.`);
    db.exec("PRAGMA journal_mode = WAL");
    if (format === 0) db.exec(`BEGIN; ${SCHEMA}; PRAGMA user_version = ${FORMAT}; COMMIT`);
    // On macOS a plain fsync stops in the drive's cache. Nothing elsewhere.
    db.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
    return { db, isNew: format === 0 };
  } catch (error) {
    db.close();
    throw error;
  }
};

/** @param folder private; made before */
export const openCallNotes = (folder: string): CallNotes => {
  const lock = takeLock(folder);
  let opened: ReturnType<typeof open>;
  try {
    opened = open(join(folder, "calls.db"));
  } catch (error) {
    lock.close();
    throw error;
  }
  const { db, isNew } = opened;
  const last = db.prepare("SELECT nonce_ms, t FROM last").get() as { nonce_ms: number; t: number };
  const takeNonce = db.prepare("UPDATE last SET nonce_ms = max(nonce_ms, ?), t = max(t, ?)");
  const find = db.prepare("SELECT params, answer FROM call WHERE fn = ? AND client_id = ?");
  const begin = db.prepare("INSERT INTO call (fn, client_id, params, t) VALUES (?, ?, ?, ?)");
  const answered = db.prepare("UPDATE call SET answer = ? WHERE fn = ? AND client_id = ?");
  const forget = db.prepare("DELETE FROM call WHERE fn = ? AND client_id = ? AND answer IS NULL");
  const prune = db.prepare("DELETE FROM call WHERE t < ?");
  prune.run(last.t - KEPT_MS);
  let pruned = last.t;
  return {
    isNew,
    lastNonceMs: last.nonce_ms,
    lastT: last.t,
    takeNonce: (nonceMs, t) => void takeNonce.run(nonceMs, t),
    find: (fn, clientId) => {
      const row = find.get(fn, clientId) as { params: string; answer: string | null } | undefined;
      return row && { params: row.params, answer: row.answer ?? undefined };
    },
    begin: ({ fn, clientId, params }, t) => {
      if (t - pruned > 3_600_000) {
        prune.run(t - KEPT_MS);
        pruned = t;
      }
      begin.run(fn, clientId, params, t);
    },
    answered: (fn, clientId, answer) => void answered.run(answer, fn, clientId),
    forget: (fn, clientId) => void forget.run(fn, clientId),
    close: () => {
      db.close();
      lock.close();
    },
  };
};
