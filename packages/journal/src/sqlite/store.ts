import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { type SnapshotAhead, verifyAhead } from "../ahead.ts";
import { JournalError } from "../error.ts";
import type { Seq } from "../group.ts";
import type { Seal } from "../seal.ts";
import type { ReadGroup, Store } from "../store.ts";
import type { Answer, Answers, Durability, Request } from "./messages.ts";
import { snapshotFiles, syncFolder } from "./snapshot-files.ts";

export type SqliteStore = Store & {
  /** What the writing connection says of its settings. */
  durability(): Promise<Durability>;
};

type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

/**
 * A store in one folder: journal.db (SQLite, readable with any shell, also while in use), snapshots/, and the
 * lock that keeps a second process out. SQLite runs in a thread of its own; the event loop never waits for the
 * disk.
 */
export function sqliteStore(folder: string): SqliteStore {
  let worker: Worker | undefined;
  let broken: Error | undefined;
  const waiting: Waiting[] = [];

  function startWorker(): Worker {
    const started = new Worker(new URL("./worker.js", import.meta.url), { name: "journal" });
    started.on("message", (answer: Answer) => {
      const asked = waiting.shift()!;
      if ("value" in answer) asked.resolve(answer.value);
      else asked.reject(toError(answer.error));
    });
    started.on("error", breakOff);
    started.on("exit", () => {
      if (worker === started) breakOff(new Error("the journal's thread has ended"));
    });
    return started;
  }

  function breakOff(error: Error): void {
    broken ??= error;
    for (const asked of waiting.splice(0)) asked.reject(broken);
  }

  function ask<R extends Request>(request: R): Promise<Answers[R["ask"]]> {
    return new Promise<Answers[R["ask"]]>((resolve, reject) => {
      if (!worker || broken) return reject(broken ?? new Error("the store is not open"));
      waiting.push({ resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage(request);
    });
  }

  async function* read(afterSeq: Seq, by?: Seal): AsyncGenerator<ReadGroup> {
    const seal = by && { key: by.key };
    let portion = await ask({ ask: "read", fromNumber: await ask({ ask: "seek", afterSeq }), seal });
    while (portion.length > 0) {
      // The next portion is read while this one is worked on.
      const next = ask({ ask: "read", fromNumber: portion.at(-1)!.number + 1, seal });
      next.catch(() => {}); // Told below, unless the reader stops before.
      yield* portion;
      portion = await next;
    }
  }

  async function close(): Promise<void> {
    if (!worker) return;
    const ending = worker;
    try {
      if (!broken) await ask({ ask: "close" });
    } finally {
      worker = undefined;
      await ending.terminate();
    }
  }

  return {
    ...snapshotFiles(join(folder, "snapshots")),
    async open() {
      if (worker) throw new Error("open twice");
      await makeFolder(folder);
      worker = startWorker();
      try {
        return await ask({ ask: "open", folder });
      } catch (error) {
        await close();
        throw error;
      }
    },
    append: (group) => ask({ ask: "append", group }),
    read,
    durability: () => ask({ ask: "durability" }),
    close,
  };
}

/** Begins to verify the newest snapshot of this folder, whether or not it is in use; changes nothing there. */
export const sqliteAhead = (folder: string): SnapshotAhead =>
  verifyAhead(snapshotFiles(join(folder, "snapshots")));

async function makeFolder(folder: string): Promise<void> {
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncFolder(dirname(made));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JournalError("journal_unavailable", `the journal's folder cannot be made: ${why}`, { cause });
  }
}

function toError({ message, code, group }: Extract<Answer, { error: unknown }>["error"]): Error {
  if (code === undefined) return new Error(message);
  return new JournalError(code, message, group === undefined ? {} : { group });
}
