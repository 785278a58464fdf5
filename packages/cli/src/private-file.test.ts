import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changePrivate, readPrivate } from "./private-file.ts";

const fileAt = (path: string) => ({
  path,
  what: "words",
  empty: (): string[] => [],
  read: (value: unknown) => value as string[],
  write: (words: string[]) => words,
});

// As a full disk does, the limit lets a file's beginning be written and refuses the rest.
const CHILD = `
  const { changePrivate } = await import(process.argv[1]);
  const file = { path: process.argv[2], what: "words", empty: () => [], read: (value) => value, write: (words) => words };
  const much = (words) => void words.push("x".repeat(50_000));
  console.log(await changePrivate(file, much).then(() => "written", ({ code }) => code));
`;

test.skipIf(process.platform === "win32")(
  "a file that has no room for all of it stays what it was",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "coinholder-private-"));
    const path = join(folder, "words.json");
    await changePrivate(fileAt(path), (words) => void words.push("a key"));
    const before = readFileSync(path, "utf8");
    const child = [process.execPath, "--input-type=module", "-e", CHILD];
    const module = new URL("private-file.js", import.meta.url).href;
    const told = execFileSync("sh", ["-c", 'ulimit -f 8; exec "$@"', "sh", ...child, module, path]);
    expect(told.toString().trim()).toBe("EFBIG");
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readPrivate(fileAt(path))).toEqual(["a key"]);
    rmSync(folder, { recursive: true });
  },
);

const ADDING = `
  const { changePrivate } = await import(process.argv[1]);
  const file = { path: process.argv[2], what: "words", empty: () => [], read: (value) => value, write: (words) => words };
  process.once("message", async (word) => {
    await changePrivate(file, (words) => void words.push(word));
    process.disconnect();
  });
  process.send("ready");
`;

test("several at once after one that was killed: what each adds is there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coinholder-private-"));
  const module = new URL("private-file.js", import.meta.url).href;
  const words = ["one", "two", "three", "four"];
  for (const round of [1, 2, 3]) {
    const path = join(folder, `${round}.json`);
    // Of a process that there cannot be.
    writeFileSync(`${path}.lock`, String(2 ** 30));
    const children = words.map(() =>
      spawn(process.execPath, ["--input-type=module", "-e", ADDING, module, path], {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      }),
    );
    await Promise.all(children.map((child) => once(child, "message")));
    const ended = children.map((child) => once(child, "exit"));
    for (const [i, child] of children.entries()) child.send(words[i]!);
    expect((await Promise.all(ended)).map(([code]) => code)).toEqual([0, 0, 0, 0]);
    expect(readPrivate(fileAt(path)).sort()).toEqual([...words].sort());
  }
  rmSync(folder, { recursive: true });
}, 60_000);
