import { expect, test } from "vitest";
import { prng } from "../prng.ts";
import { type Action, plan } from "./actions.ts";
import type { DiskFault } from "./disk.ts";
import { OPERATIONS, runHub } from "./run.ts";

const FAULTS: readonly Omit<DiskFault, "after">[] = [
  { is: "dies before", kept: false },
  { is: "dies in the cache", kept: false },
  { is: "dies in the cache", kept: true },
  { is: "dies after", kept: true },
  { is: "fails", kept: false },
  { is: "fails", kept: true },
];

/** What else goes wrong is left out: one thing at a time. */
const QUIET = new Set<Action["do"]>(["call", "retry", "wait", "deposit", "mine", "stop"]);

test("a fault at each single read and write of the disk loses nothing that was answered", {
  timeout: 20 * 60_000,
}, async () => {
  const seed = 11;
  const steps = plan(prng(seed), 40).filter((step) => QUIET.has(step.do));
  steps.splice(Math.floor(steps.length / 2), 0, { do: "stop" });
  const undisturbed = await runHub(seed, steps);
  expect(undisturbed.failure).toBeUndefined();
  const operations = undisturbed.counts.get(OPERATIONS)!;
  expect(operations).toBeGreaterThan(30);
  for (let after = 0; after < operations; after++) {
    const fault = { after, ...FAULTS[after % FAULTS.length]! };
    // From the very first: also those of the start.
    const { failure } = await runHub(seed, steps, { fault });
    expect(failure, JSON.stringify(fault)).toBeUndefined();
  }
});
