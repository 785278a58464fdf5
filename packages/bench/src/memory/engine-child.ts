import { randomBytes } from "node:crypto";
import {
  apply,
  type Command,
  emptyState,
  isRefused,
  JOURNAL_VERSION,
  type Stamped,
} from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import { answering } from "../child.ts";
import { CONFIG } from "../engine-config.ts";
import { randomId } from "../random-id.ts";
import { memoryInUse } from "./memory-in-use.ts";

/** Accounts in the engine, each with its authkey and balances in two currencies, made by the commands that a hub would journal. */
answering(async (accounts: number) => {
  const state = emptyState();
  let t = 1_795_348_800_000;
  const run = (command: Command): void => {
    // Through JSON, as a start from the journal brings them.
    const outcome = apply(state, JSON.parse(JSON.stringify({ t: t++ as TimeMs, ...command })) as Stamped);
    if (isRefused(outcome)) throw new Error(JSON.stringify(outcome));
  };
  const secret = (): string => randomBytes(32).toString("base64");
  const operator = {
    id: randomId("ac-"),
    key: { token: randomId("ak-"), type: "hmac-sha256" as const, secret: secret() },
  };
  run({
    kind: "begin",
    version: JOURNAL_VERSION,
    network: "regtest",
    operator: { ...operator, permissions: ["operator-credit"] },
  });
  run({ kind: "configure", config: CONFIG });
  const by = { token: operator.key.token, account: operator.id, fn: "operator-credit" };

  const before = memoryInUse();
  for (let i = 0; i < accounts; i++) {
    const id = randomId("ac-");
    run({
      kind: "create-account",
      id,
      key: { token: randomId("ak-"), type: "hmac-sha256", secret: secret() },
    });
    for (const currency of ["USD", "EUR"])
      run({ kind: "credit", by, to: id, currency, amount: 1750 as Amount, reference: "wire" });
  }
  const after = memoryInUse();
  if (state.accounts.list.length < accounts) throw new Error("not all accounts were made");
  return { used: (after.used - before.used) / accounts, rss: (after.rss - before.rss) / accounts };
});
