import type { TimeMs } from "@coinholder/protocol";
import fc from "fast-check";
import {
  type ActionEntry,
  type ActionRecord,
  type Besides,
  type EndedRecord,
  INTERVALS,
} from "../records.ts";
import { type Step, txidOf } from "./teller.ts";

const account = fc.integer({ min: 5, max: 7 });
const market = fc.integer({ min: 0, max: 1 });
const amount = fc.integer({ min: 1, max: 2_100_000_000_000_000 });
const status = fc.constantFrom("built", "broadcast", "confirmed", "final", "refused" as const);

/** Ends of intervals and the milliseconds around them. */
const wait = fc.oneof(
  fc
    .tuple(fc.constantFrom(...Object.values(INTERVALS)), fc.integer({ min: -1, max: 1 }))
    .map(([length, by]) => length + by),
  fc.integer({ min: 0, max: 100_000 }),
);

export const tradeStep: fc.Arbitrary<Step> = fc.record({
  is: fc.constant("trade"),
  market,
  maker: account,
  taker: account,
  price: fc.integer({ min: 1, max: 9_000_000 }),
  quantity: amount,
  takerBuys: fc.boolean(),
});
export const waitStep: fc.Arbitrary<Step> = fc.record({ is: fc.constant("wait"), ms: wait });

/** Three accounts, two markets. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record(
    { is: fc.constant("pay" as const), from: account, to: account, amount, reference: fc.string() },
    { requiredKeys: ["is", "from", "to", "amount"] },
  ),
  fc.record({ is: fc.constant("deposit" as const), account, amount }),
  fc.constant<Step>({ is: "reverse" }),
  fc.record({ is: fc.constant("withdraw" as const), account, amount }),
  fc.record(
    {
      is: fc.constant("progress" as const),
      back: fc.integer({ min: 0, max: 2 }),
      status,
      txid: fc.nat(9).map(txidOf),
      reason: fc.string(),
    },
    { requiredKeys: ["is", "back", "status"] },
  ),
  fc.record({
    is: fc.constant("settle" as const),
    back: fc.integer({ min: 0, max: 2 }),
    incoming: fc.boolean(),
  }),
  tradeStep,
  fc.record({ is: fc.constant("own-order" as const), account, market, give: amount, buys: fc.boolean() }),
  waitStep,
  fc.constant<Step>({ is: "invoice" }),
);

/** The same endless row of steps every time, for programs that are killed and start again. */
export function stepAt(n: number): Step {
  const amount = 1 + ((n * 7919) % 100_003);
  const [one, other] = [5 + (n % 3), 5 + ((n + 1) % 3)];
  switch (n % 10) {
    case 0:
      return { is: "wait", ms: (n * 31) % 50_000 };
    case 1:
      return { is: "deposit", account: one, amount };
    case 2:
      return n % 3 === 0 ? { is: "reverse" } : { is: "withdraw", account: one, amount };
    case 3:
      return n % 4 === 1
        ? { is: "settle", back: n % 2, incoming: n % 3 === 0 }
        : { is: "progress", back: n % 2, status: "broadcast", txid: txidOf(n) };
    case 4:
      return n % 3 === 0
        ? { is: "invoice" }
        : { is: "own-order", account: one, market: n % 2, give: amount, buys: n % 4 === 0 };
    case 5:
    case 6:
      return { is: "pay", from: one, to: other, amount };
    default:
      return {
        is: "trade",
        market: n % 2,
        maker: one,
        taker: other,
        price: 6_500_000 + (n % 1000),
        quantity: amount,
        takerBuys: n % 4 === 0,
      };
  }
}

/** Every seventh command is one of the operator's. */
export const actionAt = (seq: number): ActionRecord | undefined =>
  seq % 7 === 0
    ? {
        seq,
        t: (START + seq) as TimeMs,
        fn: seq % 2 === 0 ? "operator-credit" : "revoke-authkey",
        token: `ak-${seq % 3}`,
        ...(seq % 3 === 0 ? {} : { label: 'the «till»\n"' }),
        params: JSON.stringify({ amount: String(seq), reference: 'ü\u0000"' }),
        ...(seq % 3 === 1 ? { action: seq } : {}),
      }
    : undefined;

/** Of those that go on every other one ends, twenty commands later. */
export const endedAt = (seq: number): EndedRecord | undefined => {
  const action = actionAt(seq - 20)?.action;
  if (action === undefined || action % 2 === 0) return undefined;
  return { action, t: (START + seq) as TimeMs, outcome: "done", params: JSON.stringify({ root: "ü" }) };
};

/** As history tells it when that many commands were followed. */
export const entryAt = (seq: number, followed: number): ActionEntry | undefined => {
  const action = actionAt(seq);
  if (action === undefined || seq + 20 > followed) return action;
  const end = endedAt(seq + 20);
  if (end === undefined) return action;
  const { action: _, ...ended } = end;
  return { ...action, ended };
};

/** Invoices are paid by every fifth command, some a second time. */
export const besidesAt = (seq: number): Besides => ({
  action: actionAt(seq),
  ended: endedAt(seq),
  ...(seq % 5 === 0 ? { paid: [{ address: `bcrt1qi${seq % 40}`, t: (START + seq) as TimeMs }] } : {}),
});

/** A whole multiple of every interval, so that the first trades stand at an edge. */
export const START = 20_000 * INTERVALS["1d"];
