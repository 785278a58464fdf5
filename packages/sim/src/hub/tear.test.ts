import { expect, test } from "vitest";
import { prng } from "../prng.ts";
import { torn, writtenOver, writtenUpTo } from "./tear.ts";

const of = (byte: number, length: number): Buffer => Buffer.alloc(length, byte);

test("what was not written stays, and each byte that was is new, old or lost", () => {
  const from = Buffer.concat([of(1, 1000), of(2, 1000)]);
  const to = Buffer.concat([of(1, 1000), of(3, 3000)]);
  const seen = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const left = torn(from, to, prng(seed));
    expect(left.subarray(0, 1000).equals(from.subarray(0, 1000))).toBe(true);
    expect(left.length).toBeGreaterThanOrEqual(from.length);
    expect(left.length).toBeLessThanOrEqual(to.length);
    expect(left.subarray(1000, 2000).every((byte) => [0, 2, 3].includes(byte))).toBe(true);
    expect(left.subarray(2000).every((byte) => [0, 3].includes(byte))).toBe(true);
    if (left.equals(from)) seen.add("nothing");
    else if (left.equals(to)) seen.add("all");
    else seen.add(left.at(-1) === 3 && left.length === to.length ? "a hole" : "no end");
  }
  expect([...seen].sort()).toEqual(["a hole", "all", "no end", "nothing"]);
});

test("the same numbers tear the same way", () => {
  const [from, to] = [of(1, 5000), of(2, 9000)];
  expect(torn(from, to, prng(5))).toEqual(torn(from, to, prng(5)));
});

test("a killed process has written up to some byte", () => {
  for (let seed = 0; seed < 50; seed++) {
    const left = writtenUpTo(of(1, 1000), of(2, 3000), prng(seed));
    const end = left.lastIndexOf(2) + 1;
    expect(left.subarray(0, end)).toEqual(of(2, end));
    expect(left.subarray(end)).toEqual(of(1, Math.max(0, 1000 - end)));
  }
});

test("only pages that were written anew reach a disk that lacks others", () => {
  const before = of(1, 3 * 4096);
  const after = Buffer.concat([before.subarray(0, 2 * 4096), of(2, 2 * 4096)]);
  const disk = of(0, 3 * 4096);
  expect(writtenOver(disk, before, after)).toEqual(Buffer.concat([of(0, 2 * 4096), of(2, 2 * 4096)]));
});
