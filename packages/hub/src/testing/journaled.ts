import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyState, isRefused, JOURNAL_VERSION } from "@coinholder/engine";
import type { Journal } from "@coinholder/journal";
import { onTestFinished } from "vitest";
import { readConfig } from "../config-file.ts";
import { recovering } from "../recover.ts";
import { makeSequencer, type Sequencer } from "../sequencer.ts";
import { openHubJournal, type StorePlace } from "../store.ts";
import { stateHash } from "../verify.ts";

export const KEY = new Uint8Array(32).fill(7);
export const never = (error: unknown): void => {
  throw error;
};

let made = 0;
const key = () => ({ token: `ak-${++made}`, type: "hmac-sha256" as const, secret: "c2VjcmV0" });
export const makeAccount = (sequencer: Sequencer): void => {
  const outcome = sequencer.run({ kind: "create-account", id: `ac-${++made}`, key: key() });
  if (isRefused(outcome)) throw new Error(outcome.refused.code);
};

/** A journal with so many commands, durable, as a hub has it. */
export const begun = async (commands: number, store?: string) => {
  const data = mkdtempSync(join(tmpdir(), "hub-snapshots-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const journal = await openHubJournal({ data, store }, KEY);
  onTestFinished(() => journal.close());
  await journal.recover(recovering());
  const sequencer = makeSequencer(emptyState(), journal, Date.now, never);
  const operator = { id: "ac-operator", key: key(), permissions: [] };
  sequencer.run({ kind: "begin", version: JOURNAL_VERSION, network: "regtest", operator });
  sequencer.run({ kind: "configure", config: readConfig(undefined).engine });
  while (journal.lastSeq < commands) makeAccount(sequencer);
  await sequencer.durable();
  return { data, journal, sequencer };
};

/** What a start finds. */
export const recovered = async (place: StorePlace, journal: Journal) => {
  await journal.close();
  const reopened = await openHubJournal(place, KEY);
  const into = recovering();
  const { snapshotSeq, passedOver } = await reopened.recover(into);
  await reopened.close();
  return { snapshotSeq, passedOver, hash: stateHash(into.state()) };
};
