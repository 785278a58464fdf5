import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { openJournal } from "../journal.ts";
import type { Recovered } from "../recover.ts";
import { entriesTo } from "./entries.ts";
import { fill, type Place, temporaryPlace } from "./place.ts";

/** Ten groups of ten entries, closed. */
export async function tenGroups(): Promise<Place> {
  const place = await temporaryPlace();
  const { journal } = await place.journal();
  await fill(journal, 100, 10);
  await journal.close();
  return place;
}

/** Entries to 100 with snapshots after 35 and 72: in the middle of groups 4 and 8. */
export async function withSnapshots(): Promise<Place> {
  const place = await temporaryPlace();
  const { journal } = await place.journal();
  await fill(journal, 40, 10);
  await journal.snapshot(35, entriesTo(35));
  await fill(journal, 80, 10);
  await journal.snapshot(72, entriesTo(72));
  await fill(journal, 100, 10);
  await journal.close();
  return place;
}

export async function recoverAll(place: Place): Promise<Recovered & { entries: string[]; loaded: number }> {
  const journal = await openJournal(place.store());
  try {
    let entries: string[] = [];
    let loaded = 0;
    const recovered = await journal.recover({
      async loadSnapshot(lines) {
        loaded++;
        entries = [];
        for await (const some of lines) entries.push(...some.split("\n"));
      },
      apply: (text, seq) => {
        expect(seq).toBe(entries.push(text));
      },
    });
    return { ...recovered, entries, loaded };
  } finally {
    await journal.close();
  }
}

export async function verifyAll(place: Place): Promise<{ seq: number; groups: number }> {
  const journal = await openJournal(place.store());
  try {
    return await journal.verify();
  } finally {
    await journal.close();
  }
}

export async function snapshotPaths(place: Place): Promise<string[]> {
  const folder = join(place.folder, "snapshots");
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}
