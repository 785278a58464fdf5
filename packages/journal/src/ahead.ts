import { isDeepStrictEqual } from "node:util";
import { snapshotFault } from "./snapshot.ts";
import type { ReadStore, SnapshotMeta } from "./store.ts";

/**
 * The newest snapshot, verified before its journal is open: that takes neither the journal's lock nor its key. Who made it, and
 * whether the journal knows it, is for the recovery to find out.
 */
export type SnapshotAhead = {
  /** Whether it was this snapshot and matched its hash. Waits for it. */
  isWhole(meta: SnapshotMeta): Promise<boolean>;
  /** Ends what is under way. */
  stop(): Promise<void>;
};

type Snapshots = Pick<ReadStore, "snapshots" | "readSnapshot">;

async function newestWhole(store: Snapshots, signal: AbortSignal): Promise<SnapshotMeta | undefined> {
  const [meta] = await store.snapshots();
  return meta && (await snapshotFault(store, meta, signal)) === undefined ? meta : undefined;
}

/**
 * Begins at once. What goes wrong is told by nobody here: without the lock another may be writing, and whoever has it then looks
 * at the snapshot again.
 * @param store one whose snapshots can be read before it is opened
 */
export function verifyAhead(store: Snapshots): SnapshotAhead {
  const stopping = new AbortController();
  const whole = newestWhole(store, stopping.signal).catch(() => undefined);
  return {
    isWhole: async (meta) => isDeepStrictEqual(await whole, meta),
    async stop() {
      stopping.abort();
      await whole;
    },
  };
}
