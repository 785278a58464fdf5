import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLog } from "./log.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "devchain-log-"));
  path = join(folder, "records");
});
afterEach(() => rmSync(folder, { recursive: true }));

const record = (seed: number): Uint8Array => new Uint8Array(40 + seed).fill(seed + 1);
function written(count: number): void {
  const { log } = openLog(path);
  for (let i = 0; i < count; i++) log.append(record(i));
  log.sync();
  log.close();
}
function reopened(): Uint8Array[] {
  const { log, records } = openLog(path);
  log.close();
  return records.map((bytes) => Uint8Array.from(bytes));
}

test("a log cut at any byte keeps every whole record before the cut, and can be written on", () => {
  written(3);
  const whole = readFileSync(path);
  const ends = [0, 48, 48 + 49, 48 + 49 + 50];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length }), (cut) => {
      writeFileSync(path, whole);
      truncateSync(path, cut);
      const kept = ends.filter((end) => end > 0 && end <= cut).length;
      const { log, records } = openLog(path);
      expect(records.length).toBe(kept);
      log.append(record(9));
      log.close();
      expect(reopened()).toEqual([...[0, 1, 2].slice(0, kept).map(record), record(9)]);
    }),
    { numRuns: 60 },
  );
});

test("a last record with wrong bytes, or an end of zeros, is dropped", () => {
  written(2);
  const whole = readFileSync(path);
  whole[whole.length - 1]! ^= 1;
  writeFileSync(path, whole);
  expect(reopened()).toEqual([record(0)]);
  appendFileSync(path, new Uint8Array(5000));
  expect(reopened()).toEqual([record(0)]);
});

test("damage in the middle is an error, never a silent loss of what follows", () => {
  written(3);
  const whole = readFileSync(path);
  whole[20]! ^= 1;
  writeFileSync(path, whole);
  expect(() => openLog(path)).toThrow("is damaged at byte 0");
  expect(readFileSync(path)).toEqual(whole);
});

test("replacing swaps all records at once, and further ones go behind", () => {
  written(3);
  const { log } = openLog(path);
  log.replace([record(7)]);
  log.append(record(8));
  log.close();
  expect(reopened()).toEqual([record(7), record(8)]);
});
