import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openJournal } from "./journal.ts";
import { entriesTo, entryAt } from "./testing/entries.ts";
import { temporaryPlace } from "./testing/place.ts";

const program = fileURLToPath(new URL("./testing/appender.js", import.meta.url));

function startAppender(folder: string): ChildProcess {
  return spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
}

/** Kills the program without warning after it has printed so many lines. Returns the last whole line of all. */
async function killAfter(child: ChildProcess, lines: number): Promise<number> {
  let printed = "";
  child.stdout!.setEncoding("latin1").on("data", (text: string) => {
    printed += text;
    if (printed.split("\n").length > lines) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
  return Number(printed.split("\n").at(-2));
}

describe("kill -9", () => {
  test("loses nothing that was said to be durable, ten times in a row, while snapshots are being written", async () => {
    const place = await temporaryPlace();
    let before = 0;
    for (let round = 1; round <= 10; round++) {
      const printed = await killAfter(startAppender(place.folder), 2 + ((round * 37) % 90));
      const journal = await openJournal(place.store());
      let loaded: number | undefined;
      let last = 0;
      const recovered = await journal.recover({
        async loadSnapshot(lines) {
          for await (const some of lines)
            for (const line of some.split("\n"))
              if (line.startsWith("state ")) loaded = Number(line.slice(6));
        },
        apply: (_text, seq) => {
          last = seq;
        },
      });
      expect(printed).toBeGreaterThanOrEqual(before);
      expect(recovered.seq).toBeGreaterThanOrEqual(printed);
      expect(recovered.passedOver).toEqual([]);
      expect(loaded ?? 0).toBe(recovered.snapshotSeq);
      expect(last === 0 ? recovered.snapshotSeq : last).toBe(recovered.seq);
      const entries: string[] = [];
      await journal.verify((text) => void entries.push(text));
      expect(entries).toEqual(entriesTo(recovered.seq));
      before = recovered.seq;
      await journal.close();
    }
  });

  test("frees the journal, which no second process can have before", async () => {
    const place = await temporaryPlace();
    const child = startAppender(place.folder);
    await once(child.stdout!, "data");
    await expect(openJournal(place.store())).rejects.toMatchObject({ code: "journal_in_use" });
    expect(await killAfter(child, 0)).toBeGreaterThan(0);
    const { journal } = await place.journal();
    expect(journal.lastSeq).toBeGreaterThan(0);
  });
});

describe.skipIf(process.platform === "win32")("no more room", () => {
  test("ends the process with the outcome unknown; all that was said to be durable is there", async () => {
    const place = await temporaryPlace();
    // A file may grow to 3 MB (the limit is in blocks of 512 bytes): writing beyond fails as on a full disk.
    const limited = ["-c", 'ulimit -f 6000; exec "$0" "$@"', process.execPath, program, place.folder];
    const child = spawn("sh", limited, { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    let errors = "";
    child.stdout.on("data", (text) => {
      printed += text;
    });
    child.stderr.on("data", (text) => {
      errors += text;
    });
    const [code] = await once(child, "close");
    expect(code).not.toBe(0);
    expect(errors).toContain("outcome_unknown");
    const { journal, entries } = await place.journal();
    expect(journal.durableSeq).toBeGreaterThanOrEqual(Number(printed.split("\n").at(-2)));
    expect((await journal.verify()).seq).toBe(journal.durableSeq);
    expect(entries.at(-1)).toBe(entryAt(journal.durableSeq));
  });
});
