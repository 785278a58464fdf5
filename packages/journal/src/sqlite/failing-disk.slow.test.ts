import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync, truncateSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { entriesTo } from "../testing/entries.ts";
import { fill, temporaryPlace } from "../testing/place.ts";
import { callsIn, hasStrace, type SystemCall, underStrace } from "../testing/strace.ts";

const program = fileURLToPath(new URL("../testing/appender.js", import.meta.url));

/** Runs the appender until it ends, with these answers of the system for its write-ahead log. */
const runOnto = async (folder: string, log: string, inject: string) => {
  const trace = join(folder, "trace");
  const syncs = { trace: "pwrite64,fsync,fdatasync", only: [log], inject: [inject] };
  const [command, ...words] = [...underStrace(trace, syncs), process.execPath, program, folder];
  const child = spawn(command!, words, { stdio: ["ignore", "pipe", "pipe"] });
  const said = ["", ""];
  for (const [i, stream] of [child.stdout, child.stderr].entries())
    stream.on("data", (text) => {
      said[i] += text;
    });
  const [code] = await once(child, "close");
  const calls = await callsIn(trace, child.pid!);
  // A last line that was cut off says nothing.
  return { code, durable: Number(said[0]!.split("\n").at(-2) ?? 0), errors: said[1]!, calls };
};

/** How long the log was when it was last safe: what came after may be gone with the machine. */
const safeLength = (calls: readonly SystemCall[]): number => {
  let [written, safe] = [0, 0];
  for (const { name, text, result } of calls) {
    const [, bytes, at] = /, (\d+), (\d+)\) += /.exec(text) ?? [];
    if (name !== "pwrite64" && result === 0) safe = written;
    else if (result > 0) written = Math.max(written, Number(at) + Number(bytes));
  }
  return safe;
};

describe.skipIf(!hasStrace)("a disk that fails", () => {
  test.each([
    ["the sync", "EIO", "fsync,fdatasync", 6],
    ["the sync", "EIO", "fsync,fdatasync", 7],
    ["the sync", "EIO", "fsync,fdatasync", 13],
    ["a write", "EIO", "pwrite64", 30],
    ["a write", "ENOSPC", "pwrite64", 31],
  ])(
    "%s gives %s (%s, time %i): the process ends, does not try again, and had told nothing that is lost",
    async (_what, error, names, time) => {
      const place = await temporaryPlace();
      const log = join(place.folder, "journal.db-wal");
      const { code, durable, errors, calls } = await runOnto(
        place.folder,
        log,
        `${names}:error=${error}:when=${time}`,
      );
      expect(code).toBeGreaterThan(0);
      expect(errors).toContain("outcome_unknown");
      const failed = calls.findIndex(({ injected }) => injected);
      expect(failed).toBeGreaterThan(0);
      // Closing, SQLite moves what was committed before into the database, and syncs for that.
      const written = calls.slice(failed + 1).filter(({ name }) => name === "pwrite64");
      expect(written, "nothing more is written to the log").toEqual([]);
      expect(durable).toBeGreaterThan(0);
      // What was not synced is gone: a kernel may drop what it could not write.
      if (existsSync(log)) truncateSync(log, safeLength(calls.slice(0, failed + 1)));
      const { journal } = await place.journal();
      expect(journal.durableSeq).toBe(durable);
      const entries: string[] = [];
      await journal.verify((text) => void entries.push(text));
      expect(entries).toEqual(entriesTo(durable));
    },
  );

  test("what a killed process left in the log is not told before it was written anew and synced", async () => {
    const place = await temporaryPlace();
    const { journal } = await place.journal();
    await fill(journal, 300, 10);
    const folder = join((await temporaryPlace()).folder, "killed");
    await cp(place.folder, folder, { recursive: true });
    const log = join(folder, "journal.db-wal");
    const { size } = statSync(log);
    expect(size).toBeGreaterThan(0);
    const { code, durable, errors, calls } = await runOnto(folder, log, "fsync,fdatasync:error=EIO:when=1");
    expect(code).toBeGreaterThan(0);
    expect(errors).toContain("journal_unavailable");
    expect(durable).toBe(0);
    let written = 0;
    for (const { name, text, result } of calls.slice(
      0,
      calls.findIndex(({ injected }) => injected),
    )) {
      expect(name).toBe("pwrite64");
      expect(Number(/, (\d+)\) += /.exec(text)?.[1])).toBe(written);
      written += result;
    }
    expect(written).toBe(size);
  });
});
