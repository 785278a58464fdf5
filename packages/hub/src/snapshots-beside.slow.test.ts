import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { paths } from "./data-folder.ts";
import { type SnapshotText, textByThread } from "./snapshot-text.ts";
import { keepSnapshots } from "./snapshots.ts";
import { begun, KEY, makeAccount, never, recovered } from "./testing/journaled.ts";
import { stateHash } from "./verify.ts";

const snapshotsOf = (data: string): number[] => {
  const names = readdirSync(join(paths(data).journal, "snapshots"));
  return names.flatMap((name) => /^snapshot-(\d+)\.txt$/.exec(name)?.[1] ?? []).map(Number);
};

test("a snapshot that is made beside the hub is of one moment, while commands go on", async () => {
  const { data, journal, sequencer } = await begun(10);
  keepSnapshots(journal, sequencer, 10, { error: never }, textByThread({ data }, KEY), 1000);
  let during = 0;
  for (let seen = 0; seen < 2; ) {
    makeAccount(sequencer);
    await sequencer.durable();
    if (journal.lastSeq > 1100) during++;
    seen = readdirSync(paths(data).journal).includes("snapshots") ? snapshotsOf(data).length : 0;
  }
  const positions = snapshotsOf(data);
  expect(during).toBeGreaterThan(0);
  expect(positions[0]).toBeLessThan(positions[1]!);
  // As after a crash: nothing was written at the end.
  const start = await recovered({ data }, journal);
  expect(start).toEqual({
    snapshotSeq: positions[1],
    passedOver: [],
    hash: stateHash(sequencer.state),
  });
  expect(journal.lastSeq).toBeGreaterThan(positions[1]!);
});

test("a hub that stops breaks off the snapshot under way and leaves one of its last moment", async () => {
  const { data, journal, sequencer } = await begun(100);
  let asked = 0;
  const endless: SnapshotText = async function* (_, signal) {
    asked++;
    yield '["cut off"]\n';
    if (!signal.aborted) await once(signal, "abort");
    throw signal.reason;
  };
  const snapshots = keepSnapshots(journal, sequencer, 0, { error: never }, endless, 50);
  while (journal.lastSeq < 160) makeAccount(sequencer);
  await sequencer.durable();
  await snapshots.close();
  expect(asked).toBe(1);
  expect(snapshotsOf(data)).toEqual([160]);
  expect(await recovered({ data }, journal)).toMatchObject({
    snapshotSeq: 160,
    hash: stateHash(sequencer.state),
  });
});

test("a thread that is stopped in the middle leaves the snapshots before as they were", async () => {
  const { data, journal, sequencer } = await begun(50);
  const makeText = textByThread({ data }, KEY);
  await journal.snapshotText(50, makeText(journal.head, new AbortController().signal));
  while (journal.lastSeq < 5000) makeAccount(sequencer);
  await sequencer.durable();
  const controller = new AbortController();
  async function* cut(): AsyncGenerator<string> {
    for await (const chunk of makeText(journal.head, controller.signal)) {
      yield chunk;
      controller.abort();
    }
  }
  await expect(journal.snapshotText(5000, cut())).rejects.toThrow("ended");
  await expect(
    journal.snapshotText(5000, makeText(journal.head, AbortSignal.abort(new Error("too late")))),
  ).rejects.toThrow("too late");
  expect(snapshotsOf(data)).toEqual([50]);
  expect(await recovered({ data }, journal)).toMatchObject({
    snapshotSeq: 50,
    hash: stateHash(sequencer.state),
  });
});

test("what is not sealed with the journal's key becomes no snapshot, and it is said", async () => {
  const { data, journal, sequencer } = await begun(50);
  const told: unknown[] = [];
  const log = { error: (of: { err: unknown }) => void told.push(of.err) };
  const wrongKey = textByThread({ data }, new Uint8Array(32));
  const snapshots = keepSnapshots(journal, sequencer, 0, log, wrongKey, 10);
  while (journal.lastSeq < 60) makeAccount(sequencer);
  await sequencer.durable();
  await expect
    .poll(() => told, { timeout: 60_000 })
    .toEqual([expect.objectContaining({ code: "journal_damaged" })]);
  await snapshots.close();
  expect(snapshotsOf(data)).toEqual([60]);
  expect(await recovered({ data }, journal)).toMatchObject({ snapshotSeq: 60 });
});
