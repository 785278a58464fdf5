import type { Effect, TransferEffect } from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addTo, effectsOf, emptyBatch, pack, rowsOf, unpack } from "./batch.ts";

const NUMBER = fc.constantFrom(0, 1, 2, 2 ** 31, Number.MAX_SAFE_INTEGER);

/** Both sides of a payment as the engine tells them. */
const payment = fc
  .record({
    row: fc.integer({ min: 1, max: 2 ** 40 }),
    numbers: fc.tuple(NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER),
    address: fc.string(),
    invoice: fc.constantFrom(true as const, undefined),
  })
  .map(({ row, numbers: [transfer, t, currency, amount, ...links], address, invoice }) =>
    [false, true].map((incoming): TransferEffect => {
      const [previous, account] = incoming ? [links[0], links[1]] : [links[2], links[3]];
      return {
        is: "transfer",
        row: row + Number(incoming),
        previous,
        account,
        transfer,
        t: t as TimeMs,
        kind: "internal",
        incoming,
        currency,
        amount: amount as Amount,
        fee: 0 as Amount,
        status: "done",
        address,
        txid: undefined,
        vout: undefined,
        reference: undefined,
        invoice,
      };
    }),
  );

/** What one member may be besides, in effects that are nearly a payment. */
const OTHER: { readonly [Name in keyof TransferEffect]-?: fc.Arbitrary<TransferEffect[Name]> } = {
  is: fc.constant("transfer"),
  row: NUMBER,
  previous: NUMBER,
  account: NUMBER,
  transfer: NUMBER,
  t: NUMBER as fc.Arbitrary<TimeMs>,
  kind: fc.constantFrom("internal", "credit", "withdrawal"),
  incoming: fc.boolean(),
  currency: NUMBER,
  amount: NUMBER as fc.Arbitrary<Amount>,
  fee: NUMBER as fc.Arbitrary<Amount>,
  status: fc.constantFrom("done", "reserved", "credited"),
  address: fc.constantFrom("", "bcrt1q", undefined),
  txid: fc.constantFrom("", "ab", undefined),
  vout: fc.constantFrom(0, 1, undefined),
  reference: fc.constantFrom("", "ü\u0000\n", undefined),
  invoice: fc.constantFrom(true, undefined),
};
const changed = fc
  .constantFrom(...(Object.keys(OTHER) as (keyof TransferEffect)[]))
  .chain((name) => (OTHER[name] as fc.Arbitrary<unknown>).map((value) => ({ [name]: value })));
const nearly = fc
  .tuple(payment, fc.nat(1), changed)
  .map(([sides, which, change]) => sides.map((side, i) => (i === which ? { ...side, ...change } : side)));

const other: fc.Arbitrary<Effect[]> = fc.constantFrom<Effect[]>(
  [{ is: "invoice", address: "bcrt1q" }],
  [{ is: "status", transfer: 1, account: 1, status: "final" }],
);
const told: fc.Arbitrary<Effect[]> = fc
  .array(
    fc.oneof(
      payment,
      payment,
      nearly,
      other,
      payment.map((sides) => sides.slice(0, 1)),
    ),
  )
  .map((all) => all.flat());

test("what comes out of a batch is what went in, however near to a payment it is", () => {
  fc.assert(
    fc.property(fc.array(told), (commands) => {
      const batch = emptyBatch(0);
      for (const [i, effects] of commands.entries()) addTo(batch, i + 1, effects);
      const arrived = unpack(structuredClone(pack(batch)));
      const kept = commands.flat().filter(({ is }) => is !== "invoice");
      // Without members that are undefined: text has none.
      expect([...effectsOf(arrived)].map((of) => JSON.parse(JSON.stringify(of)))).toEqual(
        kept.map((of) => JSON.parse(JSON.stringify(of))),
      );
      expect(arrived.upTo).toBe(commands.length);
      expect(rowsOf(batch)).toBeGreaterThanOrEqual(kept.length);
    }),
  );
});

test("payments one after the other are told as one number", () => {
  const [one] = fc.sample(payment, { numRuns: 1, seed: 1 });
  const batch = emptyBatch(0);
  for (let seq = 1; seq <= 5; seq++) addTo(batch, seq, one!);
  addTo(batch, 6, [{ is: "status", transfer: 1, account: 1, status: "final" }]);
  addTo(batch, 7, one!);
  expect(batch.effects.map((effect) => (typeof effect === "number" ? effect : effect.is))).toEqual([
    5,
    "status",
    1,
  ]);
});
