import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { JournalError } from "../error.ts";
import { type Journal, openJournal } from "../journal.ts";
import { entriesTo, entryAt } from "../testing/entries.ts";
import { fill, recoverEntries } from "../testing/place.ts";
import { type PostgresPlace, postgresPlace } from "../testing/postgres-place.ts";
import { type PostgresServer, startPostgres } from "../testing/postgres-server.ts";
import { startOnSmallDisk } from "../testing/small-disk.ts";
import { QUICK } from "../testing/timing.ts";
import { startWire, type Wire } from "../testing/wire.ts";

// A server that comes back from a crash takes its time on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

let server: PostgresServer;
let wire: Wire;
beforeAll(async () => {
  server = await startPostgres();
  wire = await startWire(server.port);
});
afterAll(async () => {
  await wire.close();
  await server.end();
});

const failureOf = (journal: Journal): Promise<JournalError> =>
  new Promise((resolve) => journal.onFailure(resolve));

/** What somebody else finds: the whole chain verified. */
async function entriesIn(place: PostgresPlace): Promise<string[]> {
  const journal = await openJournal(place.store({ timing: QUICK }));
  const entries: string[] = [];
  await journal.verify((text) => void entries.push(text));
  await journal.close();
  return entries;
}

/** Appends for as long as it is asked to, in bursts, and keeps what was answered. */
function appending(journal: Journal): {
  answered(): number;
  more(count: number): Promise<void>;
  stop(): Promise<void>;
} {
  let go = true;
  let failure: JournalError | undefined;
  const failed = failureOf(journal).then((error) => {
    failure = error;
    go = false;
  });
  const done = (async () => {
    while (go) {
      const burst = 1 + (journal.lastSeq % 20);
      for (let i = 0; i < burst; i++) journal.append(entryAt(journal.lastSeq + 1));
      await Promise.race([journal.durable(journal.lastSeq).catch(() => {}), failed]);
    }
  })();
  return {
    answered: () => journal.durableSeq,
    async more(count) {
      const enough = journal.durableSeq + count;
      while (journal.durableSeq < enough) {
        if (failure) throw failure;
        await sleep(5);
      }
    },
    async stop() {
      go = false;
      await done;
    },
  };
}

const until = async (is: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await is())) await sleep(5);
};

describe("two leaders", () => {
  /** So that it is the append that finds out. */
  const SELDOM = { ...QUICK, beat: 60_000, lease: 300_000 };
  const takeOver = "UPDATE journal_writer SET term = term + 1, holder = 'other', shown = 'elsewhere'";

  test("the one whose place was taken answers nothing more, says why, and leaves the other's groups alone", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal({ timing: SELDOM });
    await fill(journal, 10, 5);
    await server.query(place.url, takeOver);
    const failure = failureOf(journal);
    const answer = journal.durable(journal.append("too late"));
    await expect(answer).rejects.toMatchObject({ code: "outcome_unknown" });
    expect(await failure).toMatchObject({ code: "journal_taken" });
    expect((await server.query(place.url, "SELECT count(*)::int AS n FROM journal_group"))[0]).toEqual({
      n: 2,
    });
  });

  test("it stops also when it has nothing to write, so that it does not answer from memory", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal();
    await server.query(place.url, takeOver);
    expect(await failureOf(journal)).toMatchObject({ code: "journal_taken" });
    expect(() => journal.append("too late")).toThrow(expect.objectContaining({ code: "journal_failed" }));
  });

  test("of two that write the same number the second stops at once", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal({ timing: SELDOM });
    await fill(journal, 10, 5);
    const insert = `INSERT INTO journal_group SELECT number + 1, first_seq + count, count, hash, 'other', data
      FROM journal_group ORDER BY number DESC LIMIT 1`;
    await server.query(place.url, insert);
    const failure = failureOf(journal);
    await expect(journal.durable(journal.append("second"))).rejects.toMatchObject({
      code: "outcome_unknown",
    });
    expect((await failure).message).toContain("another hub has written group 3");
  });

  test("one that stood still while another took over ends, and nothing of it comes after", async () => {
    const place = await postgresPlace(server);
    const appender = fileURLToPath(new URL("../testing/appender.js", import.meta.url));
    const child = spawn(process.execPath, [appender, place.url], { stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    let [printed, errors] = ["", ""];
    child.stdout.on("data", (text) => {
      printed += text;
    });
    child.stderr.on("data", (text) => {
      errors += text;
    });
    await until(() => printed.split("\n").length > 20);
    await expect(place.journal()).rejects.toMatchObject({ code: "journal_in_use" });
    child.kill("SIGSTOP");
    const { journal } = await place.journal({ timing: QUICK });
    const taken = journal.lastSeq;
    expect(taken).toBeGreaterThanOrEqual(Number(printed.split("\n").at(-2)));
    await fill(journal, taken + 10, 5);
    child.kill("SIGCONT");
    await once(child, "close");
    expect(errors).toContain("journal_taken");
    expect(Number(printed.split("\n").at(-2))).toBeLessThanOrEqual(taken);
    await fill(journal, taken + 20, 5);
    await journal.close();
    expect(await entriesIn(place)).toEqual(entriesTo(taken + 20));
  });

  test("of many that open at the same time one gets in", async () => {
    const place = await postgresPlace(server);
    const opened = await Promise.allSettled(Array.from({ length: 5 }, () => place.store().open()));
    expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of opened)
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "journal_in_use" });
  });
});

describe("a server that is killed with -9", () => {
  test("and comes back is waited for: everything is answered, in order and once", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal();
    const work = appending(journal);
    for (let round = 0; round < 3; round++) {
      await work.more(200);
      await server.kill();
      await server.start();
      await work.more(1);
    }
    await work.stop();
    const { lastSeq } = journal;
    expect(journal.durableSeq).toBe(lastSeq);
    await journal.close();
    expect(await entriesIn(place)).toEqual(entriesTo(lastSeq));
  });

  test("and stays away ends the hub; what was answered is there when it is back", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal({ timing: QUICK });
    const work = appending(journal);
    await work.more(200);
    const failure = failureOf(journal);
    await server.kill();
    expect(await failure).toMatchObject({ code: "journal_unavailable" });
    await work.stop();
    await server.start();
    const entries = await entriesIn(place);
    expect(entries).toEqual(entriesTo(entries.length));
    expect(entries.length).toBeGreaterThanOrEqual(work.answered());
  });

  test("during a snapshot leaves the one before whole, or waits and finishes it", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal();
    await fill(journal, 100, 10);
    await journal.snapshot(50, entriesTo(50));
    async function* slowly(): AsyncGenerator<string> {
      for (const [i, entry] of entriesTo(100).entries()) {
        yield entry;
        yield `filling ${"x".repeat(20_000)}`;
        if (i === 40) {
          await server.kill();
          await server.start();
        }
      }
    }
    await journal.snapshot(100, slowly());
    await journal.close();
    const again = await openJournal(place.store());
    const lines: string[] = [];
    const recovered = await again.recover({
      async loadSnapshot(from) {
        for await (const some of from)
          for (const line of some.split("\n")) if (!line.startsWith("filling")) lines.push(line);
      },
      apply: () => {},
    });
    expect(recovered).toMatchObject({ seq: 100, snapshotSeq: 100, replayed: 0, passedOver: [] });
    expect(lines).toEqual(entriesTo(100));
  });
});

describe("a connection that is cut", () => {
  test("while a commit's answer is on its way: the group is found, not written again", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal({ url: wire.through(place.url) });
    await fill(journal, 10, 5);
    wire.holdAnswers();
    const seq = journal.append(entryAt(11));
    await until(
      async () => (await server.query(place.url, "SELECT 1 FROM journal_group WHERE number = 3")).length > 0,
    );
    expect(journal.durableSeq).toBe(10);
    wire.cut();
    await journal.durable(seq);
    await fill(journal, 20, 5);
    await journal.close();
    expect(await entriesIn(place)).toEqual(entriesTo(20));
  });

  test("anywhere, in either direction, over and over: everything is answered, in order and once", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal({ url: wire.through(place.url) });
    for (let round = 0; round < 120; round++) {
      // Steps that are coprime to the sizes of messages: the cut falls into every kind of them.
      wire.cutAfter(round % 2 === 0 ? "client" : "server", 1 + ((round * 61) % 1000));
      const first = journal.append(entryAt(journal.lastSeq + 1));
      await sleep(round % 3);
      for (let i = 0; i < 5; i++) journal.append(entryAt(journal.lastSeq + 1));
      await journal.durable(first + 5);
    }
    const { lastSeq } = journal;
    await journal.close();
    expect(await entriesIn(place)).toEqual(entriesTo(lastSeq));
  });

  test("by the server's operator is made again", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal();
    const work = appending(journal);
    for (let round = 0; round < 10; round++) {
      await work.more(1);
      expect(await server.hangUp(place.url)).toBeGreaterThan(0);
    }
    await work.stop();
    const { lastSeq } = journal;
    await journal.close();
    expect(await entriesIn(place)).toEqual(entriesTo(lastSeq));
  });

  test("without a word, as when the network is gone: the hub ends in time, its outcome unknown", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal({ url: wire.through(place.url), timing: QUICK });
    await fill(journal, 10, 5);
    const failure = failureOf(journal);
    wire.blackHole(true);
    const waiting = journal.durable(journal.append(entryAt(11)));
    await expect(waiting).rejects.toMatchObject({ code: "outcome_unknown" });
    expect(await failure).toMatchObject({ code: "journal_unavailable" });
    wire.blackHole(false);
    expect(await entriesIn(place)).toEqual(entriesTo(10));
  });
});

test("a slow server makes larger groups, and answers keep their order", async () => {
  const place = await postgresPlace(server);
  const { journal } = await place.journal({ url: wire.through(place.url) });
  wire.delay(25);
  onTestFinished(() => wire.delay(0));
  const answered: number[] = [];
  for (let burst = 0; burst < 100; burst++) {
    for (let i = 0; i < 20; i++) {
      const seq = journal.append(entryAt(journal.lastSeq + 1));
      journal.whenDurable(seq, () => answered.push(seq));
    }
    await sleep(2);
  }
  await journal.durable(2000);
  expect(answered).toEqual(Array.from({ length: 2000 }, (_, i) => i + 1));
  wire.delay(0);
  expect((await journal.verify()).groups).toBeLessThan(30);
});

test("a full disk: the hub ends, all that was answered is there, and with room it goes on", async () => {
  const disk = await startOnSmallDisk();
  onTestFinished(() => disk.end());
  const place = await postgresPlace(disk.server);
  const { journal } = await place.journal({ timing: QUICK });
  const failure = failureOf(journal);
  let answered = 0;
  // Text that does not compress.
  const large = (seq: number): string =>
    createHash("shake256", { outputLength: 150_000 }).update(`${seq}`).digest("base64");
  const failed = failure.then(() => true);
  for (let ended = false; !ended; ) {
    const seq = journal.append(large(journal.lastSeq + 1));
    ended = await Promise.race([
      journal.durable(seq).then(
        () => false,
        () => true,
      ),
      failed,
    ]);
    if (!ended) answered = seq;
  }
  expect(answered).toBeGreaterThan(10);
  expect((await failure).code).toBe("journal_unavailable");
  await journal.close();
  await disk.makeRoom();
  const again = await openJournal(place.store({ timing: QUICK }));
  const entries = await recoverEntries(again);
  expect(entries.length).toBeGreaterThanOrEqual(answered);
  expect(entries).toEqual(entries.map((_, i) => large(i + 1)));
  await again.durable(again.append(large(entries.length + 1)));
  expect((await again.verify()).seq).toBe(entries.length + 1);
});
