import { describe, expect, test } from "vitest";
import { prng } from "./prng.ts";
import { run } from "./run.ts";
import { shrink } from "./shrink.ts";

const agrees = async (seed: number, commands: number) => {
  const sim = await run(seed, commands);
  if (sim.failure) {
    const small = await shrink(seed, sim.failure, 5);
    expect.fail(
      `npm run sim -- ${seed} ${commands}\n${sim.failure.message}\nthe last of ${small.commands.length}: ${JSON.stringify(small.commands.at(-1))}`,
    );
  }
  return sim;
};

describe("engine and twin", () => {
  test.for([1, 2, 3])("agree under seed %i, after reloads and in a replay", async (seed) => {
    await agrees(seed, 2500);
  });

  test("agree under a seed that was never run before", async () => {
    await agrees(Math.floor(Math.random() * 2 ** 32), 2500);
  });

  test("the workload reaches what it is for, not only refusals", async () => {
    const { verdicts } = await agrees(4, 8000);
    for (const effect of [
      "trade",
      "confirmed",
      "final",
      "reversed",
      "refused",
      "invoice",
      "credited",
      "lost",
    ])
      expect(verdicts.get(`(effect: ${effect})`), effect).toBeGreaterThan(0);
    for (const verdict of [
      "chain-rescan: done",
      "payout-replaced: done",
      "payout-abandoned: payout_alive",
      "payout-abandoned: done",
      "resume-withdrawals: done",
      "operator-action: done",
      "operator-action-ended: done",
      "send: withdrawals_halted",
      "send: address_not_allowed",
      "sell-option: done",
      "exercise-option: done",
      "exercise-option: option_not_open",
      "expire-options: done",
      "attach-identity: done",
      "attach-option: done",
      "transfer-conflicted: done",
      "pay-fiat: done",
      "crossing-told: done",
      "send: not_withdrawable",
    ])
      expect(verdicts.get(verdict), verdict).toBeGreaterThan(0);
  });

  test("the same seed gives the same run, to the last bit", async () => {
    const [a, b] = [await run(5, 1000), await run(5, 1000)];
    expect(a.hash).toBe(b.hash);
    expect([...a.verdicts]).toEqual([...b.verdicts]);
    expect((await run(6, 1000)).hash).not.toBe(a.hash);
  });
});

test("a seed's randomness is spread and stays within its bounds", () => {
  const random = prng(7);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) counts[random.below(10)]!++;
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
  for (let i = 0; i < 1000; i++) expect([3, 4, 5]).toContain(random.between(3, 5));
});
