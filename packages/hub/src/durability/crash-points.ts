import fs from "node:fs";
import http from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import threads, { type WorkerOptions } from "node:worker_threads";

/**
 * A write of a hub that outlives it: a group of the journal committed; the signer's files written, synced and put in
 * their place; a transaction offered to the node (sent, then answered).
 */
export type Write = "journal" | "signer write" | "signer sync" | "signer rename" | "offer" | "offer answered";

/**
 * Calls back right after every such write, before any of the hub's own code hears of it. Node's own functions are
 * replaced, so that the hub under test is the very one that runs elsewhere; to be called before the hub is loaded.
 * @param signer path with which the names of the signer's files begin
 */
export const watchWrites = (signer: string, onWrite: (write: Write) => void): void => {
  watchJournal(onWrite);
  watchFiles(signer, onWrite);
  watchNode(onWrite);
  syncBuiltinESMExports();
};

let journalMs = 0;

/** From now on all that is asked of the journal's thread waits for so long first, as on a disk that is slow. */
export const slowJournal = (ms: number): void => {
  journalMs = ms;
};

/** The journal writes in a thread of its own; what it answers to an append is told to nobody before. */
const watchJournal = (onWrite: (write: Write) => void): void => {
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    readonly #asked: unknown[] | undefined;
    #before: Promise<unknown> = Promise.resolve();
    constructor(file: string | URL, options?: WorkerOptions) {
      super(file, options);
      this.#asked = options?.name === "journal" ? [] : undefined;
    }
    override postMessage(request: { ask?: unknown }): void {
      const post = (): void => {
        this.#asked?.push(request.ask);
        super.postMessage(request);
      };
      if (this.#asked === undefined || journalMs === 0) post();
      else this.#before = this.#before.then(() => sleep(journalMs)).then(post);
    }
    override emit(event: string | symbol, ...values: unknown[]): boolean {
      if (event === "message" && this.#asked?.shift() === "append") onWrite("journal");
      return super.emit(event, ...values);
    }
  } as typeof Worker;
};

const watchFiles = (path: string, onWrite: (write: Write) => void): void => {
  const { openSync, closeSync, renameSync } = fs;
  const open = new Set<number>();
  fs.openSync = (at, ...more) => {
    const file = openSync(at, ...more);
    if (String(at).startsWith(path)) open.add(file);
    return file;
  };
  fs.closeSync = (file) => {
    open.delete(file);
    closeSync(file);
  };
  fs.renameSync = (from, to) => {
    renameSync(from, to);
    if (String(to).startsWith(path)) onWrite("signer rename");
  };
  const after = (name: "writeSync" | "fsyncSync" | "fdatasyncSync", write: Write): void => {
    const original = fs[name] as (file: number, ...more: unknown[]) => unknown;
    (fs as unknown as Record<string, typeof original>)[name] = (file, ...more) => {
      const result = original(file, ...more);
      if (open.has(file)) onWrite(write);
      return result;
    };
  };
  after("writeSync", "signer write");
  after("fsyncSync", "signer sync");
  after("fdatasyncSync", "signer sync");
};

const watchNode = (onWrite: (write: Write) => void): void => {
  const { request } = http;
  http.request = ((...given: Parameters<typeof request>) => {
    const sent = request(...given);
    const end = sent.end.bind(sent);
    sent.end = ((body?: unknown) => {
      if (typeof body === "string" && body.includes('"sendrawtransaction"')) {
        sent.once("finish", () => onWrite("offer"));
        sent.prependOnceListener("response", () => onWrite("offer answered"));
      }
      return end(body);
    }) as typeof sent.end;
    return sent;
  }) as typeof request;
};
