import { expect, test } from "vitest";
import { prng } from "../prng.ts";
import { type Action, plan } from "./actions.ts";
import { PLANTS } from "./plants.ts";
import { runHub } from "./run.ts";
import { shrinkSteps } from "./shrink.ts";

const stepsOf = (seed: number, requests = 200) => plan(prng(seed), requests);

test("a seed gives the same run to the byte, and nothing is wrong in it", { timeout: 120_000 }, async () => {
  const first = await runHub(1, stepsOf(1, 120));
  expect(first.failure).toBeUndefined();
  const second = await runHub(1, stepsOf(1, 120));
  const differs = first.lines.findIndex((line, i) => line !== second.lines[i]);
  expect([first.lines[differs], second.lines[differs]]).toEqual([undefined, undefined]);
  expect(second.trace).toBe(first.trace);
});

/** One of each, whatever the seed has chosen. */
const SURELY: readonly Action[] = [
  { do: "mine", blocks: 2 },
  { do: "wait", ms: 1000 },
  { do: "reorganise", depth: 2, roll: 1 },
  { do: "wait", ms: 1000 },
  { do: "die" },
  { do: "arm", fault: { after: 0, is: "fails", kept: false } },
  { do: "call", kind: "create account", roll: 1 },
  { do: "wait", ms: 1000 },
  { do: "look" },
];

test("machines die, disks fail, blocks are undone, and what was answered stands", {
  timeout: 120_000,
}, async () => {
  for (const seed of [2, 3]) {
    const { failure, counts } = await runHub(seed, [...stepsOf(seed), ...SURELY]);
    expect(failure, `seed ${seed}`).toBeUndefined();
    for (const what of ["died", "ended of a failed write", "looked", "entry: chain-undo"])
      expect(counts.get(what), what).toBeGreaterThan(0);
  }
});

test.for(Object.entries(PLANTS))("it would notice %s", { timeout: 120_000 }, async ([, plant]) => {
  for (let seed = 1; seed <= 10; seed++) if ((await runHub(seed, stepsOf(seed), plant)).failure) return;
  expect.fail("ten seeds did not notice it");
});

test("a failure comes down to the steps that show it", { timeout: 120_000 }, async () => {
  const plant = PLANTS["answers that do not wait for the disk"]!;
  const steps = stepsOf(1);
  const { failure } = await runHub(1, steps, plant);
  const small = await shrinkSteps(1, steps, failure!, { plant });
  expect(small.actions).toEqual([{ do: "call", kind: "create account", roll: expect.any(Number) }]);
});
