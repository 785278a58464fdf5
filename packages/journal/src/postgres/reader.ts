import type { ReadStore } from "../store.ts";
import { readGroups } from "./groups.ts";
import { openLink } from "./link.ts";
import { TIMING } from "./place.ts";
import { snapshotTables } from "./snapshots.ts";

/** Reads what a `postgresStore` of the same URL writes, on a connection of its own. */
export function postgresReader(url: string): ReadStore {
  const link = openLink(url, { patience: TIMING.lease });
  const { snapshots, readSnapshot } = snapshotTables(
    () => link,
    () => {
      throw new Error("a reader writes nothing");
    },
  );
  return { read: (afterSeq) => readGroups(link, afterSeq), snapshots, readSnapshot, close: link.close };
}
