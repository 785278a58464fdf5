import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, formFault } from "@coinholder/engine";
import { expect, test } from "vitest";
import { type Expected, GOLDEN, goldenNames, replayGolden } from "./golden.ts";

const expectedOf = (name: string): Expected =>
  JSON.parse(readFileSync(join(GOLDEN, name, "expected.json"), "utf8"));

test.each(goldenNames())(
  "the old journal %s gives the same outcomes and the same state for ever",
  async (name) => {
    const { kinds, head, snapshotSeq, results } = expectedOf(name);
    const { form, stateHash, outcomes } = results.at(-1)!;
    const replayed = await replayGolden(join(GOLDEN, name));
    const [now, then] = [replayed.outcomes.split(" "), outcomes.split(" ")];
    const differs = now.findIndex((one, i) => one !== then[i]);
    expect(differs < 0 ? "all the same" : `entry ${differs + 1} comes to something else`).toBe(
      "all the same",
    );
    expect(now).toHaveLength(then.length);
    expect(replayed.kinds).toEqual(kinds);
    expect(replayed.head).toBe(head);
    expect(replayed.form, "another form of the dump has another hash: see CONTRIBUTING.md").toBe(form);
    expect(replayed.stateHash).toBe(stateHash);
    // Its snapshot is of the form that it was written in: taken while that is read, else passed over for a full replay.
    const isRead = formFault(JSON.stringify(["state", results[0]!.form])) === undefined;
    expect(replayed.snapshotSeq).toBe(isRead ? snapshotSeq : 0);
    expect(replayed.quickHash, "snapshot and tail give what a full replay gives").toBe(stateHash);
  },
);

/** Every kind of command there is, and whether a golden journal has it. */
const KINDS: Readonly<Record<Command["kind"], boolean>> = {
  begin: true,
  configure: true,
  "grant-operator": true,
  "create-account": true,
  "create-authkey": true,
  "change-permissions": true,
  "revoke-authkey": true,
  "set-registration": true,
  "new-address": true,
  send: true,
  credit: true,
  "withdraw-fiat": true,
  "settle-fiat": true,
  "place-order": true,
  "cancel-order": true,
  "cancel-all": true,
  "amend-order": true,
  "change-settings": true,
  "post-invoice": true,
  "withdraw-invoice": true,
  "sell-option": true,
  "exercise-option": true,
  "expire-options": true,
  "change-allowlist": true,
  "chain-begin": true,
  "chain-address": true,
  "skip-transfers": true,
  "chain-block": true,
  "chain-undo": true,
  "chain-mempool": true,
  "chain-rescan": true,
  "payout-built": true,
  "payout-replaced": true,
  "payout-broadcast": true,
  "payout-abandoned": true,
  "halt-withdrawals": true,
  "resume-withdrawals": true,
  "cold-address": true,
  "add-webhook": true,
  "remove-webhook": true,
  "end-webhook": true,
  "attach-identity": true,
  "attach-option": true,
  "crossing-told": true,
  "pay-fiat": true,
  "rotate-identity": true,
  "set-line": true,
  "transfer-conflicted": true,
  "operator-action": true,
  "operator-action-ended": true,
};

test("every kind of command is in a golden journal, but those that wait for the next one", () => {
  const had = new Set(goldenNames().flatMap((name) => Object.keys(expectedOf(name).kinds)));
  const due = Object.entries(KINDS).flatMap(([kind, is]) => (is ? [kind] : []));
  expect([...had].sort()).toEqual(due.sort());
});

test("what was accepted later says why it is not what it was", () => {
  for (const name of goldenNames())
    for (const { why } of expectedOf(name).results) expect(why.length, name).toBeGreaterThan(10);
});
