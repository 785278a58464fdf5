import type { Amount, TimeMs } from "@coinholder/protocol";
import type { Effect } from "../effects.ts";
import type { Lines } from "./lines.ts";
import type { Identity, Tally } from "./record.ts";

/**
 * Keys that the identity had before are one with it from now on: what is known of them, the ceiling (the higher of them), what is
 * open and what ended a line move to it. Once: of the old key nothing is known afterwards, so it has no line.
 */
export const succeed = (
  lines: Lines,
  identity: Identity,
  old: readonly string[],
  t: TimeMs,
  effects: Effect[],
): void => {
  for (const key of old) {
    const before = lines.identities.get(key);
    if (!before || before === identity) continue;
    // Only what was earned in the present era of each can be taken back.
    const era = Math.max(identity.era, before.era) + 1;
    for (const transfer of lines.transfers.values()) {
      const { identity: whose } = transfer;
      if (whose !== key && whose !== identity.key) continue;
      transfer.era = transfer.era === (whose === key ? before : identity).era ? era : -1;
      transfer.identity = identity.key;
    }
    merge(identity, before);
    identity.era = era;
    lines.identities.delete(key);
    effects.push({ is: "line", event: "succeeded", identity: identity.key, t, amount: identity.ceiling });
  }
};

const sum = (a: number, b: number): Amount => Math.min(Number.MAX_SAFE_INTEGER, a + b) as Amount;

const addTally = (to: Tally, { amount, number }: Tally): void => {
  to.number += number;
  to.amount = sum(to.amount, amount);
};

const merge = (to: Identity, from: Identity): void => {
  to.firstSeen = Math.min(to.firstSeen, from.firstSeen) as TimeMs;
  to.ceiling = Math.max(to.ceiling, from.ceiling) as Amount;
  for (const tally of ["seen", "confirmed", "replaced", "doubleSpent"] as const)
    addTally(to[tally], from[tally]);
  const days = new Map(to.earned);
  for (const [day, amount] of from.earned) days.set(day, sum(days.get(day) ?? 0, amount));
  to.earned = [...days].sort(([a], [b]) => a - b);
  to.open = sum(to.open, from.open);
  to.kept += from.kept;
  to.doubted += from.doubted;
  to.ended ??= from.ended;
};
