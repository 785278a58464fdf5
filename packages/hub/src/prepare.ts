import { checkConfig, holds, JOURNAL_VERSION, keysOf, OPERATOR, type State } from "@coinholder/engine";
import { functionNames, functionRow } from "@coinholder/protocol";
import type { HubConfig } from "./config-file.ts";
import { paths, writePrivateFile } from "./data-folder.ts";
import { newAccountId, newHmacKey, newToken } from "./ids.ts";
import type { Sequencer } from "./sequencer.ts";

const operatorFunctions = functionNames.filter((name) => functionRow(name).access === "operator");

/** Operator functions that no key can call yet: a newer program has more than the one that began the journal. */
const missingPermissions = (state: State): string[] => {
  const keys = keysOf(state, state.accounts.list[OPERATOR]!);
  return operatorFunctions.filter((name) => !keys.some((key) => holds(key, OPERATOR, name)));
};

/** What a new journal begins with, and what a changed configuration or a newer program adds. */
export const prepare = (sequencer: Sequencer, config: HubConfig, network: string, data: string): void => {
  const { state } = sequencer;
  if (state.accounts.list.length === 0) {
    const key = { token: newToken(), type: "hmac-sha256" as const, secret: newHmacKey() };
    const id = newAccountId();
    const secret = { account: id, authkey: { type: key.type, token: key.token, key: key.secret } };
    // The file comes first: a key that nobody has would lock the operator out.
    writePrivateFile(paths(data).operatorAuthkey, `${JSON.stringify(secret, null, 2)}\n`);
    sequencer.run({
      kind: "begin",
      version: JOURNAL_VERSION,
      network,
      operator: { id, key, permissions: operatorFunctions },
    });
  }
  if (state.chain.network !== network)
    throw new Error(`the journal is of ${state.chain.network}, the wallet of ${network}`);
  // Said in words here; the engine takes only what passes.
  checkConfig(config.engine, state.config.currencies.length === 0 ? undefined : state.config);
  if (JSON.stringify(state.config) !== JSON.stringify(config.engine))
    sequencer.run({ kind: "configure", config: config.engine });
  const missing = missingPermissions(state);
  if (missing.length > 0) sequencer.run({ kind: "grant-operator", permissions: missing });
  // Whoever did it was stopped before it could tell.
  for (const action of [...state.actions.open])
    sequencer.run({ kind: "operator-action-ended", action, outcome: "unknown", params: {} });
};
