import type { Stamped } from "@coinholder/engine";
import type { TimeMs } from "@coinholder/protocol";
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

  test("agree on what a configuration that asks for fewer confirmations leaves for the next block to find lost", async () => {
    const by = { token: "ak-1", account: "ac-operator", fn: "operator-set-line" };
    const attach = (txid: string, value: number) => ({
      kind: "attach-identity",
      identity: "hub",
      url: "u",
      txid,
      inputs: [`in-${txid}`],
      receipts: [{ txid, vout: 0, value, address: "bc" }],
      credit: true,
    });
    const block = (height: number) => ({
      kind: "chain-block",
      height,
      hash: `b-${height}`,
      prev: `b-${height - 1}`,
      receipts: [],
      spends: [],
    });
    const conflict = (txid: string, height: number) => ({
      kind: "transfer-conflicted",
      txid,
      rival: `other-${txid}`,
      height,
    });
    const configure = (blocks: number) => ({
      kind: "configure",
      config: {
        currencies: [{ code: "BTC", decimals: 8, max: 2_100_000_000_000_000 }],
        markets: [],
        confirmations: [{ upTo: null, blocks }],
        finalAfter: 8,
        deepReorg: 8,
        allowlistDelayMs: 86_400_000,
      },
    });
    const key = (token: string) => ({ token, type: "hmac-sha256", secret: "s" });
    const permissions = ["operator-set-line"];
    const commands = [
      {
        kind: "begin",
        version: 2,
        network: "regtest",
        operator: { id: "ac-operator", key: key("ak-1"), permissions },
      },
      configure(4),
      { kind: "chain-begin", height: 100, hash: "b-100" },
      { kind: "create-account", id: "ac-a", key: key("ak-a") },
      {
        kind: "new-address",
        by: { token: "ak-a", account: "ac-a", fn: "new-btc-address" },
        address: "bc",
        index: 0,
      },
      { kind: "set-line", by, identity: "hub", ceiling: 10_000 },
      attach("one", 100),
      attach("two", 100),
      block(101),
      conflict("one", 101),
      block(102),
      configure(2),
      conflict("two", 0),
    ].map((command, i) => ({ ...command, t: 1_795_348_800_000 + i }) as Stamped);
    for (const more of [[], [{ ...block(103), t: 1_795_348_900_000 as TimeMs } as Stamped]]) {
      const given = [...commands, ...more];
      const { failure, verdicts } = await run(0, given.length, given);
      expect(failure?.message).toBeUndefined();
      for (const verdict of verdicts.keys()) expect(verdict).toMatch(/: done$|^\(/);
      expect(verdicts.get("(effect: lost)") ?? 0).toBe(more.length);
    }
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
