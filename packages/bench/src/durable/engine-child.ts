import { randomBytes } from "node:crypto";
import {
  type Command,
  emptyState,
  inlineFurther,
  isRefused,
  JOURNAL_VERSION,
  type Outcome,
} from "@coinholder/engine";
import { makeSequencer, openHistory } from "@coinholder/hub";
import { openJournal, sqliteStore } from "@coinholder/journal";
import { type Amount, addressOfScript, type TimeMs } from "@coinholder/protocol";
import { answering } from "../child.ts";
import { CONFIG } from "../engine-config.ts";
import { randomId } from "../random-id.ts";
import type { Person } from "../replay/traffic.ts";

/** First `folder`, then so many transfers. */
export type Ask =
  | { readonly folder: string; readonly accounts: number; readonly history: string | undefined }
  | { readonly transfers: number; readonly callers: number };

/**
 * The engine and the journal as a hub has them, without HTTP: callers who give one payment each, wait until it is durable, and
 * give the next. Answers how many that are a second.
 */
const open = async (folder: string, accounts: number, historyFolder: string | undefined) => {
  const journal = await openJournal(sqliteStore(folder), { key: randomBytes(32) });
  await journal.recover({
    loadSnapshot: async () => {},
    apply: () => {
      throw new Error("the folder was to be empty");
    },
  });
  const fatal = (error: unknown): void => {
    throw error;
  };
  const state = emptyState();
  const sequencer = makeSequencer(state, journal, Date.now, fatal);
  if (historyFolder !== undefined) {
    const history = await openHistory(historyFolder, 0);
    sequencer.onEffects((seq, effects) => history.follow(seq, effects));
  }
  const must = (command: Command): Outcome => {
    const outcome = sequencer.run(command);
    if (isRefused(outcome)) throw new Error(JSON.stringify(outcome));
    return outcome;
  };
  const key = () => ({
    token: randomId("ak-"),
    type: "hmac-sha256" as const,
    secret: randomBytes(32).toString("base64"),
  });
  must({
    kind: "begin",
    version: JOURNAL_VERSION,
    network: "regtest",
    operator: { id: randomId("ac-"), key: key(), permissions: [] },
  });
  must({ kind: "configure", config: CONFIG });
  must({ kind: "chain-begin", height: 1, hash: "00".repeat(32) });
  const people: Person[] = [];
  for (let index = 0; index < accounts; index++) {
    const address = addressOfScript(Buffer.concat([Buffer.from([0, 20]), randomBytes(20)]), "regtest")!;
    const made = key();
    const person = { account: randomId("ac-"), token: made.token, address };
    must({ kind: "create-account", id: person.account, key: made });
    must({
      kind: "new-address",
      by: { token: person.token, account: person.account, fn: "new-btc-address" },
      address,
      index,
    });
    people.push(person);
    if (index % 1000 === 0) await sequencer.durable();
  }
  const receipts = people.map(({ address }, i) => ({
    txid: i.toString(16).padStart(64, "0"),
    vout: 0,
    value: 1_000_000 as Amount,
    address,
  }));
  const [hash, prev] = ["01".repeat(32), "00".repeat(32)];
  must({ kind: "chain-block", height: 2, hash, prev, receipts, spends: [] });
  await sequencer.durable();

  const run = async (transfers: number, callers: number): Promise<number> => {
    // Made beforehand, as callers make them.
    const nonces = Array.from({ length: transfers }, () => randomBytes(8).toString("hex"));
    const before = journal.durableSeq;
    let given = 0;
    const caller = async (): Promise<void> => {
      while (given < transfers) {
        const random = nonces[given++]!;
        const from = Math.floor(Math.random() * accounts);
        const to = (from + 1 + Math.floor(Math.random() * (accounts - 1))) % accounts;
        const { token, account } = people[from]!;
        must({
          kind: "send",
          by: { token, account, fn: "send-btc", nonce: [Date.now() as TimeMs, random] },
          address: people[to]!.address,
          amount: 1 as Amount,
        });
        await sequencer.durable();
      }
    };
    const start = process.hrtime.bigint();
    await Promise.all(Array.from({ length: callers }, caller));
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    const journaled = journal.durableSeq - before;
    if (journaled !== transfers) throw new Error(`${journaled} of ${transfers} transfers are in the journal`);
    return transfers / seconds;
  };
  return run;
};

// As a hub does.
inlineFurther();

let run: ((transfers: number, callers: number) => Promise<number>) | undefined;
answering(async (ask: Ask) => {
  if (!("folder" in ask)) return run!(ask.transfers, ask.callers);
  run = await open(ask.folder, ask.accounts, ask.history);
  return "open";
});
