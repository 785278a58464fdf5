import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Head } from "@coinholder/journal";
import type { SnapshotOf } from "./snapshot-thread.ts";
import type { StorePlace } from "./store.ts";

/** Text of a snapshot of the state after `head`. Throws at once when the signal comes: what is cut off must not pass for a whole. */
export type SnapshotText = (head: Head, signal: AbortSignal) => AsyncGenerator<string>;

/** What is new in a shadow's memory nearly all stays: a small young generation would only be copied around. */
const YOUNG_MB = 64;

/**
 * Has the text made by a thread of its own, out of what is on disk. While it works it takes as much memory as the state does.
 * @param key the journal's
 */
export const textByThread = ({ data, store }: StorePlace, key: Uint8Array): SnapshotText =>
  async function* (head, signal) {
    const thread = new Worker(new URL("./snapshot-thread.js", import.meta.url), {
      name: "snapshot",
      workerData: { place: { data, store }, key, head } satisfies SnapshotOf,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    const gone = once(thread, "exit").then(([code]) => {
      throw new Error(`the thread that makes a snapshot ended with ${code}`);
    });
    gone.catch(() => {}); // Also the usual end.
    const stop = (): void => void thread.terminate();
    signal.addEventListener("abort", stop);
    try {
      signal.throwIfAborted();
      for (;;) {
        thread.postMessage("more");
        // `once` rejects with what the thread throws.
        const [chunk] = (await Promise.race([once(thread, "message"), gone])) as [string | undefined];
        if (chunk === undefined) return;
        yield chunk;
      }
    } finally {
      signal.removeEventListener("abort", stop);
      await thread.terminate();
    }
  };
