import { expect, test } from "vitest";
import { type Begin, JOURNAL_VERSION } from "../command.ts";
import { apply } from "../engine.ts";
import { emptyState } from "../state.ts";
import { at, testHub, testKey } from "../testing.ts";
import { CHAIN, COLD, OPERATOR } from "./accounts.ts";

const begin = {
  kind: "begin",
  network: "regtest",
  operator: { id: "ac", key: testKey("ak"), permissions: [] },
} as const;

test("a journal of another form is refused in words, not replayed into other books", () => {
  for (const version of [undefined, 1, JOURNAL_VERSION + 1]) {
    const command = { ...begin, version, t: at(1) } as Begin & { t: ReturnType<typeof at> };
    expect(() => apply(emptyState(), command)).toThrow(
      /^the journal has form [0-9], this program reads form 2/,
    );
  }
});

test("the hub's own accounts have their places; the world outside and the cold wallet may owe, people never", () => {
  const { state } = testHub();
  expect(state.accounts.list.map(({ id }) => id)).toEqual([
    "sys-chain",
    "sys-bank",
    "sys-hub",
    "sys-rounding",
    "sys-cold",
    "ac-operator",
  ]);
  expect([...state.ledger.mayOwe]).toEqual([CHAIN, 1, 2, COLD]);
  expect(state.ledger.mayOwe.has(OPERATOR)).toBe(false);
});
