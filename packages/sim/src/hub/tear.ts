import type { Prng } from "../prng.ts";

/** What a disk writes whole, or so it is hoped: here not even that is certain. */
const SECTOR = 512;

/** `to` written over `from` without a sync: what the disk has of it when the power goes. */
export const torn = (from: Buffer, to: Buffer, random: Prng): Buffer => {
  const sectors = changedSectors(from, to);
  if (sectors.length === 0) return random.chance(0.5) ? from : to;
  switch (random.pick(["nothing", "cut", "sectors"])) {
    case "nothing":
      return from;
    case "cut":
      return cut(from, to, random.between(sectors[0]!, sectors.at(-1)! + SECTOR), random);
    default:
      return scattered(from, to, sectors, random);
  }
};

/** Salts, by which SQLite tells a log's frames from those of the one before it (sqlite.org/fileformat2.html#walformat). */
const LOG_HEADER = 32;

/** A new log's header is synced before its first frame is written. */
export const tornLog = (from: Buffer, to: Buffer, random: Prng): Buffer => {
  const header = to.subarray(0, LOG_HEADER);
  if (from.length < LOG_HEADER || header.equals(from.subarray(0, LOG_HEADER))) return torn(from, to, random);
  if (random.chance(0.3)) return from;
  return torn(Buffer.concat([header, from.subarray(LOG_HEADER)]), to, random);
};

/** Where sectors begin whose bytes are not the same. */
const changedSectors = (from: Buffer, to: Buffer): number[] => {
  const sectors: number[] = [];
  for (let at = 0; at < to.length; at += SECTOR)
    if (!from.subarray(at, at + SECTOR).equals(to.subarray(at, at + SECTOR))) sectors.push(at);
  return sectors;
};

/** Written from front to back up to some byte. The file may have become longer all the same: zeros, then. */
const cut = (from: Buffer, to: Buffer, at: number, random: Prng): Buffer => {
  const end = Math.min(at, to.length);
  const length = random.chance(0.5) ? to.length : end;
  const left = Buffer.alloc(Math.max(length, from.length));
  from.copy(left);
  to.copy(left, 0, 0, end);
  return left;
};

/** By a process that was killed at some byte. */
export const writtenUpTo = (from: Buffer, to: Buffer, random: Prng): Buffer => {
  const sectors = changedSectors(from, to);
  if (sectors.length === 0) return from;
  const end = Math.min(random.between(sectors[0]!, sectors.at(-1)! + SECTOR), to.length);
  return Buffer.concat([to.subarray(0, end), from.subarray(end)]);
};

/** What the system's cache holds together. */
const PAGE = 4096;

/** `disk`, on which the pages come that were written between `before` and `after`: what it lacked in others it lacks still. */
export const writtenOver = (disk: Buffer, before: Buffer, after: Buffer): Buffer => {
  const result = Buffer.alloc(Math.max(disk.length, after.length));
  disk.copy(result);
  for (let at = 0; at < after.length; at += PAGE) {
    const page = after.subarray(at, at + PAGE);
    if (!page.equals(before.subarray(at, at + PAGE))) page.copy(result, at);
  }
  return result;
};

/** Each changed sector is there, or not, or was lost with what it had: but for the bytes that were not written. */
const scattered = (from: Buffer, to: Buffer, sectors: readonly number[], random: Prng): Buffer => {
  const left = Buffer.alloc(Math.max(from.length, to.length));
  from.copy(left);
  to.copy(left);
  // One that is missing is harder to notice than many.
  const missing = random.chance(0.5) ? [random.pick(sectors)] : sectors.filter(() => random.chance(0.5));
  for (const sector of missing) {
    const fate = random.pick(["old", "zeros"]);
    for (let at = sector; at < Math.min(sector + SECTOR, to.length); at++)
      if (from[at] !== to[at]) left[at] = fate === "old" ? (from[at] ?? 0) : 0;
  }
  return left;
};
