import fc from "fast-check";
import { expect, test } from "vitest";
import { planChild } from "../payout/child.ts";
import { sats } from "../sats.ts";
import {
  coin,
  HOUR,
  payment,
  START,
  signed,
  signerAt,
  testFolder,
  UNLIMITED,
  wallet,
  withdrawal,
} from "./testing.ts";

const newPath = testFolder();
const DAY = 24 * HOUR;

test("no transaction pays more than the limit of one, whatever it is made of", () => {
  const signer = signerAt(newPath(), { limits: { ...UNLIMITED, perPayout: sats(250_000) } });
  const over = { refused: "over_payout_limit", limit: 250_000 };
  expect(signer.sign(payment([withdrawal(1, 250_001)], [coin(1)]))).toEqual(over);
  expect(signer.sign(payment([withdrawal(1, 150_000), withdrawal(2, 100_001)], [coin(1)]))).toEqual(over);
  signed(signer, payment([withdrawal(1, 250_000)], [coin(1)]));
});

test("no transaction gives miners more than the limit on fee rates, whatever its plan says", () => {
  const signer = signerAt(newPath(), { limits: { ...UNLIMITED, feeRate: 10 } });
  expect(signer.sign(payment([withdrawal(1)], [coin(1)], { feeRate: 40 }))).toMatchObject({
    refused: "over_fee_rate",
  });
  signed(signer, payment([withdrawal(1)], [coin(1)], { feeRate: 10 }));
  // What is left of a coin and is not worth an output is the miners' even so.
  const left = payment([withdrawal(2, 998_500)], [coin(2)], { feeRate: 10 });
  expect(left.plan.change).toEqual([]);
  signed(signer, left);
});

test("a child may pay for what it pulls into the block with it, and for nothing else", () => {
  const signer = signerAt(newPath(), { limits: { ...UNLIMITED, feeRate: 10 } });
  const parent = payment([withdrawal(1)], [coin(1)], { feeRate: 1 });
  const { txid, fee, vsize } = signed(signer, parent);
  const [back] = parent.plan.change;
  const change = {
    ...coin(2, back!.amount),
    txid,
    vout: back!.vout,
    type: "p2wpkh",
    branch: "change",
    index: 5,
  } as const;
  const child = (of: typeof change, feeRate: number) => {
    const changeAddress = wallet.address("change", 6).address;
    const plan = planChild({
      network: "regtest",
      coin: of,
      changeAddress,
      feeRate,
      parents: { fee, vsize },
      maxFee: sats(1_000_000),
    });
    if (plan.refused !== undefined) return expect.fail(plan.refused);
    return { is: "child", plan, withdrawals: [], changeIndexes: [6] } as const;
  };
  expect(signer.sign(child(change, 40))).toMatchObject({ refused: "over_fee_rate" });
  const stranger = { ...change, txid: "ab".repeat(32) };
  expect(signer.sign(child(stranger, 20))).toMatchObject({ refused: "over_fee_rate" });
  signed(signer, child(change, 10));
});

test("no 24 hours pay more than the limit of a day, across a start too", () => {
  const path = newPath();
  let now = START;
  const options = { limits: { ...UNLIMITED, perDay: sats(300_000) }, now: () => now };
  let signer = signerAt(path, options);
  signed(signer, payment([withdrawal(1, 200_000)], [coin(1)]));
  now += HOUR;
  signed(signer, payment([withdrawal(2, 100_000)], [coin(2)]));
  signer.close();
  signer = signerAt(path, options);
  const limit = 300_000;
  const refused = { refused: "over_daily_limit", limit };
  expect(signer.sign(payment([withdrawal(3, 1_000)], [coin(3)]))).toEqual({
    ...refused,
    free_at: START + DAY,
  });
  expect(signer.sign(payment([withdrawal(3, 200_001)], [coin(3)]))).toEqual({
    ...refused,
    free_at: START + HOUR + DAY,
  });
  expect(signer.sign(payment([withdrawal(3, 300_001)], [coin(3)]))).toEqual(refused); // never
  now = START + DAY - 1;
  expect(signer.sign(payment([withdrawal(3, 1_000)], [coin(3)]))).toMatchObject(refused);
  now = START + DAY;
  signed(signer, payment([withdrawal(3, 200_000)], [coin(3)]));
  expect(signer.sign(payment([withdrawal(4, 1_000)], [coin(4)]))).toEqual({
    ...refused,
    free_at: START + HOUR + DAY,
  });
});

test("a replacement counts once; what it pays on top counts", () => {
  const signer = signerAt(newPath(), { limits: { ...UNLIMITED, perDay: sats(300_000) } });
  const first = signed(signer, payment([withdrawal(1, 200_000)], [coin(1)]));
  const replaces = first.txid;
  signed(signer, { ...payment([withdrawal(1, 200_000)], [coin(1)], { feeRate: 5 }), replaces });
  const more = [withdrawal(1, 200_000), withdrawal(2, 100_000)];
  signed(signer, { ...payment(more, [coin(1)], { feeRate: 9 }), replaces });
  expect(signer.sign(payment([withdrawal(3, 1_000)], [coin(3)]))).toMatchObject({
    refused: "over_daily_limit",
  });
});

test("forgetting frees nothing of the day's limit", () => {
  const signer = signerAt(newPath(), { limits: { ...UNLIMITED, perDay: sats(300_000) } });
  const one = signed(signer, payment([withdrawal(1, 200_000)], [coin(1)]));
  signer.forget([one.txid], "final");
  const other = signed(signer, payment([withdrawal(2, 100_000)], [coin(2)]));
  signer.forget([other.txid], "abandoned");
  expect(signer.sign(payment([withdrawal(3, 1_000)], [coin(3)]))).toMatchObject({
    refused: "over_daily_limit",
  });
});

test("a clock that is set back frees nothing, across a start too", () => {
  const path = newPath();
  let now = START;
  const options = { limits: { ...UNLIMITED, perDay: sats(300_000) }, now: () => now };
  let signer = signerAt(path, options);
  signed(signer, payment([withdrawal(1, 200_000)], [coin(1)]));
  now -= 40 * DAY;
  signed(signer, payment([withdrawal(2, 100_000)], [coin(2)]));
  expect(signer.records().map(({ t }) => t)).toEqual([START, START]);
  const over = { refused: "over_daily_limit", free_at: START + DAY };
  expect(signer.sign(payment([withdrawal(3, 1_000)], [coin(3)]))).toMatchObject(over);
  signer.close();
  signer = signerAt(path, options);
  expect(signer.sign(payment([withdrawal(3, 1_000)], [coin(3)]))).toMatchObject(over);
});

test("any sequence of payments and clocks: never more than the limit within any 24 hours", () => {
  const steps = fc.array(
    fc.record({ amount: fc.integer({ min: 1_000, max: 200_000 }), hours: fc.integer({ min: -30, max: 30 }) }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      let now = START;
      const signer = signerAt(newPath(), {
        limits: { ...UNLIMITED, perDay: sats(300_000) },
        now: () => now,
      });
      const done: { t: number; amount: number }[] = [];
      for (const [i, { amount, hours }] of all.entries()) {
        now += hours * HOUR;
        const outcome = signer.sign(payment([withdrawal(i + 1, amount)], [coin(i + 1)]));
        const t = Math.max(now, done.at(-1)?.t ?? 0);
        if (outcome.refused === undefined) done.push({ t, amount });
        else if (outcome.refused === "over_daily_limit" && outcome.free_at !== undefined)
          expect(outcome.free_at).toBeGreaterThan(t);
      }
      for (const { t } of done) {
        const within = done.filter((one) => one.t > t - DAY && one.t <= t);
        expect(within.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(300_000);
      }
      signer.close();
    }),
    { numRuns: 12 },
  );
});
