import { type PostgresServer, startPostgres } from "@coinholder/journal/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { textByThread } from "./snapshot-text.ts";
import { begun, KEY, makeAccount, recovered } from "./testing/journaled.ts";
import { stateHash } from "./verify.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.end());

test("a snapshot is made beside a hub on PostgreSQL, too, from the one before and the journal", async () => {
  const store = await server.database();
  const { data, journal, sequencer } = await begun(100, store);
  const makeText = textByThread({ data, store }, KEY);
  for (const commands of [100, 3000]) {
    while (journal.lastSeq < commands) makeAccount(sequencer);
    await sequencer.durable();
    await journal.snapshotText(commands, makeText(journal.head, new AbortController().signal));
  }
  makeAccount(sequencer);
  await sequencer.durable();
  expect(await recovered({ data, store }, journal)).toEqual({
    snapshotSeq: 3000,
    passedOver: [],
    hash: stateHash(sequencer.state),
  });
});
