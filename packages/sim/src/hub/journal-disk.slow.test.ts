import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { GENESIS, type Group, hashGroup } from "@coinholder/journal";
import { expect, onTestFinished, test } from "vitest";
import { prng } from "../prng.ts";
import { type End, type JournalDisk, openJournalDisk } from "./journal-disk.ts";
import type { Plant } from "./plants.ts";
import { quickFolder } from "./quick-folder.ts";

const SEEDS = 80;

const groups: Group[] = [];
for (let number = 1; number <= 30; number++) {
  const data = JSON.stringify({ number, filling: "x".repeat((number * 1237) % 9000) });
  const group = { number, firstSeq: number, count: 1, prev: groups.at(-1)?.hash ?? GENESIS, data };
  groups.push({ ...group, hash: hashGroup(group) });
}

const newDisk = (seed: number, plant: Plant = {}) => {
  const root = mkdtempSync(join(quickFolder(), "coinholder-disk-"));
  const disk = openJournalDisk(join(root, "journal"), prng(seed), plant);
  onTestFinished(() => {
    disk.release();
    rmSync(root, { recursive: true });
  });
  return disk;
};

const opened = (disk: JournalDisk): number => {
  const { head, finished } = disk.open();
  finished();
  return head.number;
};

const power: End = { powerGoes: true, doubtful: [], syncFailed: false };

/** Ten groups are safe; with the eleventh the life ends so. Answers how many the next one finds. */
const leftAfter = (seed: number, end: (group: Group) => End, plant: Plant = {}): number => {
  const disk = newDisk(seed, plant);
  opened(disk);
  for (const group of groups.slice(0, 10)) disk.append(group);
  disk.end(end(groups[10]!), prng(seed));
  const left = disk.groups();
  expect(left).toEqual(groups.slice(0, left.length));
  return left.length;
};

test("a power cut in a write leaves what was safe, and of the rest all or nothing", () => {
  for (const kept of [true, false]) {
    const found = new Set<number>();
    for (let seed = 0; seed < SEEDS; seed++)
      found.add(leftAfter(seed, (group) => ({ ...power, doubtful: [{ group, kept }] })));
    expect([...found].sort()).toEqual(kept ? [11] : [10, 11]);
  }
});

test("a power cut while it opens loses nothing, however often", () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const disk = newDisk(seed);
    opened(disk);
    for (const group of groups.slice(0, 10)) disk.append(group);
    disk.end(
      { powerGoes: false, doubtful: [{ group: groups[10]!, kept: true }], syncFailed: true },
      prng(seed),
    );
    for (let time = 1; time <= 3; time++) {
      disk.open();
      disk.end(power, prng(1000 * time + seed));
    }
    const found = disk.groups();
    expect([10, 11], `seed ${seed}`).toContain(found.length);
    expect(found).toEqual(groups.slice(0, found.length));
  }
});

test("a store that does not sync loses what was safe", () => {
  const lost = (seed: number): boolean => {
    try {
      return leftAfter(seed, () => power, { neverSyncs: true }) < 10;
    } catch (error) {
      // Or its mark tells.
      return (error as { code?: string }).code === "journal_damaged";
    }
  };
  expect(Array.from({ length: 20 }, (_, seed) => lost(seed))).toContain(true);
});

test.for([true, false])(
  "what a process has seen after its predecessor could not sync it (told: %s) is there for ever",
  (syncFailed) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const disk = newDisk(seed);
      opened(disk);
      for (const group of groups.slice(0, 10)) disk.append(group);
      disk.end({ powerGoes: false, doubtful: [{ group: groups[10]!, kept: true }], syncFailed }, prng(seed));
      expect(opened(disk)).toBe(11);
      // Whoever asks now is answered about all eleven.
      const more = seed % 3;
      for (const group of groups.slice(11, 11 + more)) disk.append(group);
      disk.end(power, prng(seed + 1000));
      expect(disk.groups(), `seed ${seed}`).toEqual(groups.slice(0, 11 + more));
    }
  },
);

test("a power cut while it closes, or after it, loses nothing", () => {
  for (const isSafe of [true, false])
    for (let seed = 0; seed < SEEDS; seed++) {
      const disk = newDisk(seed);
      opened(disk);
      for (const group of groups) disk.append(group);
      const closing = disk.close();
      if (isSafe) closing.finished();
      disk.end(power, prng(seed));
      expect(disk.groups()).toEqual(groups);
    }
});
