import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explain, type Model, type Seen } from "./linearizable.ts";
import { type PairOp, twoAccounts } from "./two-accounts.ts";

type Op = { readonly write: number } | { readonly read: number };

const register: Model<number, Op> = {
  first: 0,
  step: (value, op) => ("write" in op ? op.write : op.read === value ? value : undefined),
  keyOf: String,
};
const seen = <T>(op: T, start: number, end?: number): Seen<T> => ({ op, start, end });

describe("a register", () => {
  test.each<[string, boolean, Seen<Op>[]]>([
    ["what was written is read", true, [seen({ write: 1 }, 1, 2), seen({ read: 1 }, 3, 4)]],
    ["an answered write is not seen any more", false, [seen({ write: 1 }, 1, 2), seen({ read: 0 }, 3, 4)]],
    [
      "during a write old and new may be read",
      true,
      [seen({ write: 1 }, 1, 9), seen({ read: 0 }, 2, 3), seen({ read: 1 }, 4, 5)],
    ],
    [
      "new and then old again",
      false,
      [seen({ write: 1 }, 1, 9), seen({ read: 1 }, 2, 3), seen({ read: 0 }, 4, 5)],
    ],
    ["a write without an answer may have happened", true, [seen({ write: 1 }, 1), seen({ read: 1 }, 3, 4)]],
    ["or not", true, [seen({ write: 1 }, 1), seen({ read: 0 }, 3, 4)]],
    ["or much later", true, [seen({ write: 1 }, 1), seen({ read: 0 }, 3, 4), seen({ read: 1 }, 5, 6)]],
    ["but then for good", false, [seen({ write: 1 }, 1), seen({ read: 1 }, 3, 4), seen({ read: 0 }, 5, 6)]],
    ["and not before it was sent", false, [seen({ read: 1 }, 1, 2), seen({ write: 1 }, 3)]],
  ])("%s: %s", (_what, is, history) => {
    expect(explain(register, history) !== undefined).toBe(is);
  });

  /** All orders of all choices of the unanswered. */
  const explainedByTrying = (history: readonly Seen<Op>[]): boolean => {
    const go = (value: number, left: readonly Seen<Op>[]): boolean =>
      left.every(({ end }) => end === undefined) ||
      left.some((next, at) => {
        const rest = left.filter((_, i) => i !== at);
        if (rest.some(({ end }) => end !== undefined && end < next.start)) return false;
        const after = register.step(value, next.op);
        return after !== undefined && go(after, rest);
      });
    return go(register.first, history);
  };

  test("the search agrees with trying all orders, and what it answers is an order that explains it", () => {
    const op = fc.oneof(
      fc.record({ write: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ read: fc.integer({ min: 0, max: 3 }) }),
    );
    const one = fc.record({
      op,
      start: fc.integer({ min: 0, max: 20 }),
      took: fc.integer({ min: 1, max: 8 }),
      isLost: fc.integer({ min: 0, max: 4 }),
    });
    let [explained, not] = [0, 0];
    fc.assert(
      fc.property(fc.array(one, { maxLength: 7 }), (calls) => {
        // Ends are odd and starts even: no two moments are one.
        const history = calls.map(({ op, start, took, isLost }) =>
          seen<Op>(op, start * 2, isLost === 0 ? undefined : (start + took) * 2 + 1),
        );
        const order = explain(register, history);
        expect(order !== undefined).toBe(explainedByTrying(history));
        if (!order) return void not++;
        explained++;
        let value = register.first;
        for (const [i, at] of order.entries()) {
          value = register.step(value, history[at]!.op)!;
          expect(value).toBeDefined();
          for (const later of order.slice(i + 1))
            expect(history[later]!.end ?? 99).toBeGreaterThan(history[at]!.start);
        }
        for (const [at, { end }] of history.entries()) if (end !== undefined) expect(order).toContain(at);
      }),
      { numRuns: 3000, seed: 4 },
    );
    expect(Math.min(explained, not)).toBeGreaterThan(300);
  });
});

describe("two accounts", () => {
  const pay = (from: 0 | 1, amount: number, clientId: string, came?: string): PairOp => ({
    kind: "pay",
    from,
    amount,
    clientId,
    came,
  });
  const balance = (of: 0 | 1, saw: number): PairOp => ({ kind: "balance", of, saw });

  test.each<[string, boolean, Seen<PairOp>[]]>([
    [
      "a payment moves once, also when it is asked for again",
      true,
      [
        seen(pay(0, 10, "a", "t1"), 1, 2),
        seen(pay(0, 10, "a", "t1"), 3, 4),
        seen(balance(0, 90), 5, 6),
        seen(balance(1, 10), 5, 6),
      ],
    ],
    [
      "twice for one client_id",
      false,
      [seen(pay(0, 10, "a", "t1"), 1, 2), seen(pay(0, 10, "a", "t1"), 3, 4), seen(balance(0, 80), 5, 6)],
    ],
    [
      "two transfers for one client_id",
      false,
      [seen(pay(0, 10, "a", "t1"), 1, 2), seen(pay(0, 10, "a", "t2"), 3, 4)],
    ],
    [
      "one transfer for two payments",
      false,
      [seen(pay(0, 10, "a", "t1"), 1, 2), seen(pay(0, 10, "b", "t1"), 3, 4)],
    ],
    [
      "an answered payment that a crash took back",
      false,
      [seen(pay(0, 10, "a", "t1"), 1, 2), seen(balance(0, 100), 3, 4)],
    ],
    [
      "what was read and then taken back",
      false,
      [seen(pay(0, 10, "a"), 1), seen(balance(0, 90), 2, 3), seen(balance(0, 100), 4, 5)],
    ],
    [
      "an unanswered payment that its repetition finds",
      true,
      [
        seen(pay(0, 10, "a"), 1),
        seen(balance(0, 90), 2, 3),
        seen(pay(0, 10, "a", "t1"), 4, 5),
        seen(balance(0, 90), 6, 7),
      ],
    ],
    [
      "or makes",
      true,
      [
        seen(pay(0, 10, "a"), 1),
        seen(balance(0, 100), 2, 3),
        seen(pay(0, 10, "a", "t1"), 4, 5),
        seen(balance(0, 90), 6, 7),
      ],
    ],
    [
      "but not both",
      false,
      [
        seen(pay(0, 10, "a"), 1),
        seen(balance(0, 90), 2, 3),
        seen(pay(0, 10, "a", "t1"), 4, 5),
        seen(balance(0, 80), 6, 7),
      ],
    ],
    ["refused though there was enough", false, [seen(pay(0, 10, "a", "refused"), 1, 2)]],
    ["paid though there was not", false, [seen(pay(0, 101, "a", "t1"), 1, 2)]],
    ["half a payment", false, [seen(pay(0, 10, "a", "t1"), 1, 2), seen(balance(1, 0), 3, 4)]],
  ])("%s: %s", (_what, is, history) => {
    expect(explain(twoAccounts([100, 0]), history) !== undefined).toBe(is);
  });
});
