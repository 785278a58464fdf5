import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, cp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "@photostructure/sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JournalError } from "../error.ts";
import { openJournal } from "../journal.ts";
import { storeCases } from "../suite.ts";
import { entriesTo } from "../testing/entries.ts";
import { entriesIn, fill, recoverEntries, tamper, temporaryPlace } from "../testing/place.ts";
import { openDatabase } from "./database.ts";
import { rewriteLog } from "./rewrite-log.ts";
import { sqliteStore } from "./store.ts";

storeCases("SQLite", temporaryPlace);

const appender = fileURLToPath(new URL("../testing/appender.js", import.meta.url));

/** Copies the folder while a journal is open in it, the write-ahead log not yet in the database: like a crash. */
async function crashedCopy(entries: number): Promise<{ folder: string; log: string }> {
  const place = await temporaryPlace();
  const { journal } = await place.journal();
  await fill(journal, entries, 10);
  const folder = join((await temporaryPlace()).folder, "copy");
  await cp(place.folder, folder, { recursive: true });
  await rm(join(folder, "journal.db-shm"), { force: true });
  await journal.close();
  return { folder, log: join(folder, "journal.db-wal") };
}

describe("a commit means a sync", () => {
  test("WAL and synchronous FULL on the writing connection, at the first opening and at every later one", async () => {
    const place = await temporaryPlace();
    for (let opening = 0; opening < 3; opening++) {
      const store = place.store();
      const journal = await openJournal(store);
      await recoverEntries(journal);
      await fill(journal, journal.lastSeq + 5, 1);
      expect(await store.durability()).toEqual({ journalMode: "wal", synchronous: 2 });
      await journal.close();
    }
  });

  test("also where somebody's shell left other settings in the file", async () => {
    const place = await temporaryPlace();
    await (await place.journal()).journal.close();
    tamper(place.folder, "PRAGMA journal_mode = DELETE");
    const store = place.store();
    await store.open();
    expect(await store.durability()).toEqual({ journalMode: "wal", synchronous: 2 });
  });
});

describe("damage below SQL", () => {
  test("a damaged write-ahead log is not cut off as a tail", async () => {
    expect(await entriesIn((await crashedCopy(300)).folder)).toEqual(entriesTo(300));
    for (const where of [0.3, 0.6, 0.99]) {
      const { folder, log } = await crashedCopy(300);
      const bytes = await readFile(log);
      bytes[Math.floor(bytes.length * where)]! ^= 1;
      await writeFile(log, bytes);
      await expect(entriesIn(folder)).rejects.toMatchObject({ code: "journal_damaged" });
    }
  });

  test("a write-ahead log left behind by a copy is missed", async () => {
    const { folder, log } = await crashedCopy(300);
    await rm(log);
    await expect(entriesIn(folder)).rejects.toMatchObject({ code: "journal_damaged" });
  });

  test("a log torn in its last, unanswered commit recovers to the last whole group", async () => {
    const { folder, log } = await crashedCopy(300);
    const headBefore = await readFile(join(folder, "journal.head"));
    const sizeBefore = (await stat(log)).size;
    const longer = await crashedCopy(310);
    const bytes = await readFile(longer.log);
    expect(bytes.length).toBeGreaterThan(sizeBefore);
    for (const size of [sizeBefore, sizeBefore + 1, sizeBefore + 24, bytes.length - 4096, bytes.length - 1]) {
      const torn = join((await temporaryPlace()).folder, "torn");
      await cp(longer.folder, torn, { recursive: true });
      await writeFile(join(torn, "journal.db-wal"), bytes.subarray(0, size));
      await writeFile(join(torn, "journal.head"), headBefore.toString().replace(/"hash":"\w+"/, ""));
      expect(await entriesIn(torn)).toEqual(entriesTo(300));
    }
  });

  test("a flipped bit anywhere in journal.db is found, or changes nothing", async () => {
    const place = await temporaryPlace();
    const { journal } = await place.journal();
    await fill(journal, 400, 10);
    await journal.close();
    const work = join((await temporaryPlace()).folder, "work");
    const where = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(where, fc.integer({ min: 0, max: 7 }), async (share, bit) => {
        await cp(place.folder, work, { recursive: true, force: true });
        const bytes = await readFile(join(work, "journal.db"));
        bytes[Math.floor(share * bytes.length)]! ^= 1 << bit;
        await writeFile(join(work, "journal.db"), bytes);
        const outcome = await entriesIn(work).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(JournalError);
        else expect(outcome).toEqual(entriesTo(400));
        await rm(work, { recursive: true });
      }),
      { numRuns: 20 },
    );
  });
});

describe("opening", () => {
  test("the log that a crash leaves is written anew, to the byte", async () => {
    const { folder, log } = await crashedCopy(300);
    const before = await readFile(log);
    await utimes(log, 0, 0);
    const db = openDatabase(folder);
    rewriteLog(db, folder);
    expect((await stat(log)).mtimeMs).toBeGreaterThan(0);
    expect(await readFile(log)).toEqual(before);
    db.close();
  });

  test("the log that a crash leaves is in the database before anything follows, but not while somebody else writes", async () => {
    const { folder, log } = await crashedCopy(300);
    await utimes(log, 0, 0);
    const shell = new DatabaseSync(join(folder, "journal.db"));
    shell.exec("BEGIN IMMEDIATE");
    await expect(sqliteStore(folder).open()).rejects.toMatchObject({ code: "journal_unavailable" });
    expect((await stat(log)).mtimeMs).toBe(0);
    shell.exec("ROLLBACK");
    const store = sqliteStore(folder);
    expect((await store.open()).seq).toBe(300);
    expect((await stat(log)).size).toBe(0);
    await store.close();
    shell.close();
  });

  test("the log of a journal that is refused is kept: what is behind the damage may be all there is", async () => {
    const { folder, log } = await crashedCopy(300);
    const bytes = await readFile(log);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    await writeFile(log, bytes);
    for (let time = 0; time < 3; time++) {
      await expect(sqliteStore(folder).open()).rejects.toMatchObject({ code: "journal_damaged" });
      const kept = (await readdir(folder)).filter((name) => name.startsWith("journal.db-wal.refused-"));
      expect(kept).toHaveLength(1);
      expect(await readFile(join(folder, kept[0]!))).toEqual(bytes);
    }
  });

  test("a journal of a newer version is refused and left alone", async () => {
    const place = await temporaryPlace();
    await (await place.journal()).journal.close();
    tamper(place.folder, "PRAGMA user_version = 2");
    const before = await readFile(join(place.folder, "journal.db"));
    await expect(place.store().open()).rejects.toMatchObject({ code: "journal_too_new" });
    expect(await readFile(join(place.folder, "journal.db"))).toEqual(before);
  });

  test("a file that is no database is refused", async () => {
    const place = await temporaryPlace();
    await writeFile(join(place.folder, "journal.db"), "not a journal at all\n".repeat(500));
    await expect(place.store().open()).rejects.toMatchObject({ code: "journal_damaged" });
  });

  test("a folder that cannot be made is refused", async () => {
    const place = await temporaryPlace();
    await writeFile(join(place.folder, "file"), "");
    await expect(sqliteStore(join(place.folder, "file", "journal")).open()).rejects.toMatchObject({
      code: "journal_unavailable",
    });
  });

  test("a second process is refused at once with a clear error, and the first goes on", async () => {
    const place = await temporaryPlace();
    const { journal } = await place.journal();
    const child = spawn(process.execPath, [appender, place.folder], { stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (text) => {
      errors += text;
    });
    const [code] = await once(child, "close");
    expect(code).not.toBe(0);
    expect(errors).toContain("journal_in_use");
    await fill(journal, 20, 10);
    expect(journal.durableSeq).toBe(20);
  });

  test("an operator reads the journal with a plain SQLite connection while it is in use", async () => {
    const place = await temporaryPlace();
    const { journal } = await place.journal();
    await fill(journal, 20, 10);
    const shell = new DatabaseSync(join(place.folder, "journal.db"), { readOnly: true });
    const rows = shell.prepare("SELECT data FROM journal_group ORDER BY number").all() as { data: string }[];
    shell.close();
    expect(rows.flatMap((row) => row.data.split("\n"))).toEqual(entriesTo(20));
    await fill(journal, 30, 10);
    expect(journal.durableSeq).toBe(30);
  });

  test("a backup of journal.db alone, made by SQLite, opens", async () => {
    const place = await temporaryPlace();
    const { journal } = await place.journal();
    await fill(journal, 50, 10);
    const restored = await temporaryPlace();
    const shell = new DatabaseSync(join(place.folder, "journal.db"), { readOnly: true });
    shell.exec(`VACUUM INTO '${join(place.folder, "backup.db")}'`);
    shell.close();
    await copyFile(join(place.folder, "backup.db"), join(restored.folder, "journal.db"));
    expect(await entriesIn(restored.folder)).toEqual(entriesTo(50));
  });
});
