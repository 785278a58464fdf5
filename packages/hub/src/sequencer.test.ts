import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Command,
  emptyState,
  isRefused,
  JOURNAL_VERSION,
  type Stamped,
  type State,
} from "@coinholder/engine";
import { type Journal, openJournal, sqliteStore } from "@coinholder/journal";
import { amount } from "@coinholder/protocol";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { replay } from "./recover.ts";
import { makeSequencer, type Sequencer } from "./sequencer.ts";
import { stateHash } from "./verify.ts";

const HOUR = 3_600_000;
const NOW = 1_795_348_800_000;

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "sequencer-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** State and sequencer of a hub that starts on that folder. */
const start = async (
  folder: string,
  clock: { says: number },
): Promise<{ state: State; sequencer: Sequencer; journal: Journal }> => {
  const journal = await openJournal(sqliteStore(folder));
  const state = emptyState();
  await journal.recover({
    loadSnapshot: () => Promise.reject(new Error("there is none")),
    apply: (entry, seq) => void replay(state, entry, seq),
  });
  const broken = (error: unknown): void => {
    throw error;
  };
  return { state, sequencer: makeSequencer(state, journal, () => clock.says, broken), journal };
};

let made = 0;
const account = (): Command => {
  const id = `ac-${++made}`;
  return { kind: "create-account", id, key: { token: `ak-${id}`, type: "hmac-sha256", secret: "s" } };
};

const begin = (sequencer: Sequencer): void => {
  const operator = {
    id: "ac-operator",
    key: { token: "ak-operator", type: "hmac-sha256", secret: "s" } as const,
    permissions: [],
  };
  const currency = { code: "BTC", decimals: 8, max: amount(21e14) };
  const tiers = [{ upTo: null, blocks: 1 }];
  const config = {
    currencies: [currency],
    markets: [],
    confirmations: tiers,
    finalAfter: 6,
    deepReorg: 6,
    allowlistDelayMs: 0,
  };
  for (const command of [
    { kind: "begin", version: JOURNAL_VERSION, network: "regtest", operator },
    { kind: "configure", config },
  ] satisfies Command[])
    expect(isRefused(sequencer.run(command))).toBe(false);
};

/** The times in the journal, and the hash of the state that its replay gives. */
const replayed = async (journal: Journal): Promise<{ times: number[]; hash: string }> => {
  const state = emptyState();
  const times: number[] = [];
  await journal.verify((entry, seq) => {
    times.push((JSON.parse(entry) as Stamped).t);
    replay(state, entry, seq);
  });
  return { times, hash: stateHash(state) };
};

const expectSound = async (journal: Journal, state: State): Promise<number[]> => {
  await journal.durable(journal.lastSeq);
  const { times, hash } = await replayed(journal);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(hash, "a replay does not look at any clock").toBe(stateHash(state));
  return times;
};

test("a clock an hour ahead, then an hour behind, then frozen: the hub's time never goes back, and a replay gives the same", async () => {
  const clock = { says: NOW };
  const { state, sequencer, journal } = await start(newFolder(), clock);
  begin(sequencer);
  const seen: number[] = [];
  for (const says of [
    NOW + 5,
    NOW + HOUR,
    NOW - HOUR,
    NOW - HOUR,
    NOW - HOUR,
    0,
    NOW + HOUR - 1,
    NOW + HOUR + 0.9,
    NOW + HOUR + 7,
  ]) {
    clock.says = says;
    sequencer.run(account());
    seen.push(state.t - NOW);
    expect(sequencer.now()).toBe(state.t);
  }
  expect(seen).toEqual([5, HOUR, HOUR, HOUR, HOUR, HOUR, HOUR, HOUR, HOUR + 7]);
  expect((await expectSound(journal, state)).slice(2).map((t) => t - NOW)).toEqual(seen);
  await journal.close();
});

test("a pinned time stays when the clock is set back, though nothing happened at it: else no nonce is fresh and after the fence", async () => {
  const clock = { says: NOW };
  const { state, sequencer, journal } = await start(newFolder(), clock);
  begin(sequencer);
  clock.says = NOW + HOUR;
  expect(sequencer.pin()).toBe(NOW + HOUR);
  clock.says = NOW;
  expect(sequencer.now()).toBe(NOW + HOUR);
  expect(sequencer.pin()).toBe(NOW + HOUR);
  sequencer.run(account());
  expect(state.t).toBe(NOW + HOUR);
  await expectSound(journal, state);
  await journal.close();
});

test("a clock that jumps to the year 2100 for a moment in which nothing is written down leaves no trace in the journal", async () => {
  const clock = { says: NOW };
  const { state, sequencer, journal } = await start(newFolder(), clock);
  begin(sequencer);
  sequencer.pin();
  clock.says = Date.UTC(2100, 0);
  // As heartbeats and calls that only read do all the time.
  expect(sequencer.now()).toBe(Date.UTC(2100, 0));
  clock.says = NOW + 5;
  expect(sequencer.now()).toBe(NOW + 5);
  sequencer.run(account());
  expect(state.t).toBe(NOW + 5);
  await expectSound(journal, state);
  await journal.close();
});

test("a hub that starts again under a clock that is behind goes on from the time of its last command", async () => {
  const folder = newFolder();
  const clock = { says: NOW };
  const first = await start(folder, clock);
  begin(first.sequencer);
  clock.says = NOW + HOUR;
  first.sequencer.run(account());
  await first.journal.close();
  clock.says = NOW;
  const { state, sequencer, journal } = await start(folder, clock);
  expect(sequencer.now()).toBe(NOW + HOUR);
  sequencer.run(account());
  expect(state.t).toBe(NOW + HOUR);
  await expectSound(journal, state);
  await journal.close();
});

test("under any clock at all: time in the journal never goes back, and a replay gives the same", async () => {
  const clock = { says: NOW };
  const { state, sequencer, journal } = await start(newFolder(), clock);
  begin(sequencer);
  const anyTime = fc.oneof(
    fc.double({ min: -HOUR, max: HOUR, noNaN: true }),
    fc.constant(0),
    fc.integer({ min: -NOW, max: NOW }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyTime, { minLength: 1, maxLength: 8 }), async (offsets) => {
      for (const offset of offsets) {
        clock.says = NOW + offset;
        const before = state.t;
        sequencer.run(account());
        expect(state.t).toBe(Math.max(before, Math.floor(clock.says)));
      }
    }),
    { numRuns: 40 },
  );
  await expectSound(journal, state);
  await journal.close();
});

test("nothing is carried out any more once it has stopped, and it is no failure", async () => {
  const folder = newFolder();
  const { state, sequencer, journal } = await start(folder, { says: NOW });
  begin(sequencer);
  const [seq, hash] = [journal.lastSeq, stateHash(state)];
  sequencer.stop();
  expect(() => sequencer.run(account())).toThrow("has stopped");
  expect([journal.lastSeq, stateHash(state)]).toEqual([seq, hash]);
  await sequencer.durable();
  await journal.close();
});
