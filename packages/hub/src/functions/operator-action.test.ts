import { existsSync } from "node:fs";
import { join } from "node:path";
import { keysOf, OPERATOR } from "@coinholder/engine";
import { expect, test } from "vitest";
import { openProofs } from "../proofs.ts";
import { recovering } from "../recover.ts";
import { openHubJournal } from "../store.ts";
import { begun, KEY } from "../testing/journaled.ts";
import type { Call } from "./call.ts";
import { writeDownFirst } from "./operator-action.ts";

/** So many accounts that a tree of them takes several turns of the event loop. */
const ACCOUNTS = 5000;

test("a proof that a stop does not wait for is given up before the journal closes: nothing is published, and the audit says so", async () => {
  const { data, journal, sequencer } = await begun(ACCOUNTS);
  const fn = "operator-publish-proof";
  sequencer.run({ kind: "grant-operator", permissions: [fn] });
  const operator = sequencer.state.accounts.list[OPERATOR]!;
  const path = join(data, "proof.json");
  const proofs = await openProofs(path);
  const nonce = [sequencer.now(), "n"] as const;
  const call = {
    hub: { sequencer },
    fn,
    by: { token: keysOf(sequencer.state, operator)[0]!.token, account: operator.id, nonce },
    nonce: { unused: nonce },
  } as unknown as Call;
  // Without coins nothing is signed.
  const noWallet = {} as Parameters<typeof proofs.publish>[1];
  const begin = () => proofs.publish(sequencer, noWallet, journal.lastSeq);
  const answered = writeDownFirst(call, {}, begin, () => ({})).catch((error: unknown) => error);
  await sequencer.durable();
  expect(sequencer.state.actions.open.size).toBe(1);

  await proofs.close();
  await journal.close();
  expect(await answered).toMatchObject({ code: "hub_stopping" });
  expect(existsSync(path)).toBe(false);

  const reopened = await openHubJournal({ data }, KEY);
  const into = recovering();
  await reopened.recover(into);
  expect(into.state().actions).toEqual({ begun: 1, open: new Set() });
  const entries: string[] = [];
  await reopened.verify((entry) => void entries.push(entry));
  expect(JSON.parse(entries.at(-1)!)).toMatchObject({
    kind: "operator-action-ended",
    action: 1,
    outcome: "failed",
    params: { error: "hub_stopping" },
  });
  await reopened.close();
});
