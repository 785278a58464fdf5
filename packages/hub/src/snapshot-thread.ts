import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { dump } from "@coinholder/engine";
import { type Head, recoverAt, textOfLines } from "@coinholder/journal";
import { recovering } from "./recover.ts";
import { openHubReader, type StorePlace } from "./store.ts";

/**
 * The thread that makes the text of a snapshot: it brings the state back from the snapshot before and the journal, as a start would, so
 * that the one that serves goes on meanwhile. Each message asks for the next chunk; `undefined` ends them.
 */
export interface SnapshotOf {
  readonly place: StorePlace;
  readonly key: Uint8Array;
  /** The state after this is wanted. */
  readonly head: Head;
}

/** On Linux a thread can be nicer than its process; elsewhere this would slow down the whole hub. */
const NICE = 10;
if (process.platform === "linux") setPriority(NICE);

async function* text({ place, key, head }: SnapshotOf): AsyncGenerator<string> {
  const store = openHubReader(place);
  try {
    const into = recovering();
    await recoverAt(store, { head, key }, into);
    yield* textOfLines(dump(into.state()));
  } finally {
    await store.close();
  }
}

const chunks = text(workerData as SnapshotOf);
parentPort!.on("message", async () => {
  const { value } = await chunks.next();
  parentPort!.postMessage(value);
  if (value === undefined) parentPort!.close();
});
