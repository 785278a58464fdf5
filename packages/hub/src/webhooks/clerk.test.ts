import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeClerk } from "./clerk.ts";
import { fileIn, openDatabase } from "./database.ts";
import type { FromThread, Request } from "./messages.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "coinholder-clerk-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Asks one after the other; answers what was sent. */
const ask = (...requests: Request[]): FromThread[] => {
  const sent: FromThread[] = [];
  const clerk = makeClerk((message) => sent.push(message));
  for (const request of requests) clerk(request);
  return sent;
};
const open = (journalSeq: number): Request => ({ ask: "open", folder, journalSeq, anywhere: false });
const event = { account: "ac-a", number: 160, t: Date.now(), body: "{}", webhooks: ["wh-a"] };
const filled = (): void => {
  const batchJson = JSON.stringify({ upTo: 20, events: [event] });
  ask(open(20), { ask: "store", batchJson }, { ask: "close" });
};
const asides = (): number => readdirSync(folder).filter((name) => /\.damaged-[^:]*Z$/.test(name)).length;

test.each([
  [
    "is no database",
    () => {
      for (const more of ["-wal", "-shm"]) rmSync(`${fileIn(folder)}${more}`, { force: true });
      writeFileSync(fileIn(folder), "x".repeat(10_000));
    },
  ],
  [
    "is of a newer version",
    () => {
      const db = openDatabase(folder);
      db.exec("PRAGMA user_version = 99");
      db.close();
    },
  ],
  [
    "lacks a table",
    () => {
      const db = openDatabase(folder);
      db.exec("DROP TABLE delivery");
      db.close();
    },
  ],
])("an outbox that %s is moved aside and begins anew", (_, harm) => {
  filled();
  harm();
  const [opened] = ask(open(20), { ask: "close" });
  expect(opened).toMatchObject({ is: "answer", value: { position: 0, rebuilt: expect.any(String) } });
  expect(asides()).toBe(1);
});

test("an outbox that is ahead of its journal (a backup was put back) begins anew; one that is not goes on", () => {
  filled();
  expect(ask(open(25), { ask: "close" })[0]).toMatchObject({ value: { position: 20, rebuilt: undefined } });
  expect(ask(open(19), { ask: "close" })[0]).toMatchObject({ value: { position: 0 } });
  expect(asides()).toBe(1);
});

test("webhooks that stand keep what waits for them, others do not", () => {
  filled();
  const log = { ask: "log", webhook: "wh-a", before: undefined, limit: 10 } as const;
  const [, , , kept, , gone] = ask(
    open(20),
    { ask: "standing", webhooks: ["wh-a"] },
    { ask: "standing", webhooks: ["wh-a", "wh-b"] },
    log,
    { ask: "standing", webhooks: ["wh-b"] },
    log,
    { ask: "close" },
  );
  expect(kept).toMatchObject({ value: { rows: [{ number: 160, status: "waiting" }], more: false } });
  expect(gone).toMatchObject({ value: { rows: [] } });
});

test("what cannot be done is told as a failure, and nothing is taken afterwards", () => {
  const sent = ask({ ask: "start" }, { ask: "store", batchJson: "{}" });
  expect(sent.map(({ is }) => is)).toEqual(["failed", "failed"]);
});
