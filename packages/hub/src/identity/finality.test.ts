import { expect, test } from "vitest";
import { notFinal } from "./finality.ts";

const NOW_MS = 1_795_348_800_000;
const at = (lockTime: number, sequences: readonly number[], version = 2) =>
  notFinal(
    {
      version,
      lockTime,
      inputs: sequences.map((sequence) => ({
        txid: new Uint8Array(32),
        index: 0,
        finalScriptSig: new Uint8Array(),
        sequence,
      })),
      outputs: [],
    },
    800_000,
    NOW_MS,
  );

test("a lock time is over with the block of that height, or never looked at when all inputs are final", () => {
  for (const lockTime of [0, 1, 800_000]) expect(at(lockTime, [0xfffffffd])).toBeUndefined();
  expect(at(800_001, [0xfffffffe])).toEqual({ reason: "lock_time" });
  expect(at(800_001, [0xffffffff, 0xffffffff])).toBeUndefined();
  expect(at(800_001, [0xffffffff, 0xfffffffe])).toEqual({ reason: "lock_time" });
});

test("a lock time in seconds is compared with the clock", () => {
  expect(at(500_000_000, [0xfffffffe])).toBeUndefined();
  expect(at(NOW_MS / 1000 - 1, [0xfffffffe])).toBeUndefined();
  expect(at(NOW_MS / 1000, [0xfffffffe])).toEqual({ reason: "lock_time" });
});

test("an age asked for by BIP-68 is refused, in blocks and in time, of version 2 only", () => {
  expect(at(0, [0xfffffffd, 1])).toEqual({ reason: "relative_lock", input: 1 });
  expect(at(0, [0x0040_0001])).toEqual({ reason: "relative_lock", input: 0 });
  for (const none of [0, 0x0040_0000, 0x8000_0001, 0xfffffffd]) expect(at(0, [none])).toBeUndefined();
  expect(at(0, [1], 1)).toBeUndefined();
});
